"""The content type of a message, and its parameters (document: mimetools.Message).

Contract: the headers Content-Type and Content-Transfer-Encoding are looked at once, when the
message was read. What they say is kept as it was written, apart from its case.

    Content-Type: type/subtype; name=value; name="value"
"""

from .mail import MailMessage
from .syntax import WHITESPACE, lower


class MIMEMessage(MailMessage):
    """What `mimetools.Message` adds to `rfc822.Message`.

    Attributes:
        typeheader: The value of Content-Type, or None.
        encodingheader: The value of Content-Transfer-Encoding, or None.
        type: The type, such as `text/html`.
        maintype: The part before the slash.
        subtype: The part behind it.
        plisttext: The parameters as they were written, with the semicolon before them.
        plist: The parameters, such as `charset=utf-8`.
    """

    # What holds for a message without these headers.
    typeheader: str | None = None
    encodingheader: str | None = None
    type = "text/plain"
    maintype = "text"
    subtype = "plain"
    plisttext = ""

    def __init__(self, fp: object, seekable: int = 1) -> None:
        super().__init__(fp, seekable)
        self.plist: list[str] = []
        if "content-type" in self.dict:
            self.typeheader = self.dict["content-type"]
            self.parsetype()
            self.parseplist()
        if "content-transfer-encoding" in self.dict:
            self.encodingheader = self.dict["content-transfer-encoding"]

    def parsetype(self) -> None:
        """Take the type apart; it is text/plain where the header is missing."""
        if self.typeheader is None:
            return
        kind, semicolon, parameters = self.typeheader.partition(";")
        parts = [part.strip(WHITESPACE) for part in lower(kind).split("/")]
        self.type = "/".join(parts)
        self.maintype = parts[0]
        self.subtype = "/".join(parts[1:])
        self.plisttext = semicolon + parameters

    def parseplist(self) -> None:
        """Take the parameters apart, at every semicolon, be it in quotes or not."""
        self.plist = []
        for text in self.plisttext.split(";")[1:]:
            name, equals, value = (part.strip(WHITESPACE) for part in text.partition("="))
            self.plist.append(f"{lower(name)}={value}" if equals else name)

    def getplist(self) -> list[str]:
        """Return the parameters, as `name=value` with the name in lower case."""
        return self.plist

    def getparam(self, name: str) -> str | None:
        """Return the value of the first parameter of that name, without quotes, or None."""
        start = lower(name) + "="
        for parameter in self.plist:
            if parameter.startswith(start):
                return unquote(parameter[len(start) :])
        return None

    def getparamnames(self) -> list[str]:
        """Return the names of the parameters, in lower case."""
        return [lower(parameter.partition("=")[0]) for parameter in self.plist if "=" in parameter]

    def getencoding(self) -> str:
        """Return the transfer encoding in lower case; `7bit` where the header is missing."""
        return "7bit" if self.encodingheader is None else lower(self.encodingheader)

    def gettype(self) -> str:
        """Return type and subtype, such as `text/html`; `text/plain` where the header is missing."""
        return self.type

    def getmaintype(self) -> str:
        """Return the part of the type before the slash."""
        return self.maintype

    def getsubtype(self) -> str:
        """Return the part of the type behind the slash."""
        return self.subtype


def unquote(text: str) -> str:
    """Take off the quotes, with the backslashes in them, or the angle brackets around a value."""
    if len(text) > 1:
        if text[0] == text[-1] == '"':
            return text[1:-1].replace("\\\\", "\\").replace('\\"', '"')
        if text[0] == "<" and text[-1] == ">":
            return text[1:-1]
    return text
