import struct
import zlib

import numpy as np


def save_png(path, picture):
    """Writes rows x columns x 1 (grey), 2 (and alpha), 3 (RGB) or 4 samples from 0 to 1 as a PNG of 16 bits a sample."""
    rows, columns, channels = picture.shape
    if channels not in (1, 2, 3, 4):
        raise ValueError(f"a PNG has 1 to 4 channels, not {channels}")

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    samples = np.rint(picture * 65535).astype(">u2")
    head = struct.pack(">IIBBBBB", columns, rows, 16, (0, 4, 2, 6)[channels - 1], 0, 0, 0)
    lines = b"".join(b"\0" + row.tobytes() for row in samples)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b""))
