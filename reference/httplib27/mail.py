"""Header fields: by name, as lines, as addresses and as dates (document: rfc822.Message).

Contract: `headers` are the lines as they came, `dict` are the values by name in lower case, and
every method here looks at one of the two. How lines are read is the business of HTTPMessage.
"""

from collections.abc import Iterator
from typing import Any, TypeVar, overload

from .addresses import parse_addresses
from .dates import DateTuple, ZonedDateTuple, parse_date
from .syntax import WHITESPACE, lower

T = TypeVar("T")


class MailMessage:
    """The interface of `rfc822.Message`.

    Args:
        fp: Where the lines are read from, text or bytes.
        seekable: False to leave the place of the headers in `fp` alone.

    Attributes:
        headers: The header's lines as they came, line ends and folds included.
        dict: The value of each field by its name in lower case.
        status: Empty, or a sentence about what was wrong with the lines.
        unixfrom: The `From ` lines that stood before the first header, as mail boxes have them.
        fp: Where the lines came from.
        startofheaders: The place in `fp` at which the headers begin, or None.
        startofbody: The place behind the empty line, or None.
    """

    def __init__(self, fp: Any, seekable: int) -> None:
        if seekable == 1:
            try:
                fp.tell()
            except (AttributeError, OSError):
                seekable = 0
        self.fp = fp
        self.seekable = seekable
        self.startofheaders = fp.tell() if seekable else None
        self.readheaders()
        self.startofbody = fp.tell() if seekable else None

    def readheaders(self) -> None:
        """Read the lines. Overridden by HTTPMessage."""
        self.dict: dict[str, str] = {}
        self.headers: list[str] = []
        self.unixfrom = ""
        self.status = ""

    def rewindbody(self) -> None:
        """Go back in `fp` to the place behind the headers.

        Raises:
            OSError: `fp` has no places.
        """
        if not self.seekable:
            raise OSError("unseekable file")
        self.fp.seek(self.startofbody)

    # -- hooks: a subclass may read other formats --------------------------------------------

    def isheader(self, line: str) -> str | None:
        """Return the name of the field that a line begins, in lower case, or None."""
        name, colon, _ = line.partition(":")
        return lower(name) if colon else None

    def islast(self, line: str) -> bool:
        """Tell whether a line ends the headers: an empty one does."""
        return line == "\r\n" or line == "\n"  # noqa: PLR1714 - a set would have every line hashed

    def iscomment(self, line: str) -> bool:  # noqa: ARG002 - for those who override it
        """Tell whether a line is to be left out. None is."""
        return False

    # -- lines --------------------------------------------------------------------------------

    def _places(self, name: str) -> list[int]:
        """Return the places in `headers` of all lines of all fields of that name."""
        start = lower(name) + ":"
        places: list[int] = []
        for place, line in enumerate(self.headers):
            continues = places[-1:] == [place - 1] and self._is_fold(place)
            if continues or lower(line[: len(start)]) == start:
                places.append(place)
        return places

    def getallmatchingheaders(self, name: str) -> list[str]:
        """Return all lines of all fields of that name, as they came, folds included."""
        return [self.headers[place] for place in self._places(name)]

    def getfirstmatchingheader(self, name: str) -> list[str]:
        """Return the lines of the first field of that name, as they came, folds included."""
        places = self._places(name)
        end = 1
        while places[end:] and places[end] == places[end - 1] + 1 and self._is_fold(places[end]):
            end += 1
        return [self.headers[place] for place in places[:end]]

    def _is_fold(self, place: int) -> bool:
        return self.headers[place][0] in WHITESPACE

    def getrawheader(self, name: str) -> str | None:
        """Return the text behind the first such field's colon, with all its white space, or None."""
        lines = self.getfirstmatchingheader(name)
        return "".join(lines)[len(name) + 1 :] if lines else None

    def __str__(self) -> str:
        return "".join(self.headers)

    # -- values -------------------------------------------------------------------------------

    @overload
    def getheader(self, name: str) -> str | None: ...
    @overload
    def getheader(self, name: str, default: T) -> str | T: ...
    def getheader(self, name: str, default: object = None) -> object:
        """Return the value of a field, or `default` where there is none."""
        return self.dict.get(lower(name), default)

    get = getheader

    def getheaders(self, name: str) -> list[str]:
        """Return the values of all fields of that name, one for each field."""
        values: list[str] = []
        for line in self.getallmatchingheaders(name):
            if line[0] in WHITESPACE:
                if values:
                    values[-1] = f"{values[-1]}\n {line.strip(WHITESPACE)}".lstrip(WHITESPACE)
            else:
                values.append(line.partition(":")[2].strip(WHITESPACE))
        return values

    # -- addresses and dates ------------------------------------------------------------------

    def getaddr(self, name: str) -> tuple[str, str] | tuple[None, None]:
        """Return the first address of a field as (name, address), or (None, None)."""
        addresses = self.getaddrlist(name)
        return addresses[0] if addresses else (None, None)

    def getaddrlist(self, name: str) -> list[tuple[str, str]]:
        """Return the addresses of all fields of that name as (name, address) pairs."""
        text = ""
        for line in self.getallmatchingheaders(name):
            if line[0] in " \t":
                text += line
            else:
                text += (", " if text else "") + line.partition(":")[2]
        return parse_addresses(text)

    def getdate(self, name: str) -> DateTuple | None:
        """Return a date as the tuple that time.mktime() takes, or None."""
        date = self.getdate_tz(name)
        return date[:9] if date else None

    def getdate_tz(self, name: str) -> ZonedDateTuple | None:
        """Return a date with its distance from UTC in seconds, which may be None, or None."""
        text = self.getheader(name)
        return None if text is None else parse_date(text)

    # -- a mapping ----------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self.dict)

    def __iter__(self) -> Iterator[str]:
        return iter(self.dict)

    def __contains__(self, name: str) -> bool:
        return lower(name) in self.dict

    has_key = __contains__

    def __getitem__(self, name: str) -> str:
        return self.dict[lower(name)]

    def __setitem__(self, name: str, value: str) -> None:
        # The new lines stand at the end, wherever the old ones stood.
        del self[name]
        self.dict[lower(name)] = value
        self.headers += [f"{line}\n" for line in (name + ": " + value).split("\n")]

    def __delitem__(self, name: str) -> None:
        if name in self:
            del self.dict[lower(name)]
            # The list stays the same one, for those who hold it.
            for place in reversed(self._places(name)):
                del self.headers[place]

    def setdefault(self, name: str, default: str = "") -> str:
        """Return the value of a field, after making it with `default` where there is none."""
        if name not in self:
            self[name] = default
        return self[name]

    def keys(self) -> list[str]:
        """Return the names, in lower case."""
        return list(self.dict)

    def values(self) -> list[str]:
        """Return the values, each with the folds that it came with."""
        return list(self.dict.values())

    def items(self) -> list[tuple[str, str]]:
        """Return the pairs of names, in lower case, and values."""
        return list(self.dict.items())
