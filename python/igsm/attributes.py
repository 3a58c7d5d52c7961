"""Size, aspect, angle and colour of format version 2. All is computed with integers."""
from math import atan, cos, floor, isqrt, pi

import numpy as np

from .rangecoder import Differences

EXP2 = [floor(4096 * 2**(i / 64) + 0.5) for i in range(64)]
COS = [floor(4096 * cos(2 * pi * i / 256) + 0.5) for i in range(256)]
ATAN = [floor(512 / pi * atan(i / 128) + 0.5) for i in range(129)]
WINDOW = 512  # neighbours are at most so many splats before or after


def reached(v, *limits):
    return sum(v >= limit for limit in limits)


def energy(v):
    return reached(v, 8, 16, 27, 42, 64, 104, 176, 320)


def limited(v, low, high):
    return min(max(v, low), high)


def angles(size, aspect, step):
    """The number of levels of an angle."""
    if aspect == 0:
        return 1
    octaves = 277 * aspect // size
    ratio = min(EXP2[octaves % 64] << min(octaves >> 6, 19), 2**20)
    return min(1 + (min(size * max(ratio - 2**24 // ratio, 1229), 2**30) * step >> 28), 65535)


def colour_step(size, step):
    """The step of the colours of a splat, 2^-24."""
    return limited((step << 20) // (size * isqrt(isqrt(size << 32) << 16)), 1, 2**28)


def cbrt(v):
    root = 0
    for k in range(15, -1, -1):
        if (root + 2**k)**3 <= v:
            root += 2**k
    return root


def direction(x, y):
    """The direction of a vector, in 1024ths of a turn."""
    if x == 0 and y == 0:
        return 0
    a, b = abs(x), abs(y)
    v = ATAN[128 * min(a, b) // max(a, b)]
    if b > a:
        v = 256 - v
    if x < 0:
        v = 512 - v
    return (1024 - v if y < 0 else v) % 1024


class Neighbours:
    """What the positions around a splat tell: the nearest splats before it, their weights, and how far apart splats are here."""

    def __init__(self, x, y, step):
        self.x, self.y, self.step = np.array(x, np.int64), np.array(y, np.int64), step

    def find(self, i):
        low = max(0, i - WINDOW)
        x, y = self.x[low:i + WINDOW + 1], self.y[low:i + WINDOW + 1]
        d = (x - self.x[i])**2 + (y - self.y[i])**2
        nearest = np.argsort(d[:i - low][::-1], kind="stable")[:6]  # of two at the same distance the later one comes first
        self.at = [i - 1 - int(k) for k in nearest]
        self.weight = [1 + 2**15 // isqrt(self.pixels(d[k - low])**2 + 128) for k in self.at]
        around = np.sort(np.delete(d, i - low))[:5]
        self.spacing = sum(cbrt(min(self.pixels(around[k]), 2**14)**2 << 16) for k in (2, 4) if k < len(around))

    def pixels(self, d):
        """A distance in 1/16 px from its square in levels."""
        return min(isqrt(min(int(d), 2**42) << 8) * self.step >> 20, 2**20)

    def mean(self, values, none=0, weight=None):
        """The weighted mean of the values of the neighbours."""
        weight = weight or self.weight
        return sum(w * values[j] for w, j in zip(weight, self.at)) // sum(weight) if self.at else none


class Attributes:
    """Decodes splat by splat. steps are those of position, size, angle and colour."""

    def __init__(self, coder, steps, middle, rules, channels):
        self.steps, self.middle, self.rules = steps, middle, rules
        self.size, self.aspect, self.angle, self.colour = [], [], [], [[] for _ in range(channels)]
        self.sizes, self.size_error, self.stretch, self.turn = [], [], [], []
        self.value, self.error = [[] for _ in range(channels)], [[] for _ in range(channels)]
        self.of_size, self.of_aspect, self.of_angle = Differences(coder, 9), Differences(coder, 8), Differences(coder, 40)
        self.of_colour = [Differences(coder, 27) for _ in range(channels)]

    def next(self, near):
        s = self.next_size(near)
        large = reached(64 * s // self.middle, 20, 28, 39, 54, 76, 106, 147)
        self.next_aspect(near, s, large)
        self.next_angle(near, s)
        self.next_colour(near, s, large)

    def next_size(self, near):
        g = self.rules
        predicted = g[0] + ((g[1] * near.mean(self.sizes, 16 * self.middle) + (g[2] * near.spacing >> 3)) >> 8)
        d = self.of_size.next(energy(13 * near.mean(self.size_error) >> 4))
        s = limited(limited((predicted + 8) >> 4, 1, 65535) + d, 1, 65535)
        self.size.append(s)
        self.sizes.append(16 * s)
        self.size_error.append(16 * abs(d))
        return s

    def next_aspect(self, near, s, large):
        a = self.rules[3:5]
        predicted = min(max((a[0] + (a[1] * near.mean(self.stretch, 4096) >> 8)) * s + 6144, 0) // 12288, 2**20)
        r = limited(predicted + self.of_aspect.next(large), 0, 2**20)
        self.aspect.append(r)
        self.stretch.append(12288 * r // s)

    def next_angle(self, near, s):
        levels = angles(s, self.aspect[-1], self.steps[2])
        w = [a * min(self.stretch[j], 8192) for a, j in zip(near.weight, near.at)]
        x = sum(a * COS[self.turn[j]] for a, j in zip(w, near.at))
        y = sum(a * COS[(self.turn[j] - 64) % 256] for a, j in zip(w, near.at))
        q = (direction(x, y) * levels + 512) >> 10
        if levels > 1:
            coherence = (isqrt((x >> 16)**2 + (y >> 16)**2) << 10) // max(sum(w) >> 4, 1)
            q += self.of_angle.next(5 * reached(levels, 4, 7, 12, 20, 36, 64, 128) + reached(coherence, 358, 614, 819, 942))
        self.angle.append(q % levels)
        self.turn.append(256 * (q % levels) // levels)

    def next_colour(self, near, s, large):
        step, previous = colour_step(s, self.steps[3]), 0
        sharp = [1 + (w * w >> 10) for w in near.weight]
        for q, (levels, value, error) in enumerate(zip(self.colour, self.value, self.error)):
            base = near.mean(value)
            nearer = near.mean(value, weight=sharp) - base
            c = self.rules[5 + 3 * q:8 + 3 * q]
            predicted = (2 * ((c[0] << 12) + ((c[1] * base + c[2] * nearer) >> 8)) + step) // (2 * step)
            e, u = near.mean(error), near.mean({j: abs(value[j] - base) for j in near.at})
            scale = (10 * e + 8 * u) // step if q == 0 else (9 * e + 5 * u) // step + 2 * previous
            d = self.of_colour[q].next(3 * energy(scale) + reached(large, 3, 5))
            level = limited(predicted + d, -2**20, 2**20)
            levels.append(level)
            value.append(limited(level * step, -2**34, 2**34))
            previous = abs(d)
            error.append(min(previous * step, 2**34))

