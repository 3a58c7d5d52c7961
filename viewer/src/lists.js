/** Size of a tile, px. Larger tiles have longer lists; smaller tiles take longer to build. */
export const TILE = { w: 16, h: 8 };
const KEYS = 256;

/** Arrays that are kept between frames and grow when a frame needs more. */
class Store {
  arrays = {};

  get(name, type, n) {
    const old = this.arrays[name];
    if (old && old.length >= n) return old;
    const grown = new type(Math.ceil(1.5 * n));
    if (old) grown.set(old);
    return (this.arrays[name] = grown);
  }
}

/**
 * Builds for each tile the list of the splats that reach it, nearest first: sorted by the least exponent over the tile, in steps of
 * cut / 256. The fragment shader can so stop at the first splat that is too far for a pixel.
 */
export class TileLists {
  store = new Store();

  /**
   * g is the geometry of the splats, cut the greatest exponent. The picture px (left, top) is at the upper left corner of an area of
   * width × height px of the screen, zoom px of the screen to a px of the picture.
   *
   * Afterwards visible has the places in g of the splats that are in the area; start has, tile by tile, where its list begins in
   * entries, and the end of the last; an entry is the place in visible and, in the upper 8 bits, the step of the least exponent.
   */
  build(g, cut, { left, top, zoom, width, height }) {
    const across = Math.ceil(width / TILE.w), down = Math.ceil(height / TILE.h), tiles = across * down;
    const visible = this.store.get('visible', Uint32Array, g.n);
    const counts = this.store.get('counts', Uint32Array, tiles).fill(0);
    let ofTile = this.store.get('ofTile', Uint32Array, 1 << 16), entries = this.store.get('entries', Uint32Array, 1 << 16);
    const reach = Math.sqrt(cut), step = KEYS / cut, square = 1 / (zoom * zoom);
    let pairs = 0, n = 0;
    for (let i = 0; i < g.n; i++) {
      const w = g.w[i] * reach * zoom + 0.01, h = g.h[i] * reach * zoom + 0.01;
      const x = (g.x[i] - left) * zoom - 0.5, y = (g.y[i] - top) * zoom - 0.5; // in steps between the centres of pixels
      if (x + w < 0 || y + h < 0 || x - w > width - 1 || y - h > height - 1) continue;
      const first = Math.max(Math.ceil((x - w + 1) / TILE.w) - 1, 0), last = Math.min(Math.floor((x + w) / TILE.w), across - 1);
      const from = Math.max(Math.ceil((y - h + 1) / TILE.h) - 1, 0), to = Math.min(Math.floor((y + h) / TILE.h), down - 1);
      const most = pairs + (last - first + 1) * (to - from + 1);
      if (most > entries.length) {
        ofTile = this.store.get('ofTile', Uint32Array, most);
        entries = this.store.get('entries', Uint32Array, most);
      }
      const A = g.A[i] * square, B = g.B[i] * square, C = g.C[i] * square;
      const alongY = -B / Math.max(2 * C, 1e-30), alongX = -B / Math.max(2 * A, 1e-30); // the least exponent on a vertical line is at dy = alongY dx
      for (let row = from; row <= to; row++) {
        const y0 = row * TILE.h - y, y1 = y0 + TILE.h - 1, dy = y0 > 0 ? y0 : y1 < 0 ? y1 : 0;
        const farY = -y0 > y1 ? -y0 : y1;
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
            // The shader has float32, whose rounding grows with the terms that cancel.
            const farX = -x0 > x1 ? -x0 : x1;
            least -= 1e-6 * (A * farX * farX + C * farY * farY + Math.abs(B) * farX * farY);
          }
          if (least > cut) continue;
          const key = least > 0 ? Math.min((least * step) | 0, KEYS - 1) : 0, tile = row * across + column;
          ofTile[pairs] = tile;
          entries[pairs++] = (key << 24) | n;
          counts[tile]++;
        }
      }
      visible[n++] = i;
    }
    this.sort(pairs, tiles, { ofTile, entries, counts });
    Object.assign(this, { across, down, pairs, visible: visible.subarray(0, n) });
  }

  /** Sorts the pairs by tile, and the list of each tile by key. */
  sort(pairs, tiles, { ofTile, entries, counts }) {
    const start = this.store.get('start', Uint32Array, tiles + 1), lists = this.store.get('lists', Uint32Array, pairs);
    let sum = 0;
    for (let t = 0; t < tiles; t++) {
      start[t] = sum;
      sum += counts[t];
      counts[t] = start[t];
    }
    start[tiles] = sum;
    for (let p = 0; p < pairs; p++) lists[counts[ofTile[p]]++] = entries[p];
    for (let t = 0; t < tiles; t++) sortPart(lists, start[t], start[t + 1]);
    this.start = start;
    this.entries = lists;
  }
}

/** Sorts numbers in place, from begin to end: by insertion, which is the fastest way for the short lists of most tiles. */
function sortPart(numbers, begin, end) {
  if (end - begin > 64) {
    numbers.subarray(begin, end).sort();
    return;
  }
  for (let i = begin + 1; i < end; i++) {
    const v = numbers[i];
    let j = i;
    while (j > begin && numbers[j - 1] > v) numbers[j] = numbers[--j];
    numbers[j] = v;
  }
}
