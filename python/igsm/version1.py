"""Format version 1: planes of integers with a given number of bits, or of float32."""
import subprocess

import numpy as np

from .model import Layer, Model, ModelError

F = np.float32
EXACT = 23  # from this number of bits on a number is the bits of a float32


def damaged(what):
    return ModelError("the model is damaged: " + what)


def read(r, size):
    layers, topk, *bits = r.read("BB4B")
    bits = dict(zip(("xy", "scale", "rot", "feat"), bits))
    width, height, n, gamma, recipe, igs = r.read("IIIdBB")
    model = Model(width, height, topk, gamma, r.text(recipe), r.text(igs))
    for _ in range(layers):
        channels, depth, low, high, name = r.read("BBffB")
        model.layers.append(Layer.stored(r.text(name), channels, depth, low, high))
    model.check(n, n * (4 * (5 + model.channels) + 17), size)
    if not all(4 <= b <= 32 for b in bits.values()):
        raise damaged("the bits of its parameters are unknown")
    kinds = ["xy", "xy", "scale", "scale", "rot"] + ["feat"] * model.channels
    ranges = [r.read("ff") if bits[k] < EXACT and k != "rot" else None for k in kinds]
    wide = {k: 32 if b >= EXACT else b for k, b in bits.items()}
    table = [(1, lengths(r, 2 * wide["xy"]))]
    table += [(r.read("B")[0], lengths(r, wide[k])) for k in kinds[2:]]

    numbers = list(positions(plane(r, n, table[0], 2 * wide["xy"], None), wide["xy"]))
    before = np.zeros(n, np.uint64)
    for kind, entry in zip(kinds[2:], table[1:]):
        before = plane(r, n, entry, wide[kind], before)
        numbers.append(before)
    if r.at != len(r.data):
        raise damaged("bytes are left over")
    model.set_planes([parameters(k, v, bits[k], ends) for k, v, ends in zip(kinds, numbers, ranges)])
    return model


def lengths(r, bits):
    return r.read("%dI" % ((bits + 7) // 8))


def section(r, n, length):
    """One byte of each of n numbers."""
    if length > n:
        raise damaged("a section is too long")
    stored = r.bytes(length)
    stored = stored if length == n else unzstd(stored, n)
    if len(stored) != n:
        raise damaged("a section does not decompress")
    return np.frombuffer(stored, np.uint8)


def unzstd(frame, n):
    try:
        import zstandard
    except ImportError:
        try:
            return subprocess.run(["zstd", "-dc"], input=frame, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
        except (OSError, subprocess.CalledProcessError) as err:
            raise ModelError("this model is compressed: install the Python module zstandard, or the command zstd") from err
    try:
        return zstandard.ZstdDecompressor().decompress(frame, max_output_size=n)
    except zstandard.ZstdError as err:
        raise damaged("a section does not decompress") from err


def plane(r, n, entry, bits, before):
    way, sizes = entry
    numbers = np.zeros(n, np.uint64)
    for place, length in enumerate(sizes):
        numbers |= section(r, n, length).astype(np.uint64) << np.uint64(8 * place)
    if way == 1:
        numbers = np.cumsum(numbers, dtype=np.uint64)
    elif way == 2:
        numbers = numbers + before
    elif way != 0:
        raise damaged("a plane is written in an unknown way")
    return numbers & np.uint64(2**bits - 1)


def positions(codes, bits):
    """Splits Morton codes into x and y."""
    x, y = np.zeros_like(codes), np.zeros_like(codes)
    for bit in range(bits):
        x |= (codes >> np.uint64(2 * bit) & np.uint64(1)) << np.uint64(bit)
        y |= (codes >> np.uint64(2 * bit + 1) & np.uint64(1)) << np.uint64(bit)
    return x, y


def parameters(kind, numbers, bits, ends):
    """The parameters of a plane from its numbers. Each operation is one of float32, so they have the bits that igs computes."""
    if bits >= EXACT:
        i = numbers.astype(np.uint32)
        return np.where(i >> 31 == 1, i & 0x7FFFFFFF, ~i).astype(np.uint32).view(F)
    if kind == "rot":
        return numbers.astype(F) * F(np.pi / 2**bits)
    low, high = F(ends[0]), F(ends[1])
    if not np.isfinite(ends).all() or low > high or kind != "xy" and max(-low, high) > 2**24:
        raise damaged("a plane has no range")
    top = 2**bits - 1
    share = F(1) / F(top)
    step = high * share - low * share
    with np.errstate(over="ignore"):
        u = (np.where(numbers == top, high, low + numbers.astype(F) * step) + F(0)).astype(F)
    if kind == "xy" or not np.isfinite(u).all():
        return u
    offset, middle = (F(0.125), F(0)) if kind == "scale" else (F(0.5), F(0.5))
    finest = (int(offset.view(np.uint32)) + 64) >> 7
    far = np.minimum(np.rint(np.abs(u)).astype(np.uint32) + finest, 2**24 - 2**16 - 1).astype(np.uint32)
    v = (far << 7).astype(np.uint32).view(F) - offset
    return np.where(u >= 0, middle + v, middle - v).astype(F)
