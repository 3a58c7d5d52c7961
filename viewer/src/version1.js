import { Decompress } from 'fzstd';
import { addLayer, checkHeader, damaged } from './header.js';
import { isExact, parameters } from './parameters.js';

/** Reads a model of format version 1. size is the length of the file in bytes. */
export function read(r, size) {
  const { model, bits } = readHeader(r, size), n = model.count;
  const kinds = ['xy', 'xy', 'scale', 'scale', 'rot', ...Array(model.channels).fill('feat')];
  const width = (kind) => (isExact(bits[kind]) ? 32 : bits[kind]);
  const ranges = kinds.map((kind) => (isExact(bits[kind]) || kind === 'rot' ? null : [r.f32(), r.f32()]));

  const lengths = (b) => Array.from({ length: Math.ceil(b / 8) }, () => r.u32());
  const table = [{ way: 1, sections: lengths(2 * width('xy')) }];
  for (const kind of kinds.slice(2)) table.push({ way: r.u8(), sections: lengths(width(kind)) });

  const [x, y] = positions(r, n, table[0].sections, width('xy'));
  const numbers = [x, y];
  let before = new Uint32Array(n);
  kinds.slice(2).forEach((kind, i) => {
    before = plane(r, n, table[i + 1], width(kind), before);
    numbers.push(before);
  });
  if (r.at !== r.bytes.length) throw damaged('bytes are left over');
  const planes = numbers.map((v, i) => parameters(kinds[i], v, bits[kinds[i]], ranges[i]));
  [model.x, model.y, model.t1, model.t2, model.angle, ...model.features] = planes;
  return model;
}

function readHeader(r, size) {
  const layers = r.u8(), topK = r.u8();
  const bits = { xy: r.u8(), scale: r.u8(), rot: r.u8(), feat: r.u8() };
  const width = r.u32(), height = r.u32(), count = r.u32(), gamma = r.f64();
  const recipeBytes = r.u8(), igsBytes = r.u8();
  const model = { width, height, topK, gamma, count, channels: 0, recipe: r.text(recipeBytes), igs: r.text(igsBytes), layers: [] };
  for (let i = 0; i < layers; i++) {
    const channels = r.u8(), depth = r.u8(), low = r.f32(), high = r.f32(), name = r.text(r.u8());
    addLayer(model, { name, channels, depth, low, high });
  }
  checkHeader(model, count * (4 * (5 + model.channels) + 17), size);
  if (Object.values(bits).some((b) => b < 4 || b > 32)) throw damaged('the bits of its parameters are unknown');
  return { model, bits };
}

/** Reads a section: one byte of each of n numbers. */
function section(r, n, length) {
  if (length > n) throw damaged('a section is too long');
  const stored = r.take(length);
  return length === n ? stored : decompressed(stored, n);
}

/** Decompresses a Zstandard frame of n bytes. */
function decompressed(frame, n) {
  const bytes = new Uint8Array(n);
  let at = 0;
  try {
    new Decompress((part) => {
      bytes.set(part, at); // a part that is too long is a RangeError
      at += part.length;
    }).push(frame, true);
  } catch {
    at = -1;
  }
  if (at !== n) throw damaged('a section does not decompress');
  return bytes;
}

/** Reads the Morton codes of x and y and splits them. A code has up to 64 bits, so it is two numbers. */
function positions(r, n, sections, bits) {
  const low = new Uint32Array(n), high = new Uint32Array(n);
  sections.forEach((length, place) => {
    const bytes = section(r, n, length), half = place < 4 ? low : high, shift = 8 * (place % 4);
    for (let i = 0; i < n; i++) half[i] |= bytes[i] << shift;
  });
  for (let i = 1; i < n; i++) {
    low[i] += low[i - 1];
    high[i] += high[i - 1] + (low[i] < low[i - 1] ? 1 : 0);
  }
  const x = new Uint32Array(n), y = new Uint32Array(n), mask = bits === 32 ? 0xffffffff : 2 ** bits - 1;
  for (let i = 0; i < n; i++) {
    x[i] = (evenBits(low[i]) | (evenBits(high[i]) << 16)) & mask;
    y[i] = (evenBits(low[i] >>> 1) | (evenBits(high[i] >>> 1) << 16)) & mask;
  }
  return [x, y];
}

/** Bits 0, 2, 4 … of v as bits 0, 1, 2 …. */
function evenBits(v) {
  v &= 0x55555555;
  v = (v | (v >>> 1)) & 0x33333333;
  v = (v | (v >>> 2)) & 0x0f0f0f0f;
  v = (v | (v >>> 4)) & 0x00ff00ff;
  return (v | (v >>> 8)) & 0x0000ffff;
}

/** Reads the numbers of a plane. before are those of the previous plane. */
function plane(r, n, { way, sections }, bits, before) {
  const numbers = new Uint32Array(n);
  sections.forEach((length, place) => {
    const bytes = section(r, n, length);
    for (let i = 0; i < n; i++) numbers[i] |= bytes[i] << (8 * place);
  });
  if (way > 2) throw damaged('a plane is written in an unknown way');
  const mask = bits === 32 ? 0xffffffff : 2 ** bits - 1;
  for (let i = 0; i < n; i++) {
    if (way === 1 && i > 0) numbers[i] += numbers[i - 1];
    if (way === 2) numbers[i] += before[i];
    numbers[i] &= mask;
  }
  return numbers;
}
