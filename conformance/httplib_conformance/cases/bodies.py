"""Bodies that are made in the implementation's interpreter."""

BODIES = """
import array
import io
import os
import tempfile


class Pieces(object):
    '''Has read, which gives one piece after the other, whatever it is asked for.'''

    def __init__(self, *pieces):
        self.pieces = list(pieces)

    def read(self, size=-1):
        return self.pieces.pop(0) if self.pieces else b""


class Named(Pieces):
    '''Has a fileno as well, which gives what it was told, or raises it.'''

    def __init__(self, fileno, *pieces):
        Pieces.__init__(self, *pieces)
        self._fileno = fileno

    def fileno(self):
        if self._fileno is None:
            raise OSError("no descriptor")
        return self._fileno


class Sized(Named):
    '''Has a length as well.'''

    def __len__(self):
        return 7


class Iterable(object):
    def __iter__(self):
        return iter([b"hello"])


class Length(object):
    def __len__(self):
        return 5


def file(path, mode="rb"):
    return open(path, mode)


def text_file(path):
    return io.open(path, "r", encoding="ascii")


def closed_file(path):
    opened = open(path, "rb")
    opened.close()
    return opened


def mapped(path, position=0):
    import mmap  # not on Jython, which has all the other kinds

    with open(path, "r+b") as opened:
        found = mmap.mmap(opened.fileno(), 0)
    found.seek(position)
    return found


def view(data):
    return memoryview(data)


def buffered(data):
    try:
        return buffer(data)
    except NameError:
        return memoryview(bytearray(data))


def octets(*numbers):
    return array.array("B", numbers)


def octets_of(data):
    return bytearray(data)


def in_memory(kind):
    return io.BytesIO(b"hello") if kind == "BytesIO" else io.StringIO(u"hello")


def what(kind):
    return {
        "iterator": iter([b"hello"]),
        "iterable": Iterable(),
        "object": object(),
        "sized-object": Length(),
        "list": [b"hello"],
        "empty-list": [],
        "tuple": (b"hello",),
        "dictionary": {b"hello": 1},
    }[kind]
"""
