"""Arguments that cannot travel, made where the implementation runs: on Python 2 and 3 alike."""

SOURCE = """
import array as arrays, collections, io, mmap as maps, os, tempfile


class Reader(object):
    def __init__(self, pieces, sized):
        self.pieces = list(pieces)
        if sized:
            self.__class__ = Sized

    def read(self, size=-1):
        return self.pieces.pop(0) if self.pieces else b""


class Sized(Reader):
    def __len__(self):
        return 3


def temporary(data):
    made = tempfile.TemporaryFile()
    made.write(data)
    made.flush()
    return made


def file(data, at):
    made = temporary(data)
    made.seek(at)
    return made


def mmap(data, at):
    with temporary(data) as made:
        mapped = maps.mmap(made.fileno(), len(data))
    mapped.seek(min(at, len(data)))
    return mapped


def pipe(data):
    reading, writing = os.pipe()
    os.write(writing, data)
    os.close(writing)
    return os.fdopen(reading, "rb")


def array(data):
    made = arrays.array("B")
    (getattr(made, "frombytes", None) or made.fromstring)(data)
    return made


def iterator(data):
    return iter([data])


mapping = collections.OrderedDict
reader, bytes_io, bytearray = Reader, io.BytesIO, bytearray
"""
