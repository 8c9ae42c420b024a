"""The constants, and the table of the status codes' names."""

from httplib_conformance.casemark import case, each_case
from httplib_conformance.proxies import Proxy

STATUS_CODES = {
    "CONTINUE": 100,
    "SWITCHING_PROTOCOLS": 101,
    "PROCESSING": 102,
    "OK": 200,
    "CREATED": 201,
    "ACCEPTED": 202,
    "NON_AUTHORITATIVE_INFORMATION": 203,
    "NO_CONTENT": 204,
    "RESET_CONTENT": 205,
    "PARTIAL_CONTENT": 206,
    "MULTI_STATUS": 207,
    "IM_USED": 226,
    "MULTIPLE_CHOICES": 300,
    "MOVED_PERMANENTLY": 301,
    "FOUND": 302,
    "SEE_OTHER": 303,
    "NOT_MODIFIED": 304,
    "USE_PROXY": 305,
    "TEMPORARY_REDIRECT": 307,
    "BAD_REQUEST": 400,
    "UNAUTHORIZED": 401,
    "PAYMENT_REQUIRED": 402,
    "FORBIDDEN": 403,
    "NOT_FOUND": 404,
    "METHOD_NOT_ALLOWED": 405,
    "NOT_ACCEPTABLE": 406,
    "PROXY_AUTHENTICATION_REQUIRED": 407,
    "REQUEST_TIMEOUT": 408,
    "CONFLICT": 409,
    "GONE": 410,
    "LENGTH_REQUIRED": 411,
    "PRECONDITION_FAILED": 412,
    "REQUEST_ENTITY_TOO_LARGE": 413,
    "REQUEST_URI_TOO_LONG": 414,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "REQUESTED_RANGE_NOT_SATISFIABLE": 416,
    "EXPECTATION_FAILED": 417,
    "UNPROCESSABLE_ENTITY": 422,
    "LOCKED": 423,
    "FAILED_DEPENDENCY": 424,
    "UPGRADE_REQUIRED": 426,
    "INTERNAL_SERVER_ERROR": 500,
    "NOT_IMPLEMENTED": 501,
    "BAD_GATEWAY": 502,
    "SERVICE_UNAVAILABLE": 503,
    "GATEWAY_TIMEOUT": 504,
    "HTTP_VERSION_NOT_SUPPORTED": 505,
    "INSUFFICIENT_STORAGE": 507,
    "NOT_EXTENDED": 510,
}
"""The table of the document."""

RFC_2616_NAMES = {
    100: "Continue",
    101: "Switching Protocols",
    200: "OK",
    201: "Created",
    202: "Accepted",
    203: "Non-Authoritative Information",
    204: "No Content",
    205: "Reset Content",
    206: "Partial Content",
    300: "Multiple Choices",
    301: "Moved Permanently",
    302: "Found",
    303: "See Other",
    304: "Not Modified",
    305: "Use Proxy",
    307: "Temporary Redirect",
    400: "Bad Request",
    401: "Unauthorized",
    402: "Payment Required",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    407: "Proxy Authentication Required",
    408: "Request Timeout",
    409: "Conflict",
    410: "Gone",
    411: "Length Required",
    412: "Precondition Failed",
    413: "Request Entity Too Large",
    414: "Request-URI Too Long",
    415: "Unsupported Media Type",
    416: "Requested Range Not Satisfiable",
    417: "Expectation Failed",
    500: "Internal Server Error",
    501: "Not Implemented",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
    505: "HTTP Version Not Supported",
}
"""The names in the headings of RFC 2616, section 10."""

EXCEPTIONS = {
    "HTTPException",
    "NotConnected",
    "InvalidURL",
    "UnknownProtocol",
    "UnknownTransferEncoding",
    "UnimplementedFileMode",
    "IncompleteRead",
    "ImproperConnectionState",
    "CannotSendRequest",
    "CannotSendHeader",
    "ResponseNotReady",
    "BadStatusLine",
}
"""The exceptions of the document."""

PORTS = {"http": ("HTTP_PORT", 80), "https": ("HTTPS_PORT", 443)}


def names_of_codes(httplib):
    """The table of names, as a dictionary of the case's own."""
    responses = httplib.responses
    assert isinstance(responses, dict | Proxy), "responses is no dictionary"
    return dict(responses)


@each_case(
    "scheme",
    [(scheme,) for scheme in PORTS],
    "constant-{scheme}-port",
    "constants.port.{scheme}",
    "constants.port.integers",
)
def test_port(httplib, scheme):
    """The constant for a default port is there and has the documented value, an integer."""
    name, documented = PORTS[scheme]
    value = getattr(httplib, name)
    assert (type(value), value) == (int, documented)


@each_case(
    "slug",
    [(name.lower().replace("_", "-"),) for name in STATUS_CODES],
    "constant-{slug}",
    "constants.status.{slug}",
    "constants.status.integers",
)
def test_status_constant(httplib, slug):
    """The constant for a status code is there and has the documented value, an integer."""
    name = slug.upper().replace("-", "_")
    value = getattr(httplib, name)
    assert (type(value), value) == (int, STATUS_CODES[name])


@case("responses-is-a-dictionary", "responses.dictionary")
def test_responses_is_a_dictionary(httplib, python):
    """The table of names is a dictionary."""
    builtins = python.module("builtins")
    assert builtins.isinstance(httplib.responses, builtins.dict) is True


@case("responses-has-integer-keys", "responses.keys")
def test_responses_has_integer_keys(httplib):
    """Every key of the table of names is an integer."""
    keys = list(names_of_codes(httplib))
    assert keys
    assert [key for key in keys if type(key) is not int] == []


@case("responses-has-string-values", "responses.values")
def test_responses_has_string_values(httplib):
    """Every value of the table of names is a string."""
    values = list(names_of_codes(httplib).values())
    assert values
    assert [value for value in values if not isinstance(value, str)] == []


@case("responses-example-of-the-document", "responses.example")
def test_responses_example(httplib):
    """`httplib.responses[httplib.NOT_FOUND]` is `'Not Found'`."""
    assert names_of_codes(httplib).get(httplib.NOT_FOUND) == "Not Found"


@each_case("code, name", RFC_2616_NAMES.items(), "responses-{code}", "responses.{code}")
def test_responses_name(httplib, code, name):
    """The table of names has the name that RFC 2616 gives to a code."""
    assert names_of_codes(httplib).get(code) == name


@case("responses-306-is-unused", "responses.306")
def test_responses_306(httplib):
    """The table of names says of 306 that it is unused."""
    assert names_of_codes(httplib).get(306) == "(Unused)"


@case("responses-has-no-other-codes", "responses.nothing-else")
def test_responses_nothing_else(httplib):
    """The table of names has no code beyond those of HTTP/1.1 and 306."""
    assert sorted(set(names_of_codes(httplib)) - {*RFC_2616_NAMES, 306}) == []


@case("star-import-brings-no-status-constant", "module.all")
def test_star_import(httplib, python):
    """A star import brings the documented classes, exceptions and table, and no status constant."""
    brought = python.define(f"from {httplib._name} import *")
    names = set(python.module("builtins").dir(brought))
    wanted = {"HTTPConnection", "HTTPSConnection", "HTTPResponse", "HTTP", "responses", *EXCEPTIONS}
    assert (sorted(wanted - names), sorted(names & set(STATUS_CODES))) == ([], [])
