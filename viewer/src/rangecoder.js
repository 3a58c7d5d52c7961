const ONE = 2 ** 24; // a probability of 1 of a chance

/** Chances of adaptive bits: of each, the probability of a 1 and how many bits it has seen, at most 255. */
export class Chances {
  constructor(n) {
    this.p = new Int32Array(n).fill(ONE / 2);
    this.seen = new Uint8Array(n);
  }
}

/** A binary range decoder. After the end of the code come zeros. */
export class RangeDecoder {
  constructor(code) {
    this.code = code;
    this.at = 0;
    this.width = 2 ** 32 - 1;
    this.value = 0;
    for (let i = 0; i < 4; i++) this.value = this.value * 256 + this.byte();
  }

  byte() {
    return this.at < this.code.length ? this.code[this.at++] : 0;
  }

  /** A bit that is 1 with probability p / 2^16. */
  bit(p) {
    const part = (this.width >>> 16) * p;
    let one = 0;
    if (this.value < part) {
      this.width = part;
      one = 1;
    } else {
      this.value -= part;
      this.width -= part;
    }
    while (this.width < ONE) {
      this.width *= 256;
      this.value = this.value * 256 + this.byte();
    }
    return one;
  }

  /** A bit by chance k, which learns from it. */
  adaptive({ p, seen }, k) {
    const one = this.bit(Math.min(Math.max(p[k] >> 8, 32), 2 ** 16 - 32));
    if (one) p[k] += Math.floor((ONE - p[k]) / (seen[k] + 3));
    else p[k] -= Math.floor(p[k] / (seen[k] + 3));
    if (seen[k] < 255) seen[k]++;
    return one;
  }
}

const LONGEST = 25;

/** Decodes differences from a prediction. A context says how large they may be. */
export class Differences {
  constructor(coder, contexts) {
    this.coder = coder;
    this.zero = new Chances(contexts);
    this.sign = new Chances(contexts);
    this.longer = new Chances(contexts * LONGEST);
    this.mantissa = new Chances(LONGEST * 8);
  }

  next(context) {
    const { coder } = this;
    if (coder.adaptive(this.zero, context)) return 0;
    const negative = coder.adaptive(this.sign, context);
    let length = 0, v = 1;
    while (length < LONGEST && coder.adaptive(this.longer, context * LONGEST + length)) length++;
    for (let j = 0; j < length; j++) v = 2 * v + (j < 3 ? coder.adaptive(this.mantissa, (length - j - 1) * 8 + v) : coder.bit(2 ** 15));
    return negative ? -v : v;
  }
}
