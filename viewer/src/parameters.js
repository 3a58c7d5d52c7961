import { damaged } from './header.js';

const f = Math.fround;
const word = new Uint32Array(1), float = new Float32Array(word.buffer);
const bitsOf = (v) => { float[0] = v; return word[0]; };
const floatOf = (bits) => { word[0] = bits; return float[0]; };

/** Whether numbers of this many bits are the bits of a float32. */
export const isExact = (bits) => bits >= 23;

/**
 * The parameters of a plane from its numbers. kind is xy, scale, rot or feat; range is null, or [low, high]. Each operation is one
 * float32 operation, so the parameters have the bits that igs computes.
 */
export function parameters(kind, numbers, bits, range) {
  const n = numbers.length, out = new Float32Array(n);
  if (isExact(bits)) {
    const words = new Uint32Array(out.buffer);
    for (let i = 0; i < n; i++) words[i] = numbers[i] >>> 31 ? numbers[i] & 0x7fffffff : ~numbers[i];
  } else if (kind === 'rot') {
    const unit = f(Math.PI / 2 ** bits);
    for (let i = 0; i < n; i++) out[i] = f(numbers[i]) * unit;
  } else {
    spread(out, numbers, 2 ** bits - 1, range);
    if (kind !== 'xy') expand(out, kind === 'scale' ? 0.125 : 0.5, kind === 'scale' ? 0 : 0.5, range);
  }
  return finite(out);
}

/** Refuses parameters that are not finite. */
export function finite(plane) {
  if (!plane.every(Number.isFinite)) throw damaged('a parameter is not finite');
  return plane;
}

/** Maps 0…top to low…high. */
function spread(out, numbers, top, [low, high]) {
  if (!Number.isFinite(low) || !Number.isFinite(high) || low > high) throw damaged('a plane has no range');
  const share = f(1 / top), step = f(f(high * share) - f(low * share));
  for (let i = 0; i < numbers.length; i++) out[i] = (numbers[i] === top ? high : f(low + f(f(numbers[i]) * step))) + 0;
}

/** Undoes the companding of scales and features: steps grow with the distance from the middle. */
function expand(out, offset, middle, [low, high]) {
  if (low < -(2 ** 24) || high > 2 ** 24) throw damaged('the range of a plane is too wide');
  const finest = (bitsOf(offset) + 64) >>> 7, most = 2 ** 24 - 2 ** 16 - 1;
  for (let i = 0; i < out.length; i++) {
    const u = out[i], far = Math.min(nearestEven(Math.abs(u)) + finest, most);
    const v = f(floatOf(far * 128) - offset);
    out[i] = u >= 0 ? middle + v : middle - v;
  }
}

/** Rounds v ≥ 0 to the nearest integer, halves to the even one. */
function nearestEven(v) {
  const r = Math.round(v);
  return r - v === 0.5 && r % 2 === 1 ? r - 1 : r;
}
