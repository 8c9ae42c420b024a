"""Addresses in headers: in which forms they are understood, and what is made of them."""

from httplib_conformance.casemark import case, each_case
from httplib_conformance.cases.messages import message_of

ADDRESSES = {
    "comments": {
        "comment-behind": ("ada@x.org (Ada L)", [("Ada L", "ada@x.org")]),
        "comments-around": ("(Ada)(of) ada@x.org (London)", [("Ada of London", "ada@x.org")]),
        "comment-in-an-address": ("a(c)@(d)b", [("c c d", "a@b")]),
        "comment-in-a-name": (
            "Ada (the first) L (of two) <ada@x.org>",
            [("Ada L (the first of two)", "ada@x.org")],
        ),
        "comment-in-brackets": ("Ada <(c) ada@x.org>", [("Ada (c)", "ada@x.org")]),
        "comments-in-a-comment": ("(a (b (c) d) e) ada@x.org", [("a b c d e", "ada@x.org")]),
        "comment-with-a-parenthesis": (r"ada@x.org (a \) b \\)", [("a ) b \\", "ada@x.org")]),
        "comment-without-end": ("ada@x.org (Ada, L", [("Ada, L", "ada@x.org")]),
        "comment-behind-a-word": ("ada (c) (d)", [("c d", "ada")]),
    },
    "names": {
        "name-in-quotes": (r'Ada "of (\"London" L <ada@x.org>', [('Ada of ("London L', "ada@x.org")]),
        "name-with-dots": ("J. R.R Doe <j@x.org>", [("J. R.R Doe", "j@x.org")]),
        "name-missing": ("<ada@x.org>", [("", "ada@x.org")]),
        "quotes-without-end": ('"Ada <ada@x.org>', [("", "Ada <ada@x.org>")]),
        "folded-in-quotes": ('"Ada\r\n L" <ada@x.org>', [("", "Ada"), ("", "L")]),
        "folded-in-a-name": ("Ada\r\n\tXavier <ada@x.org>", [("", "Ada"), ("Xavier", "ada@x.org")]),
    },
    "spaces": {
        "folded-before-a-dot": ("ada\r\n .l@x.org", [("", "ada.l@x.org")]),
        "folded-in-a-domain": ("ada@x\r\n .org", [("", "ada@x"), ("", ".org")]),
        "folded-behind-the-at": ("ada@\r\n x.org", [("", "ada@x.org")]),
        "spaces": ("ada . l @ x . org", [("", "ada.l@x.org")]),
        "two-words-before-the-at": ("ada l@x.org", [("", "adal@x.org")]),
        "two-words-in-brackets": ("Ada < ada l@x.org >", [("Ada", "adal@x.org")]),
    },
    "words": {
        "word-alone": ("ada", [("", "ada")]),
        "words-alone": ("ada l", [("", "ada")]),
        "dots": (".a..b@.c.", [("", ".a..b@.c.")]),
        "local-part-missing": ("@x.org", [("", "@x.org")]),
        "two-ats": ("a@b@c", [("", "a@b"), ("", "@c")]),
    },
    "local": {
        "local-part-in-quotes": (r'"a \"b\\".c@x.org', [("", '"a "b\\".c@x.org')]),
        "local-part-ends-in-quotes": ('a."b c"@x.org', [("", 'a."b c"@x.org')]),
    },
    "domain": {
        "domain-in-brackets": (r"a@[1.2 \]3]", [("", "a@[1.2 ]3]")]),
        "domain-in-brackets-without-end": ("a@[1.2", [("", "a@[1.2]")]),
    },
    "brackets": {
        "brackets-empty": ("Ada <>, b@c", [("Ada", ""), ("", "b@c")]),
        "brackets-without-end": ("Ada <ada@x.org", [("Ada", "ada@x.org")]),
        "brackets-opened-only": ("Ada <", [("Ada", "")]),
        "brackets-with-a-surplus": ("Ada <a@b>c", [("Ada", "a@b"), ("", "c")]),
        "brackets-with-a-comma": ("Ada <a,b>", [("Ada", "a"), ("", "b")]),
        "brackets-with-a-colon": ("Ada <:a@b>", [("Ada", "a@b")]),
    },
    "routes": {
        "route": ("Ada <@r.org:a@b>", [("Ada", "a@b")]),
        "route-empty": ("Ada <@:a@b>", [("Ada", "a@b")]),
        "route-with-spaces": ("Ada <@ r.org : @s.org : a@b>", [("Ada", "a@b")]),
        "route-with-a-comma": ("Ada <@r.org,@s.org:a@b>", [("Ada", ""), ("", "@s.org"), ("", "a@b")]),
        "route-alone": ("Ada <@r.org>, c@d", [("Ada", ""), ("", "c@d")]),
    },
    "groups": {
        "group": ("Team: a@b, C <c@d>;, e@f", [("", "a@b"), ("C", "c@d"), ("", "e@f")]),
        "group-without-comma": ("Team:a@b;e@f", [("", "a@b"), ("", "e@f")]),
        "group-without-end": ("Team: a@b, c@d", [("", "a@b"), ("", "c@d")]),
        "group-without-name": (": a@b;", [("", "a@b")]),
        "group-empty": ("a@b, Team: ;, c@d", [("", "a@b")]),
        "group-with-what-is-no-address": ("Team: ),]a@b;, c@d", [("", "a@b"), ("", "c@d")]),
        "group-with-comments": ("Team: (c) a@b (d) ; (e), c@d", [("d", "a@b"), ("", "c@d")]),
        "group-in-a-group": ("Team: One: a@b; , Two:;, c@d; e@f", [("", "a@b"), ("", "c@d"), ("", "e@f")]),
        "groups-in-groups": ("a:" * 50 + "b@c" + ";" * 50 + " d@e", [("", "b@c"), ("", "d@e")]),
        "many-groups": ("a:b@c;" * 60 + "d@e", [*[("", "b@c")] * 60, ("", "d@e")]),
    },
    "lists": {
        "list": ("a@b,c@d , e@f,", [("", "a@b"), ("", "c@d"), ("", "e@f")]),
        "list-that-ends-early": ("a@b, , c@d", [("", "a@b")]),
        "list-that-begins-with-a-comma": (", a@b", []),
        "list-cut-by-what-is-no-address": ("a@b > c@d", [("", "a@b")]),
        "list-cut-by-a-semicolon": ("a@b; c@d", [("", "a@b")]),
        "list-empty": ("  ", []),
    },
}
"""By rule and form: the value of a header, and what getaddrlist gives."""

SEVERAL = b"X-From:a@b\r\nX-Other: c@d\r\nX-From: e@f,\r\n\tg@h\r\nX-From: Ada\r\nX-From: <i@j>\r\n"
"""Headers with addresses, one of which is folded, and another header between them."""


@each_case(
    "rule, form",
    [(rule, form) for rule, forms in ADDRESSES.items() for form in forms],
    "message-address-{form}",
    "message.address.{rule}",
)
def test_addresses(httplib, replay, rule, form):
    """What getaddrlist gives are the names and addresses of a header."""
    text, expected = ADDRESSES[rule][form]
    message = message_of(httplib, replay, f"X-From: {text}\r\n".encode())
    assert message.getaddrlist("X-From") == expected


@case("message-address-of-several-headers", "message.address.headers")
def test_several_headers(httplib, replay):
    """What getaddrlist gives has the addresses of all headers of that name, with their folds."""
    found = message_of(httplib, replay, SEVERAL).getaddrlist("x-from")
    assert found == [("", "a@b"), ("", "e@f"), ("", "g@h"), ("", "Ada"), ("", "i@j")]


@case("message-address-is-the-first", "message.address.headers")
def test_first(httplib, replay):
    """What getaddr gives is the first address of all headers of that name."""
    assert message_of(httplib, replay, SEVERAL).getaddr("x-from") == ("", "a@b")


@case("message-address-missing", "message.address.missing")
def test_missing(httplib, replay):
    """What getaddr gives without an address is a tuple of two None."""
    message = message_of(httplib, replay, b"X-Empty:\r\n")
    assert (message.getaddr("X-Empty"), message.getaddr("X-Missing")) == ((None, None), (None, None))


@case("message-address-list-missing", "message.address.missing")
def test_list_missing(httplib, replay):
    """What getaddrlist gives without an address is an empty list."""
    message = message_of(httplib, replay, b"X-Empty:\r\n")
    assert (message.getaddrlist("X-Empty"), message.getaddrlist("X-Missing")) == ([], [])
