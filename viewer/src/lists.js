/** Size of a tile, px. Larger tiles have longer lists; smaller tiles take longer to build. */
export const TILE = { w: 16, h: 8 };
/** The steps of the least exponents. An entry has 7 bits for a step, and 24 for its splat. */
export const STEPS = 127;
const PIECE = 1 << 13; // arrays have a multiple of so many elements, which are whole rows of a texture

/** Arrays that are kept between frames and grow when a frame needs more. */
class Store {
  arrays = {};

  get(name, n) {
    const old = this.arrays[name];
    if (old && old.length >= n) return old;
    const grown = new Int32Array(Math.ceil((1.5 * n) / PIECE) * PIECE);
    if (old) grown.set(old);
    return (this.arrays[name] = grown);
  }
}

/**
 * Builds for each tile the list of the splats that reach it, nearest first: sorted by the least exponent over the tile, in steps of
 * cut / STEPS. The fragment shader can so stop at the first splats that are too far for its pixels.
 */
export class TileLists {
  store = new Store();

  /**
   * g is the geometry of the splats, cut the greatest exponent. The picture px (left, top) is at the upper left corner of an area of
   * width × height px of the screen, zoom px of the screen to a px of the picture.
   *
   * Afterwards visible has the places in g of the splats that are in the area. An entry is a place in visible and, above its 24 bits,
   * the step of the least exponent. The first four entries, and those that fill the last four of a list, have the place visible.length
   * and the last step. lists has for each tile the number of its first entry, in fours, and how many it has. length counts entries.
   */
  build(g, cut, { left, top, zoom, width, height }) {
    const across = Math.ceil(width / TILE.w), down = Math.ceil(height / TILE.h), tiles = across * down;
    const visible = this.store.get('visible', g.n);
    const ofTile = this.store.get('ofTile', tiles).fill(0, 0, tiles), ofStep = new Int32Array(STEPS + 1);
    let pairs = this.store.get('pairs', 1 << 17); // of a tile and an entry
    const reach = Math.sqrt(cut) * zoom, step = (STEPS - 0.01) / cut, square = 1 / (zoom * zoom);
    let count = 0, n = 0;
    for (let i = 0; i < g.n; i++) {
      const w = g.w[i] * reach + 0.01, h = g.h[i] * reach + 0.01;
      const x = (g.x[i] - left) * zoom - 0.5, y = (g.y[i] - top) * zoom - 0.5; // in steps between the centres of pixels
      if (x + w < 0 || y + h < 0 || x - w > width - 1 || y - h > height - 1) continue;
      const first = Math.max(Math.ceil((x - w + 1) / TILE.w) - 1, 0), last = Math.min(Math.floor((x + w) / TILE.w), across - 1);
      const from = Math.max(Math.ceil((y - h + 1) / TILE.h) - 1, 0), to = Math.min(Math.floor((y + h) / TILE.h), down - 1);
      const most = count + 2 * (last - first + 1) * (to - from + 1);
      if (most > pairs.length) pairs = this.store.get('pairs', most);
      const A = g.A[i] * square, B = g.B[i] * square, C = g.C[i] * square;
      const alongY = -B / Math.max(2 * C, 1e-30), alongX = -B / Math.max(2 * A, 1e-30); // the least exponent on a vertical line is at dy = alongY dx
      // The shader has float32, whose rounding grows with the terms that cancel.
      const farX = w + TILE.w, farY = h + TILE.h, rounding = 1e-6 * (A * farX * farX + C * farY * farY + Math.abs(B) * farX * farY);
      for (let row = from; row <= to; row++) {
        const y0 = row * TILE.h - y, y1 = y0 + TILE.h - 1, dy = y0 > 0 ? y0 : y1 < 0 ? y1 : 0;
        for (let column = first; column <= last; column++) {
          const x0 = column * TILE.w - x, x1 = x0 + TILE.w - 1, dx = x0 > 0 ? x0 : x1 < 0 ? x1 : 0;
          let least = 0;
          if (dx !== 0 || dy !== 0) {
            least = Infinity;
            if (dx !== 0) {
              let v = alongY * dx;
              v = v < y0 ? y0 : v > y1 ? y1 : v;
              least = A * dx * dx + (B * dx + C * v) * v;
            }
            if (dy !== 0) {
              let v = alongX * dy;
              v = v < x0 ? x0 : v > x1 ? x1 : v;
              const s = C * dy * dy + (B * dy + A * v) * v;
              if (s < least) least = s;
            }
            least -= rounding;
          }
          if (least > cut) continue;
          const key = least > 0 ? (least * step) | 0 : 0, tile = row * across + column;
          pairs[count] = tile;
          pairs[count + 1] = (key << 24) | n;
          count += 2;
          ofTile[tile]++;
          ofStep[key]++;
        }
      }
      visible[n++] = i;
    }
    Object.assign(this, { across, tiles, visible: visible.subarray(0, n) });
    this.sort(count / 2, pairs, ofTile, ofStep);
  }

  /** Sorts the pairs by step and then by tile. Both sorts count, and keep the order of what is equal. */
  sort(count, pairs, ofTile, ofStep) {
    const { tiles } = this, nothing = (STEPS << 24) | this.visible.length;
    const byStep = this.store.get('byStep', 2 * count);
    for (let key = 0, sum = 0; key <= STEPS; key++) {
      const n = ofStep[key];
      ofStep[key] = sum;
      sum += 2 * n;
    }
    for (let p = 0; p < 2 * count; p += 2) {
      const entry = pairs[p + 1], key = entry >>> 24, to = ofStep[key];
      ofStep[key] = to + 2;
      byStep[to] = pairs[p];
      byStep[to + 1] = entry;
    }
    const entries = this.store.get('entries', count + 3 * tiles + 4), lists = this.store.get('lists', 2 * tiles);
    let sum = 4;
    for (let t = 0; t < tiles; t++) {
      const n = ofTile[t];
      lists[2 * t] = sum >> 2;
      lists[2 * t + 1] = n;
      ofTile[t] = sum;
      sum += (n + 3) & ~3;
    }
    for (let p = 0; p < 2 * count; p += 2) entries[ofTile[byStep[p]]++] = byStep[p + 1];
    entries.fill(nothing, 0, 4);
    for (let t = 0; t < tiles; t++) for (let p = ofTile[t]; (p & 3) !== 0; p++) entries[p] = nothing;
    Object.assign(this, { entries, lists, length: sum });
  }
}
