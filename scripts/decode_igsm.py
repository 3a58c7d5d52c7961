#!/usr/bin/env python3
"""Decodes and renders a model file, written from docs/format.md alone. Needs NumPy and zstd (the module zstandard, or the command).

usage: decode_igsm.py MODEL OUT.png [HEIGHT]
OUT has 16 bits per sample. For a stack it is the first picture.
"""
import struct
import subprocess
import sys
import zlib

if __name__ == "__main__" and len(sys.argv) not in (3, 4):
    sys.exit(__doc__)

import numpy as np

F = np.float32
EXACT = 23  # from this number of bits on a number is the bits of a float32


def unzstd(frame, n):
    try:
        import zstandard
        return zstandard.ZstdDecompressor().decompress(frame, max_output_size=n)
    except ImportError:
        return subprocess.run(["zstd", "-dc"], input=frame, stdout=subprocess.PIPE, check=True).stdout


def crc32c(data):
    table = []
    for n in range(256):
        for _ in range(8):
            n = n >> 1 ^ (0x82F63B78 if n & 1 else 0)
        table.append(n)
    crc = 0xFFFFFFFF
    for byte in data:
        crc = table[(crc ^ byte) & 255] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def bytes(self, n):
        if self.at + n > len(self.data):
            sys.exit("cut short")
        self.at += n
        return self.data[self.at - n:self.at]

    def read(self, form):
        return struct.unpack("<" + form, self.bytes(struct.calcsize("<" + form)))


def bent(value):
    return (int(F(value).view(np.uint32)) + 64) >> 7


def parameters(kind, numbers, bits, ends):
    """The parameters of a plane from its numbers. kind: xy, scale, rot or feat."""
    if bits >= EXACT:
        i = numbers.astype(np.uint32)
        return np.where(i >> 31 == 1, i & 0x7FFFFFFF, ~i).astype(np.uint32).view(F)
    if kind == "rot":
        return numbers.astype(F) * F(np.pi / 2**bits)
    low, high = F(ends[0]), F(ends[1])
    if not np.isfinite(ends).all() or low > high or kind != "xy" and max(-low, high) > 2**24:
        sys.exit("a plane without a range")
    top = 2**bits - 1
    share = F(1) / F(top)
    step = high * share - low * share
    u = np.where(numbers == top, high, low + numbers.astype(F) * step).astype(F)
    if kind == "xy":
        return u
    offset, middle = (F(0.125), F(0)) if kind == "scale" else (F(0.5), F(0.5))
    far = np.minimum(np.rint(np.abs(u)).astype(np.uint32) + bent(offset), 2**24 - 2**16 - 1)
    v = (far.astype(np.uint32) << 7).astype(np.uint32).view(F) - offset
    return np.where(u >= 0, middle + v, middle - v).astype(F)


def decode(data):
    if crc32c(data[:-4]) != struct.unpack("<I", data[-4:])[0]:
        sys.exit("wrong checksum")
    r = Reader(data[:-4])
    magic, version, layers, k = r.read("4sHBB")
    if magic != b"IGSM" or version != 1:
        sys.exit("not a model of version 1")
    bits = dict(zip(("xy", "scale", "rot", "feat"), r.read("4B")))
    w, h, n, gamma, recipe, igs = r.read("IIIdBB")
    r.bytes(recipe + igs)
    pictures = []
    for _ in range(layers):
        channels, depth, low, high, name = r.read("BBffB")
        if not np.isfinite([low, high]).all() or low >= high:
            sys.exit("a layer without a range")
        pictures.append((r.bytes(name).decode(), channels, low, high))
    c = sum(p[1] for p in pictures)
    kinds = ["xy", "xy", "scale", "scale", "rot"] + ["feat"] * c
    ends = [r.read("ff") if bits[q] < EXACT and q != "rot" else None for q in kinds]
    width = {q: 32 if b >= EXACT else b for q, b in bits.items()}

    def lengths(b):
        return r.read("%dI" % ((b + 7) // 8))

    table = [(1, lengths(2 * width["xy"]))]
    for q in kinds[2:]:
        table.append((r.read("B")[0], lengths(width[q])))

    def section(length):
        if length > n:
            sys.exit("a section is too long")
        stored = r.bytes(length)
        return np.frombuffer(stored if length == n else unzstd(stored, n), np.uint8)

    def plane(entry, b, before):
        way, sizes = entry
        numbers = np.zeros(n, np.uint64)
        for place, length in enumerate(sizes):
            numbers |= section(length).astype(np.uint64) << np.uint64(8 * place)
        if way == 1:
            numbers = np.cumsum(numbers, dtype=np.uint64)
        elif way == 2:
            numbers = numbers + before
        elif way != 0:
            sys.exit("unknown way")
        return numbers & np.uint64(2**b - 1) if b < 64 else numbers

    code = plane(table[0], 2 * width["xy"], None)
    x, y = np.zeros(n, np.uint64), np.zeros(n, np.uint64)
    for bit in range(width["xy"]):
        x |= (code >> np.uint64(2 * bit) & np.uint64(1)) << np.uint64(bit)
        y |= (code >> np.uint64(2 * bit + 1) & np.uint64(1)) << np.uint64(bit)
    numbers = [x, y]
    before = np.zeros(n, np.uint64)
    for q, entry in zip(kinds[2:], table[1:]):
        before = plane(entry, width[q], before)
        numbers.append(before)
    if r.at != len(r.data):
        sys.exit("bytes are left")
    planes = [parameters(q, v, bits[q], e) for q, v, e in zip(kinds, numbers, ends)]
    if not np.isfinite(planes).all():
        sys.exit("a parameter is not finite")
    return dict(w=w, h=h, k=k, gamma=gamma, layers=pictures, planes=np.array(planes, np.float64))


def draw(m, height):
    """Renders rows x columns x channels splat by splat. Each pixel keeps the K smallest s."""
    h, z = height, height / m["h"]
    w = round(m["w"] * z)
    x, y, t1, t2, angle = m["planes"][:5]
    feature = m["planes"][5:].T
    cos, sin = np.cos(angle), np.sin(angle)
    p, q = (t1 / z)**2, (t2 / z)**2
    a, b, c = p * cos**2 + q * sin**2, (p - q) * cos * sin, p * sin**2 + q * cos**2
    variance = [np.sqrt(36 * (cos**2 / p + sin**2 / q)), np.sqrt(36 * (sin**2 / p + cos**2 / q))]
    picture = np.empty((h, w, feature.shape[1]))
    for row in range(h):
        near = np.nonzero(np.abs(row + 0.5 - y * h) <= variance[1] + 1)[0]
        s = np.full((len(near), w), np.inf)
        dy = row + 0.5 - y[near] * h
        for i, splat in enumerate(near):
            left = max(int(x[splat] * w - variance[0][splat] - 1), 0)
            right = min(int(x[splat] * w + variance[0][splat] + 2), w)
            if left >= right:
                continue
            dx = np.arange(left, right) + 0.5 - x[splat] * w
            s[i, left:right] = 0.5 * (a[splat] * dx**2 + 2 * b[splat] * dx * dy[i] + c[splat] * dy[i]**2)
        s[s > 18] = np.inf
        if len(near) > m["k"]:
            s[s > np.partition(s, m["k"] - 1, axis=0)[m["k"] - 1]] = np.inf
        alpha = np.exp(-s)
        picture[row] = (alpha.T @ feature[near]) / (alpha.sum(axis=0)[:, None] + 1e-4)
    return np.clip(picture, 0, 1)**(1 / m["gamma"])


def png(samples):
    """Returns a PNG with 16 bits per sample, grey or RGB."""
    h, w, c = samples.shape

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + row.tobytes() for row in samples)
    head = struct.pack(">IIBBBBB", w, h, 16, {1: 0, 3: 2}[c], 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def main():
    with open(sys.argv[1], "rb") as f:
        m = decode(f.read())
    with np.errstate(divide="ignore", over="ignore"):
        picture = draw(m, int(sys.argv[3]) if len(sys.argv) > 3 else m["h"])
    first = picture[:, :, :m["layers"][0][1]]
    with open(sys.argv[2], "wb") as f:
        f.write(png(np.rint(first * 65535).astype(">u2")))


main()
