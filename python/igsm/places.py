"""The positions of format version 2."""
from .rangecoder import Chances


class Counts:
    """Decodes how many of m splats are in the first half of a cell."""

    def __init__(self, coder):
        self.coder, self.shares, self.small = coder, Chances(16), {}

    def next(self, m, area):
        coder = self.coder
        if m == 1:
            return coder.bit(2**15)
        if m < 15:
            if (m, area) not in self.small:
                self.small[m, area] = likely(m)
            chances = self.small[m, area]
            return next((k for k in range(m) if coder.adaptive(chances, k)), m)
        node = 1
        for _ in range(4):
            node = 2 * node + coder.adaptive(self.shares, node)
        low = ((node - 16) * (m + 1) + 15) // 16
        size = ((node - 15) * (m + 1) + 15) // 16 - low
        while size > 1:
            upper = size // 2
            if coder.bit((upper << 16) // size):
                low, size = low + size - upper, upper
            else:
                size -= upper
        return low


def likely(m):
    """Counts near the half are the most probable at first."""
    weight = [(k + 1) * (k + 2) * (m - k + 1) * (m - k + 2) for k in range(m + 1)]
    chances = Chances(m)
    chances.p = [(weight[k] << 24) // sum(weight[k:]) for k in range(m)]
    chances.seen = [10] * m
    return chances


def places(coder, n, highest):
    """Places of n splats, from 0 to highest[axis]. Halves of cells follow each other along a Hilbert curve."""
    counts, out = Counts(coder), []
    at, bits = [0, 0], [max(highest).bit_length()] * 2

    def cell(swap, flip, u, m):
        """u is None for a square. at and bits are the place of the cell; both are as before at the end."""
        if m == 0:
            return
        if bits == [0, 0]:
            out.extend([tuple(at)] * m)
            return
        axis, first = (swap, flip) if u is None else (1 - swap, u ^ flip)
        bits[axis] -= 1
        low = at[axis]
        middle = low + 2**bits[axis]
        k = counts.next(m, sum(bits)) if middle <= highest[axis] else 0 if first else m
        for upper, share in (first, k), (1 - first, m - k):
            v = upper ^ flip
            at[axis] = middle if upper else low
            if u is None:
                cell(swap, flip, v, share)
            elif v == 0:
                cell(1 - swap, flip ^ u, None, share)
            else:
                cell(swap, flip, None, share)
        at[axis] = low
        bits[axis] += 1

    cell(0, 0, None, n)
    return out
