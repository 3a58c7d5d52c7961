import struct

from .model import ModelError


class Reader:
    """Reads little endian numbers from the first byte on."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def bytes(self, n):
        if self.at + n > len(self.data):
            raise ModelError("the model is cut short")
        self.at += n
        return self.data[self.at - n:self.at]

    def read(self, form):
        """Returns the numbers of a struct format, as a tuple."""
        return struct.unpack("<" + form, self.bytes(struct.calcsize("<" + form)))

    def text(self, n):
        return self.bytes(n).decode("utf-8", "replace")


def crc32c(data):
    """The CRC-32C (Castagnoli)."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 255] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def _entry(n):
    for _ in range(8):
        n = n >> 1 ^ (0x82F63B78 if n & 1 else 0)
    return n


TABLE = [_entry(n) for n in range(256)]
