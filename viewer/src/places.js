import { Chances } from './rangecoder.js';

/** Decodes how many of m splats are in the first half of a cell. */
class Counts {
  shares = new Chances(16);
  small = new Map();

  constructor(coder) {
    this.coder = coder;
  }

  next(m, area) {
    const { coder } = this;
    if (m === 1) return coder.bit(2 ** 15);
    if (m < 15) {
      const chances = this.chances(m, area);
      for (let k = 0; k < m; k++) if (coder.adaptive(chances, k)) return k;
      return m;
    }
    let node = 1;
    for (let i = 0; i < 4; i++) node = 2 * node + coder.adaptive(this.shares, node);
    let low = Math.ceil(((node - 16) * (m + 1)) / 16), size = Math.ceil(((node - 15) * (m + 1)) / 16) - low;
    while (size > 1) {
      const upper = Math.floor(size / 2);
      if (coder.bit(Math.floor((2 ** 16 * upper) / size))) {
        low += size - upper;
        size = upper;
      } else size -= upper;
    }
    return low;
  }

  /** Counts near the half are the most probable at first. */
  chances(m, area) {
    const key = m * 64 + area;
    let made = this.small.get(key);
    if (!made) {
      this.small.set(key, (made = new Chances(m)));
      made.seen.fill(10);
      let rest = 0;
      for (let k = m; k >= 0; k--) {
        const weight = (k + 1) * (k + 2) * (m - k + 1) * (m - k + 2);
        rest += weight;
        if (k < m) made.p[k] = Math.floor((2 ** 24 * weight) / rest);
      }
    }
    return made;
  }
}

/**
 * Decodes the places of n splats: two arrays of levels, from 0 to highest[axis]. A square is halved again and again, and the halves
 * follow each other along a Hilbert curve.
 */
export function places(coder, n, highest) {
  const counts = new Counts(coder), out = [new Int32Array(n), new Int32Array(n)];
  const at = [0, 0], bits = [0, 0].fill(32 - Math.clz32(Math.max(...highest)));
  let done = 0;

  // u is -1 for a square. The place of the cell is in `at` and its bits in `bits`; both are as before at the end.
  function cell(swap, flip, u, m) {
    if (m === 0) return;
    if (bits[0] === 0 && bits[1] === 0) {
      out[0].fill(at[0], done, done + m);
      out[1].fill(at[1], done, done + m);
      done += m;
      return;
    }
    const axis = u < 0 ? swap : 1 - swap, first = u < 0 ? flip : u ^ flip;
    const half = 2 ** --bits[axis], low = at[axis], middle = low + half;
    const k = middle > highest[axis] ? (first ? 0 : m) : counts.next(m, bits[0] + bits[1]);
    for (const upper of [first, 1 - first]) {
      const v = upper ^ flip, share = upper === first ? k : m - k;
      at[axis] = upper ? middle : low;
      if (u < 0) cell(swap, flip, v, share);
      else if (v === 0) cell(1 - swap, flip ^ u, -1, share);
      else cell(swap, flip, -1, share);
    }
    at[axis] = low;
    bits[axis]++;
  }

  cell(0, 0, -1, n);
  return out;
}
