#!/usr/bin/env python3
"""Decodes and renders a model file, written from docs/format.md alone. Needs NumPy and zstd (the module zstandard, or the command).

usage: decode_igsm.py MODEL OUT.png [HEIGHT]
OUT has 16 bits per sample. For a stack it is the first picture.
"""
import struct
import subprocess
import sys
import zlib
from math import isqrt

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
    magic, version = r.read("4sH")
    if magic != b"IGSM" or version not in (1, 2):
        sys.exit("not a model of version 1 or 2")
    m = decode_planes(r) if version == 1 else decode_symbols(r)
    if not np.isfinite(m["planes"]).all():
        sys.exit("a parameter is not finite")
    return m


# Version 1

def decode_planes(r):
    layers, k = r.read("BB")
    bits = dict(zip(("xy", "scale", "rot", "feat"), r.read("4B")))
    w, h, n, gamma, recipe, igs = r.read("IIIdBB")
    r.bytes(recipe + igs)
    pictures = []
    for _ in range(layers):
        channels, depth, low, high, name = r.read("BBffB")
        if not np.isfinite([low, high]).all() or low >= high:
            sys.exit("a layer without a range")
        pictures.append((r.bytes(name).decode(), channels & 127, low, high, channels > 127))
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
    return dict(w=w, h=h, k=k, gamma=gamma, layers=pictures, planes=np.array(planes, np.float64))


# Version 2

def decode_symbols(r):
    flags, layers, k, w, h, n, recipe, igs = r.read("BBBHHIBB")
    if flags > 3:
        sys.exit("unknown flags")
    gamma = r.read("d")[0] if flags & 1 else 1.0
    r.bytes(recipe + igs)
    pictures = []
    for _ in range(layers):
        channels, depth, name = r.read("BBB")
        low, high = r.read("ff") if flags & 2 else (0.0, 1.0)
        if not np.isfinite([low, high]).all() or low >= high:
            sys.exit("a layer without a range")
        pictures.append((r.bytes(name).decode(), channels & 127, low, high, channels > 127))
    c = sum(p[1] for p in pictures)
    steps = [number(r) for _ in range(4)]
    low, last = [0, 0], [0, 0]
    for axis in 0, 1:
        low[axis], last[axis] = number(r), number(r)
        low[axis] = -(low[axis] + 1) // 2 if low[axis] & 1 else low[axis] // 2
    middle = number(r)
    rules = r.read("%dh" % (5 + 3 * c))
    if not (all(0 < s < 2**t for s, t in zip(steps, (28, 24, 22, 32))) and max(last) < 2**24 and 0 < middle < 2**16):
        sys.exit("a number is out of range")
    coder = RangeDecoder(r.bytes(len(r.data) - r.at))
    places = decode_places(coder, n, last)
    x, y = np.array(places, np.int64).reshape(-1, 2).T + np.array(low)[:, None]
    symbols = decode_attributes(coder, x, y, steps, middle, rules, c)
    planes = dequantise(x, y, symbols, steps, w, h, [p[1] for p in pictures])
    return dict(w=w, h=h, k=k, gamma=gamma, layers=pictures, planes=np.array(planes, np.float64).reshape(5 + c, n), symbols=(x, y) + symbols)


def number(r):
    """An unsigned LEB128 number."""
    v = shift = 0
    while True:
        b = r.bytes(1)[0]
        v |= (b & 127) << shift
        shift += 7
        if b < 128:
            return v
        if shift > 35:
            sys.exit("a number is too long")


class RangeDecoder:
    def __init__(self, data):
        self.data, self.at, self.width, self.value = data, 4, 2**32 - 1, int.from_bytes((data + bytes(4))[:4], "big")

    def bit(self, p):
        """A bit that is 1 with probability p / 2^16."""
        part = (self.width >> 16) * p
        if self.value < part:
            self.width, one = part, 1
        else:
            self.value -= part
            self.width -= part
            one = 0
        while self.width < 2**24:
            self.width <<= 8
            self.value = self.value << 8 | (self.data[self.at] if self.at < len(self.data) else 0)
            self.at += 1
        return one

    def adaptive(self, chance):
        """A bit by a chance, which is a list [p, n]."""
        one = self.bit(min(max(chance[0] >> 8, 32), 2**16 - 32))
        if one:
            chance[0] += (2**24 - chance[0]) // (chance[1] + 3)
        else:
            chance[0] -= chance[0] // (chance[1] + 3)
        chance[1] = min(chance[1] + 1, 255)
        return one


def chances(*shape):
    return [chances(*shape[1:]) for _ in range(shape[0])] if shape else [2**23, 0]


class Differences:
    def __init__(self, coder, contexts):
        self.coder, self.zero, self.sign = coder, chances(contexts), chances(contexts)
        self.longer, self.mantissa = chances(contexts, 26), chances(26, 8)

    def next(self, context):
        if self.coder.adaptive(self.zero[context]):
            return 0
        negative = self.coder.adaptive(self.sign[context])
        length = 0
        while length < 25 and self.coder.adaptive(self.longer[context][length]):
            length += 1
        v = 1
        for k in range(length):
            v = 2 * v + (self.coder.adaptive(self.mantissa[length - k - 1][v]) if k < 3 else self.coder.bit(2**15))
        return -v if negative else v


def decode_places(coder, n, last):
    shares = chances(16)
    counts = {}

    def start(m):
        weight = [(k + 1) * (k + 2) * (m - k + 1) * (m - k + 2) for k in range(m + 1)]
        return [[(weight[k] << 24) // sum(weight[k:]), 10] for k in range(m)]

    def count(m, area):
        """How many of m splats are in the first half."""
        if m == 1:
            return coder.bit(2**15)
        if m < 15:
            if (m, area) not in counts:
                counts[m, area] = start(m)
            for k, chance in enumerate(counts[m, area]):
                if coder.adaptive(chance):
                    return k
            return m
        node = 1
        for _ in range(4):
            node = 2 * node + coder.adaptive(shares[node])
        low = ((node - 16) * (m + 1) + 15) // 16
        size = ((node - 15) * (m + 1) + 15) // 16 - low
        while size > 1:
            upper = size // 2
            if coder.bit((upper << 16) // size):
                low, size = low + size - upper, upper
            else:
                size -= upper
        return low

    places = []

    def cell(at, bits, swap, flip, u, m):
        """The m splats of a cell of 2^bits[0] x 2^bits[1] levels. u is None for a square."""
        if m == 0:
            return
        if bits == (0, 0):
            places.extend([at] * m)
            return
        axis, first = (swap, flip) if u is None else (1 - swap, u ^ flip)
        bits = tuple(b - (a == axis) for a, b in enumerate(bits))

        def half(upper, k):
            place = tuple(p + (upper << bits[axis] if a == axis else 0) for a, p in enumerate(at))
            local = upper ^ flip
            if u is None:
                cell(place, bits, swap, flip, local, k)
            elif local == 0:
                cell(place, bits, swap ^ 1, flip ^ u, None, k)
            else:
                cell(place, bits, swap, flip, None, k)

        if at[axis] + (1 << bits[axis]) <= last[axis]:
            k = count(m, sum(bits))
        else:
            k = 0 if first else m
        half(first, k)
        half(1 - first, m - k)

    bits = max(last).bit_length()
    cell((0, 0), (bits, bits), 0, 0, None, n)
    return places


EXP2 = [int(np.floor(4096 * 2**(i / 64) + 0.5)) for i in range(64)]
COS = [int(np.floor(4096 * np.cos(2 * np.pi * i / 256) + 0.5)) for i in range(256)]
ATAN = [int(np.floor(512 / np.pi * np.arctan(i / 128) + 0.5)) for i in range(129)]


def angles(size, aspect, step):
    if aspect == 0:
        return 1
    octaves = aspect * 277 // size
    ratio = min(EXP2[octaves & 63] << min(octaves >> 6, 19), 2**20)
    stretch = max(ratio - 2**24 // ratio, 1229)
    return min(1 + (min(size * stretch, 2**30) * step >> 28), 65535)


def colour_step(size, step):
    quarter = isqrt(isqrt(size << 32) << 16)
    return max(1, min((step << 20) // (size * quarter), 2**28))


def cbrt(v):
    root = 0
    for k in range(15, -1, -1):
        if (root + (1 << k))**3 <= v:
            root += 1 << k
    return root


def direction(x, y):
    if x == 0 and y == 0:
        return 0
    a, b = abs(x), abs(y)
    d = ATAN[min(a, b) * 128 // max(a, b)]
    if b > a:
        d = 256 - d
    if x < 0:
        d = 512 - d
    return (1024 - d if y < 0 else d) & 1023


def reached(v, *limits):
    return sum(v >= limit for limit in limits)


def energy(v):
    return reached(v, 8, 16, 27, 42, 64, 104, 176, 320)


def decode_attributes(coder, x, y, steps, middle, rules, c):
    n = len(x)
    size, aspect, angle, colour = [0] * n, [0] * n, [0] * n, [[0] * c for _ in range(n)]
    size_error, stretch, turn, value, error = [0] * n, [0] * n, [0] * n, [[0] * c for _ in range(n)], [[0] * c for _ in range(n)]
    of_size, of_aspect, of_angle = Differences(coder, 9), Differences(coder, 8), Differences(coder, 40)
    of_colour = [Differences(coder, 27) for _ in range(c)]

    def pixels(d):
        return min(isqrt(min(int(d), 2**42) << 8) * steps[0] >> 20, 2**20)

    for i in range(n):
        low, high = max(0, i - 512), min(n, i + 513)
        d = (x[low:high] - x[i])**2 + (y[low:high] - y[i])**2
        before = d[:i - low][::-1]
        near = np.argsort(before, kind="stable")[:6]
        weights = [1 + 2**15 // isqrt(e * e + 128) for e in (pixels(before[j]) for j in near)]
        near = [i - 1 - int(j) for j in near]
        others = np.sort(np.delete(d, i - low))[:5]
        spacing = sum(cbrt(min(pixels(others[j]), 2**14)**2 << 16) for j in (2, 4) if j < len(others))

        def mean(values, none=0, weights=weights):
            return sum(w * v for w, v in zip(weights, values)) // sum(weights) if near else none

        m = mean([size[j] << 4 for j in near], middle << 4)
        predicted = min(max((rules[0] + ((rules[1] * m + (rules[2] * spacing >> 3)) >> 8) + 8) >> 4, 1), 65535)
        difference = of_size.next(energy(mean([size_error[j] for j in near]) * 13 >> 4))
        k = size[i] = min(max(predicted + difference, 1), 65535)
        size_error[i] = abs(difference) << 4
        size_class = reached((k << 6) // middle, 20, 28, 39, 54, 76, 106, 147)

        m = mean([stretch[j] for j in near], 4096)
        predicted = min(max((rules[3] + (rules[4] * m >> 8)) * k + 6144, 0) // 12288, 2**20)
        aspect[i] = min(max(predicted + of_aspect.next(size_class), 0), 2**20)
        stretch[i] = aspect[i] * 12288 // k

        levels = angles(k, aspect[i], steps[2])
        w = [a * min(stretch[j], 8192) for a, j in zip(weights, near)]
        u = sum(a * COS[turn[j]] for a, j in zip(w, near))
        v = sum(a * COS[turn[j] - 64 & 255] for a, j in zip(w, near))
        predicted, difference = (direction(u, v) * levels + 512) >> 10, 0
        if levels > 1:
            coherence = (isqrt((u >> 16)**2 + (v >> 16)**2) << 10) // max(sum(w) >> 4, 1)
            difference = of_angle.next(reached(levels, 4, 7, 12, 20, 36, 64, 128) * 5 + reached(coherence, 358, 614, 819, 942))
        angle[i] = (predicted + difference) % levels
        turn[i] = (angle[i] << 8) // levels

        step, previous = colour_step(k, steps[3]), 0
        sharp = [1 + (a * a >> 10) for a in weights]
        for q in range(c):
            base = mean([value[j][q] for j in near])
            nearer = mean([value[j][q] for j in near], weights=sharp) - base
            a, b, d = rules[5 + 3 * q:8 + 3 * q]
            predicted = min(max((2 * ((a << 12) + ((b * base + d * nearer) >> 8)) + step) // (2 * step), -2**20), 2**20)
            spread = mean([abs(value[j][q] - base) for j in near])
            errors = mean([error[j][q] for j in near])
            scale = (10 * errors + 8 * spread) // step if q == 0 else (9 * errors + 5 * spread) // step + 2 * previous
            difference = of_colour[q].next(energy(scale) * 3 + reached(size_class, 3, 5))
            level = colour[i][q] = min(max(predicted + difference, -2**20), 2**20)
            value[i][q] = min(max(level * step, -2**34), 2**34)
            previous = abs(difference)
            error[i][q] = min(previous * step, 2**34)
    return size, aspect, angle, colour


def dequantise(x, y, symbols, steps, w, h, layers):
    size, aspect, angle, colour = symbols
    k, m = np.array(size, np.float64), np.array(aspect, np.float64)
    third = k * steps[1] / 2**20
    sigma = np.sqrt(third * third * third)
    e = 1.5 * m / k / 256
    stretch = np.ones(len(k))
    for i in range(5, 0, -1):
        stretch = 1 + e * stretch / i
    for _ in range(8):
        stretch = stretch * stretch
    levels = np.array([angles(a, b, steps[2]) for a, b in zip(size, aspect)], np.float64)
    planes = [x * steps[0] / 2**20 / w, y * steps[0] / 2**20 / h, stretch / sigma, 1 / (stretch * sigma), np.pi * np.array(angle, np.float64) / levels]
    step = np.array([colour_step(a, steps[3]) for a in size], np.float64)
    values = (np.array(colour, np.float64).reshape(len(k), sum(layers)) * step[:, None] / 2**24).T
    at = 0
    for channels in layers:
        if channels >= 3:
            a, b, c = values[at] * 0.5773502691896258, values[at + 1] * 0.7071067811865476, values[at + 2] * 0.4082482904638631
            values[at], values[at + 1], values[at + 2] = (a + b) - c, a + 2 * c, (a - b) - c
        at += channels
    return [p.astype(F) for p in planes + list(values)]


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


def unmixed(picture):
    """Returns colours and alpha of colours over mid grey."""
    n = picture.shape[2] - 1
    alpha = np.minimum(picture[:, :, n:] * 2 / np.sqrt(n), 1)
    seen = np.clip(picture[:, :, :n] - (1 - alpha) / 2, 0, alpha)
    return np.concatenate([seen / np.maximum(alpha, 1e-9), alpha], axis=2)


def png(samples):
    """Returns a PNG with 16 bits per sample, grey or RGB, with or without alpha."""
    h, w, c = samples.shape

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + row.tobytes() for row in samples)
    head = struct.pack(">IIBBBBB", w, h, 16, {1: 0, 2: 4, 3: 2, 4: 6}[c], 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def main():
    with open(sys.argv[1], "rb") as f:
        m = decode(f.read())
    with np.errstate(divide="ignore", over="ignore"):
        picture = draw(m, int(sys.argv[3]) if len(sys.argv) > 3 else m["h"])
    name, channels, low, high, alpha = m["layers"][0]
    first = picture[:, :, :channels]
    if alpha:
        first = unmixed(first)
    with open(sys.argv[2], "wb") as f:
        f.write(png(np.rint(first * 65535).astype(">u2")))


if __name__ == "__main__":
    main()
