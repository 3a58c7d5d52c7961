import struct

from . import version1, version2
from .model import ModelError
from .reader import Reader, crc32c

READERS = {1: version1.read, 2: version2.read}


def load(path):
    """Reads a model file (.igsm)."""
    with open(path, "rb") as file:
        return decode(file.read())


def decode(data):
    """Decodes the bytes of a model file. The format is described in docs/format.md of igs. Raises a ModelError."""
    if data[:4] != b"IGSM":
        raise ModelError("not a model of igs")
    if len(data) < 10:
        raise ModelError("the model is cut short")
    version, = struct.unpack("<H", data[4:6])
    if version not in READERS:
        raise ModelError(f"the model has format version {version}; this igsm reads versions up to {max(READERS)}")
    if crc32c(data[:-4]) != struct.unpack("<I", data[-4:])[0]:
        raise ModelError("the model is damaged or cut short: its checksum does not match")
    reader = Reader(data[:-4])
    reader.bytes(6)
    return READERS[version](reader, len(data))
