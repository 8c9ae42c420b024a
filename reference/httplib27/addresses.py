"""Addresses in headers, as From has them (RFC 2822, section 3.4).

Contract: `parse_addresses()` gives (name, address) pairs, and never fails: it understands what
it can, as the original was seen to do, and stops at the first place where there is no address.

    address       =  mailbox / group
    mailbox       =  [phrase] "<" [route ":"] addr-spec ">"  /  addr-spec
    group         =  phrase ":" [address *("," address)] ";"
    addr-spec     =  local-part "@" domain
    phrase        =  *(atom / quoted-string)

A comment in parentheses may stand between any two of these, and counts as the name where there
is no phrase.
"""

from collections.abc import Callable

SPECIALS = '()<>@,:;."[]'
SPACE = " \t"
LINE_END = "\r\n"

# What ends an atom; in a phrase, a dot does not (`J. R. Doe`).
ATOM_ENDS = SPECIALS + SPACE + LINE_END
PHRASE_ENDS = ATOM_ENDS.replace(".", "")


def parse_addresses(text: str) -> list[tuple[str, str]]:
    """Read the addresses of a header.

    Args:
        text: The header's value; several values may be joined by commas.

    Returns:
        Pairs of a name, which may be empty, and an address.
    """
    return _Parser(text).addresses()


class _Parser:
    """A text, and the place up to which it is understood."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._place = 0
        self._comments: list[str]  # of the current address

    # -- addresses --------------------------------------------------------------------------

    def addresses(self) -> list[tuple[str, str]]:
        """Read addresses until there is none; those in groups are not told from others."""
        found: list[tuple[str, str]] = []
        before = 0  # how many there were in front of the address or group that is being read
        groups = 0  # that the place is in: strictly speaking no more than one
        while self._peek():
            if groups and self._end_of_group():
                groups -= 1
            elif (address := self._address()) is not None:
                found += address
            else:
                groups += 1
            if not groups:
                if len(found) == before:
                    break
                before = len(found)
        return found

    def _address(self) -> list[tuple[str, str]] | None:
        """Read one address, with the comma behind it, or the beginning of a group, which gives None."""
        self._comments = []
        self._skip_space()
        start = self._place
        words = self._phrase()
        self._skip_space()

        found: list[tuple[str, str]] = []
        following = self._peek()
        if following in {".", "@"}:
            # The phrase was the beginning of an addr-spec.
            self._place = start
            address = self._addr_spec()
            found = [(" ".join(self._comments), address)]
        elif following == ":":
            self._place += 1
            return None
        elif following == "<":
            address = self._route_address()
            name = " ".join(words)
            if self._comments:
                name += f" ({' '.join(self._comments)})"
            found = [(name, address)]
        elif words:
            # No address, strictly speaking: a local part without its domain.
            found = [(" ".join(self._comments), words[0])]
        else:
            self._place += 1
        self._skip_comma()
        return found

    def _end_of_group(self) -> bool:
        """Read the end of a group, if there is one, with the comma behind it."""
        self._skip_space()
        if self._peek() != ";":
            return False
        self._place += 1
        self._skip_comma()
        return True

    def _skip_comma(self) -> None:
        """Skip white space, and a comma behind it."""
        self._skip_space()
        if self._peek() == ",":
            self._place += 1

    def _route_address(self) -> str:
        """Read an address in angle brackets, without the route that may stand before it."""
        self._place += 1
        self._skip_space()
        while following := self._peek():
            if following == "@":
                self._place += 1
                self._skip_space()
                self._domain()
            elif following == ":":
                self._place += 1
            else:
                # Behind the address stands the closing bracket; what it is does not matter.
                address = self._addr_spec()
                self._place += 1
                return address
            self._skip_space()
        return ""

    # -- parts of an address ----------------------------------------------------------------

    def _addr_spec(self) -> str:
        """Read a local part, and the domain behind its `@` if there is one."""
        local = self._dotted('"', lambda: '"' + self._delimited('"') + '"', SPACE + LINE_END)
        if self._peek() != "@":
            return local
        self._place += 1
        self._skip_space()
        return f"{local}@{self._domain()}"

    def _domain(self) -> str:
        """Read a domain, which may be an address in square brackets."""
        return self._dotted("[", lambda: "[" + self._delimited("]") + "]", SPACE)

    def _dotted(self, opening: str, read_delimited: Callable[[], str], space: str) -> str:
        """Read atoms and dots, the form that begins with `opening`, and the space between them."""
        parts = []
        self._skip_space(space)
        while following := self._peek():
            if following == ".":
                self._place += 1
                parts.append(".")
            elif following == opening:
                parts.append(read_delimited())
            elif following in ATOM_ENDS:
                break
            else:
                parts.append(self._atom(ATOM_ENDS))
            self._skip_space(space)
        return "".join(parts)

    def _phrase(self) -> list[str]:
        """Read the words before an address."""
        words = []
        while following := self._peek():
            if following in SPACE:
                self._place += 1
            elif following == '"':
                words.append(self._delimited('"'))
            elif following == "(":
                self._comments.append(self._comment())
            elif following in PHRASE_ENDS:
                break
            else:
                words.append(self._atom(PHRASE_ENDS))
        return words

    # -- characters -------------------------------------------------------------------------

    def _peek(self) -> str:
        """Return the next character, or nothing at the end."""
        return self._text[self._place : self._place + 1]

    def _skip_space(self, space: str = SPACE + LINE_END) -> None:
        """Skip white space, and keep the comments in it."""
        while following := self._peek():
            if following in space:
                self._place += 1
            elif following == "(":
                self._comments.append(self._comment())
            else:
                return

    def _atom(self, ends: str) -> str:
        """Read characters up to one that ends an atom."""
        start = self._place
        while self._peek() not in ends:  # nothing, at the end of the text, is in any string
            self._place += 1
        return self._text[start : self._place]

    def _delimited(self, end: str) -> str:
        """Read what stands between two delimiters, with its backslashes undone."""
        self._place += 1
        characters = []
        depth = 1  # comments may be nested, and their parentheses are left out
        while following := self._peek():
            self._place += 1
            if following in {end, "\r"}:
                depth -= 1
                if depth == 0:
                    break
            elif following == "(" and end == ")":
                depth += 1
            else:
                if following == "\\":
                    following = self._peek()
                    self._place += 1
                characters.append(following)
        return "".join(characters)

    def _comment(self) -> str:
        """Read a comment."""
        return self._delimited(")")
