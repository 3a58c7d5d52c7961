"""The binary range decoder of format version 2, and its adaptive bits."""
ONE = 2**24  # a probability of 1 of a chance
LONGEST = 25


class Chances:
    """Chances of adaptive bits: of each, the probability of a 1 and how many bits it has seen, at most 255."""

    def __init__(self, n):
        self.p, self.seen = [ONE // 2] * n, [0] * n


class RangeDecoder:
    """After the end of the code come zeros."""

    def __init__(self, code):
        self.code, self.at, self.width = code, 4, 2**32 - 1
        self.value = int.from_bytes((code + bytes(4))[:4], "big")

    def bit(self, p):
        """A bit that is 1 with probability p / 2^16."""
        part = (self.width >> 16) * p
        one = self.value < part
        if one:
            self.width = part
        else:
            self.value -= part
            self.width -= part
        while self.width < ONE:
            self.width <<= 8
            self.value = self.value << 8 | (self.code[self.at] if self.at < len(self.code) else 0)
            self.at += 1
        return int(one)

    def adaptive(self, chances, k):
        """A bit by chance k, which learns from it."""
        p, seen = chances.p[k], chances.seen[k]
        one = self.bit(min(max(p >> 8, 32), 2**16 - 32))
        chances.p[k] = p + (ONE - p) // (seen + 3) if one else p - p // (seen + 3)
        chances.seen[k] = min(seen + 1, 255)
        return one


class Differences:
    """Differences from a prediction. A context says how large they may be."""

    def __init__(self, coder, contexts):
        self.coder, self.zero, self.sign = coder, Chances(contexts), Chances(contexts)
        self.longer, self.mantissa = Chances(contexts * LONGEST), Chances(LONGEST * 8)

    def next(self, context):
        coder = self.coder
        if coder.adaptive(self.zero, context):
            return 0
        negative, length, v = coder.adaptive(self.sign, context), 0, 1
        while length < LONGEST and coder.adaptive(self.longer, context * LONGEST + length):
            length += 1
        for j in range(length):
            v = 2 * v + (coder.adaptive(self.mantissa, (length - j - 1) * 8 + v) if j < 3 else coder.bit(2**15))
        return -v if negative else v
