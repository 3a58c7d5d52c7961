"""Format version 2: entropy-coded integers."""
import numpy as np

from .attributes import Attributes, Neighbours, angles, colour_step
from .model import Layer, Model, ModelError
from .places import places
from .rangecoder import RangeDecoder


def damaged(what):
    return ModelError("the model is damaged: " + what)


def read(r, size):
    flags, layers, topk, width, height, n, recipe, igs = r.read("BBBHHIBB")
    if flags > 3:
        raise damaged("its flags are unknown")
    gamma = r.read("d")[0] if flags & 1 else 1.0
    model = Model(width, height, topk, gamma, r.text(recipe), r.text(igs))
    for _ in range(layers):
        channels, depth, name = r.read("BBB")
        low, high = r.read("ff") if flags & 2 else (0.0, 1.0)
        model.layers.append(Layer.stored(r.text(name), channels, depth, low, high))
    model.check(n, n * (8 * (5 + model.channels) + 8), size)
    if n > 4 * size:
        raise damaged(f"it claims {n} splats")
    steps = [number(r) for _ in range(4)]
    low, span = [0, 0], [0, 0]
    for axis in 0, 1:
        v = number(r)
        low[axis], span[axis] = -(v + 1) // 2 if v & 1 else v // 2, number(r)
    middle = number(r)
    rules = r.read("%dh" % (5 + 3 * model.channels))
    right = all(0 < s < 2**top for s, top in zip(steps, (28, 24, 22, 32))) and 0 < middle < 2**16
    if not right or any(v < -2**22 or v + w > 2**22 for v, w in zip(low, span)):
        raise damaged("a number is out of range")

    coder = RangeDecoder(r.bytes(len(r.data) - r.at))
    x, y = np.array(places(coder, n, span), np.int64).reshape(-1, 2).T + np.array(low)[:, None]
    symbols, near = Attributes(coder, steps, middle, rules, model.channels), Neighbours(x, y, steps[0])
    for i in range(n):
        near.find(i)
        symbols.next(near)
    with np.errstate(all="ignore"):
        model.set_planes([x * steps[0] / 2**20 / width, y * steps[0] / 2**20 / height] + shapes(symbols, steps) + colours(symbols, steps, model.layers))
    return model


def number(r):
    """An unsigned LEB128 number."""
    v = 0
    for shift in range(0, 42, 7):
        byte, = r.read("B")
        v |= (byte & 127) << shift
        if byte < 128:
            return v
    raise damaged("a number is too long")


# From symbols to parameters. Each operation is one of float64, and the result is rounded to float32.

def shapes(symbols, steps):
    size, aspect = np.array(symbols.size, np.float64), np.array(symbols.aspect, np.float64)
    z = size * steps[1] / 2**20
    sigma = np.sqrt(z * z * z)
    v = 1.5 * aspect / size / 256
    k = np.ones(len(v))
    for i in range(5, 0, -1):
        k = 1 + v * k / i
    for _ in range(8):
        k = k * k
    levels = np.array([angles(s, a, steps[2]) for s, a in zip(symbols.size, symbols.aspect)], np.float64)
    return [k / sigma, 1 / (k * sigma), np.pi * np.array(symbols.angle, np.float64) / levels]


def colours(symbols, steps, layers):
    """The first three channels of a layer of three or more are sum and differences of R, G and B."""
    unit = np.array([colour_step(s, steps[3]) for s in symbols.size], np.float64)
    values = [np.array(levels, np.float64) * unit / 2**24 for levels in symbols.colour]
    first = 0
    for layer in layers:
        if layer.channels >= 3:
            p, q, s = (v * f for v, f in zip(values[first:], (0.5773502691896258, 0.7071067811865476, 0.4082482904638631)))
            values[first:first + 3] = (p + q) - s, p + 2 * s, (p - q) - s
        first += layer.channels
    return values
