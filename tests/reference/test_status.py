"""Constants and `responses`."""

import re

import httplib27
import pytest

# The document's table, and `responses` as 2.7.18 prints it.
CONSTANTS = """
CONTINUE 100, SWITCHING_PROTOCOLS 101, PROCESSING 102, OK 200, CREATED 201, ACCEPTED 202,
NON_AUTHORITATIVE_INFORMATION 203, NO_CONTENT 204, RESET_CONTENT 205, PARTIAL_CONTENT 206,
MULTI_STATUS 207, IM_USED 226, MULTIPLE_CHOICES 300, MOVED_PERMANENTLY 301, FOUND 302,
SEE_OTHER 303, NOT_MODIFIED 304, USE_PROXY 305, TEMPORARY_REDIRECT 307, BAD_REQUEST 400,
UNAUTHORIZED 401, PAYMENT_REQUIRED 402, FORBIDDEN 403, NOT_FOUND 404, METHOD_NOT_ALLOWED 405,
NOT_ACCEPTABLE 406, PROXY_AUTHENTICATION_REQUIRED 407, REQUEST_TIMEOUT 408, CONFLICT 409,
GONE 410, LENGTH_REQUIRED 411, PRECONDITION_FAILED 412, REQUEST_ENTITY_TOO_LARGE 413,
REQUEST_URI_TOO_LONG 414, UNSUPPORTED_MEDIA_TYPE 415, REQUESTED_RANGE_NOT_SATISFIABLE 416,
EXPECTATION_FAILED 417, UNPROCESSABLE_ENTITY 422, LOCKED 423, FAILED_DEPENDENCY 424,
UPGRADE_REQUIRED 426, INTERNAL_SERVER_ERROR 500, NOT_IMPLEMENTED 501, BAD_GATEWAY 502,
SERVICE_UNAVAILABLE 503, GATEWAY_TIMEOUT 504, HTTP_VERSION_NOT_SUPPORTED 505,
INSUFFICIENT_STORAGE 507, NOT_EXTENDED 510, HTTP_PORT 80, HTTPS_PORT 443
"""
NAMED = re.findall(r"(\w+) (\d+)", CONSTANTS)


@pytest.mark.parametrize(("name", "value"), NAMED)
def test_a_constant_of_the_table_has_its_value(name, value):
    """Every constant of the document's table is an int of the value in the table."""
    assert getattr(httplib27, name) == int(value)
    assert type(getattr(httplib27, name)) is int


def test_responses_has_a_name_for_the_codes_of_http_1_1():
    """`responses` maps the HTTP/1.1 codes, 306 among them, and none of WebDAV's."""
    webdav_and_others = {102, 207, 226, 422, 423, 424, 426, 507, 510}
    codes = {int(value) for _, value in NAMED if int(value) >= 100 and int(value) != 443}
    assert set(httplib27.responses) == codes - webdav_and_others | {306}


@pytest.mark.parametrize(
    ("code", "name"),
    [(200, "OK"), (404, "Not Found"), (306, "(Unused)"), (414, "Request-URI Too Long")],
)
def test_responses_gives_the_w3c_name(code, name):
    """`responses` maps a code to its W3C name."""
    assert httplib27.responses[code] == name


def test_a_star_import_brings_the_classes_and_not_the_constants():
    """`from httplib import *` brings what the original brings."""
    assert "HTTPConnection" in httplib27.__all__
    assert "responses" in httplib27.__all__
    assert "OK" not in httplib27.__all__
    assert all(hasattr(httplib27, name) for name in httplib27.__all__)
