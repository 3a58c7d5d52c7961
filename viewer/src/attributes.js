import { Differences } from './rangecoder.js';

const { floor, sqrt, min, max, abs } = Math;
const isqrt = (v) => floor(sqrt(v));
const limit = (v, low, high) => min(max(v, low), high);
const shifted = (v, n) => floor(v / 2 ** n);

const EXP2 = Array.from({ length: 64 }, (_, i) => floor(4096 * 2 ** (i / 64) + 0.5));
const COS = Array.from({ length: 256 }, (_, i) => floor(4096 * Math.cos((2 * Math.PI * i) / 256) + 0.5));
const ATAN = Array.from({ length: 129 }, (_, i) => floor((512 / Math.PI) * Math.atan(i / 128) + 0.5));

const WINDOW = 512; // neighbours are at most so many splats before or after
const MOST = 6; // neighbours

/** How many of the limits are at most v. */
function reached(v, limits) {
  let n = 0;
  while (n < limits.length && v >= limits[n]) n++;
  return n;
}
const energy = (v) => reached(v, [8, 16, 27, 42, 64, 104, 176, 320]);

/** The number of levels of an angle. */
export function angles(size, aspect, step) {
  if (aspect === 0) return 1;
  const octaves = floor((277 * aspect) / size);
  const ratio = min(EXP2[octaves % 64] * 2 ** min(floor(octaves / 64), 19), 2 ** 20);
  const stretch = max(ratio - floor(2 ** 24 / ratio), 1229);
  return min(1 + shifted(min(size * stretch, 2 ** 30) * step, 28), 65535);
}

/** The step of the colours of a splat, 2^-24. */
export const colourStep = (size, step) => max(1, min(floor((2 ** 20 * step) / (size * isqrt(2 ** 16 * isqrt(2 ** 32 * size)))), 2 ** 28));

function cbrt(v) {
  let root = 0;
  for (let k = 15; k >= 0; k--) if ((root + 2 ** k) ** 3 <= v) root += 2 ** k;
  return root;
}

/** The direction of a vector, in 1024ths of a turn. */
function direction(x, y) {
  if (x === 0 && y === 0) return 0;
  const a = abs(x), b = abs(y);
  let v = ATAN[floor((128 * min(a, b)) / max(a, b))];
  if (b > a) v = 256 - v;
  if (x < 0) v = 512 - v;
  return (y < 0 ? 1024 - v : v) % 1024;
}

/** What the positions around a splat tell: its neighbours before it, their weights, and how far apart splats are here. */
class Neighbours {
  at = new Int32Array(MOST);
  weight = new Float64Array(MOST);
  sharp = new Float64Array(MOST);
  before = new Float64Array(MOST); // squared distances
  all = new Float64Array(5);

  constructor(x, y, step) {
    Object.assign(this, { x, y, step });
  }

  find(i) {
    const { x, y, at, before, all } = this, n = x.length, last = min(n - 1, i + WINDOW);
    let count = 0, seen = 0;
    // From the nearest in the file on, so that of two at the same distance the later one comes first.
    for (let step = -1, j = i - 1; ; j += step) {
      if (step < 0 && (j < 0 || j < i - WINDOW)) {
        step = 1;
        j = i + 1;
      }
      if (step > 0 && j > last) break;
      const dx = x[i] - x[j], dy = y[i] - y[j], d = dx * dx + dy * dy;
      if (seen < 5 || d < all[4]) {
        let k = min(seen, 4);
        for (; k > 0 && all[k - 1] > d; k--) all[k] = all[k - 1];
        all[k] = d;
        seen++;
      }
      if (step < 0 && (count < MOST || d < before[MOST - 1])) {
        let k = min(count, MOST - 1);
        count = min(count + 1, MOST);
        for (; k > 0 && before[k - 1] > d; k--) {
          before[k] = before[k - 1];
          at[k] = at[k - 1];
        }
        before[k] = d;
        at[k] = j;
      }
    }
    this.count = count;
    this.weights = this.sharps = this.spacing = 0;
    for (let k = 0; k < count; k++) {
      const e = this.pixels(before[k]);
      this.weights += this.weight[k] = 1 + floor(2 ** 15 / isqrt(e * e + 128));
      this.sharps += this.sharp[k] = 1 + shifted(this.weight[k] ** 2, 10);
    }
    for (const k of [2, 4]) if (k < seen) this.spacing += cbrt(2 ** 16 * min(this.pixels(all[k]), 2 ** 14) ** 2);
  }

  /** A distance in 1/16 px from its square in levels. */
  pixels(d) {
    return min(shifted(isqrt(2 ** 8 * min(d, 2 ** 42)) * this.step, 20), 2 ** 20);
  }

  /** The weighted mean of the values of the neighbours. */
  mean(values, none = 0) {
    if (this.count === 0) return none;
    let sum = 0;
    for (let k = 0; k < this.count; k++) sum += this.weight[k] * values[this.at[k]];
    return floor(sum / this.weights);
  }

  /** The same with weights that prefer the nearest. */
  sharpMean(values) {
    if (this.count === 0) return 0;
    let sum = 0;
    for (let k = 0; k < this.count; k++) sum += this.sharp[k] * values[this.at[k]];
    return floor(sum / this.sharps);
  }

  /** The mean of how far values are from their mean. */
  spread(values, base) {
    if (this.count === 0) return 0;
    let sum = 0;
    for (let k = 0; k < this.count; k++) sum += this.weight[k] * abs(values[this.at[k]] - base);
    return floor(sum / this.weights);
  }
}

/**
 * Decodes size, aspect, angle and the colour channels of the splats at (x, y). steps are those of position, size, angle and colour,
 * middle is the median size and rules are the predictors.
 */
export function attributes(coder, { x, y, steps, middle, rules, channels }) {
  const n = x.length, numbers = () => new Float64Array(n), planes = () => Array.from({ length: channels }, numbers);
  const out = { size: numbers(), aspect: numbers(), angle: numbers(), colour: planes() };
  const sizes = numbers(), sizeError = numbers(), stretch = numbers(), turn = numbers(), value = planes(), error = planes();
  const ofSize = new Differences(coder, 9), ofAspect = new Differences(coder, 8), ofAngle = new Differences(coder, 40);
  const ofColour = Array.from({ length: channels }, () => new Differences(coder, 27));
  const near = new Neighbours(x, y, steps.position);

  for (let i = 0; i < n; i++) {
    near.find(i);
    const s = sizeOf(i), large = reached(floor((64 * s) / middle), [20, 28, 39, 54, 76, 106, 147]);
    aspectOf(i, s, large);
    angleOf(i, s);
    colourOf(i, s, large);
  }
  return out;

  function sizeOf(i) {
    const m = near.mean(sizes, 16 * middle);
    const predicted = limit(shifted(rules[0] + shifted(rules[1] * m + shifted(rules[2] * near.spacing, 3), 8) + 8, 4), 1, 65535);
    const d = ofSize.next(energy(shifted(13 * near.mean(sizeError), 4)));
    const s = limit(predicted + d, 1, 65535);
    out.size[i] = s;
    sizes[i] = 16 * s;
    sizeError[i] = 16 * abs(d);
    return s;
  }

  function aspectOf(i, s, large) {
    const m = near.mean(stretch, 4096);
    const predicted = min(floor(max((rules[3] + shifted(rules[4] * m, 8)) * s + 6144, 0) / 12288), 2 ** 20);
    out.aspect[i] = limit(predicted + ofAspect.next(large), 0, 2 ** 20);
    stretch[i] = floor((12288 * out.aspect[i]) / s);
  }

  function angleOf(i, s) {
    const levels = angles(s, out.aspect[i], steps.angle);
    let u = 0, v = 0, sum = 0;
    for (let k = 0; k < near.count; k++) {
      const j = near.at[k], w = near.weight[k] * min(stretch[j], 8192);
      u += w * COS[turn[j]];
      v += w * COS[(turn[j] + 192) % 256];
      sum += w;
    }
    let angle = shifted(direction(u, v) * levels + 512, 10);
    if (levels > 1) {
      const coherence = floor((2 ** 10 * isqrt(shifted(u, 16) ** 2 + shifted(v, 16) ** 2)) / max(shifted(sum, 4), 1));
      angle += ofAngle.next(5 * reached(levels, [4, 7, 12, 20, 36, 64, 128]) + reached(coherence, [358, 614, 819, 942]));
    }
    out.angle[i] = ((angle % levels) + levels) % levels;
    turn[i] = floor((256 * out.angle[i]) / levels);
  }

  function colourOf(i, s, large) {
    const step = colourStep(s, steps.colour);
    let previous = 0;
    for (let c = 0; c < channels; c++) {
      const base = near.mean(value[c]), nearer = near.sharpMean(value[c]) - base, [c0, c1, c2] = rules.slice(5 + 3 * c, 8 + 3 * c);
      const predicted = floor((2 * (2 ** 12 * c0 + shifted(c1 * base + c2 * nearer, 8)) + step) / (2 * step));
      const e = near.mean(error[c]), u = near.spread(value[c], base);
      const scale = c === 0 ? floor((10 * e + 8 * u) / step) : floor((9 * e + 5 * u) / step) + 2 * previous;
      const d = ofColour[c].next(3 * energy(scale) + reached(large, [3, 5]));
      const level = limit(predicted + d, -(2 ** 20), 2 ** 20);
      out.colour[c][i] = level;
      value[c][i] = limit(level * step, -(2 ** 34), 2 ** 34);
      previous = abs(d);
      error[c][i] = min(previous * step, 2 ** 34);
    }
  }
}
