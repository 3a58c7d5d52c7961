/** Exponents above this do not count: six standard deviations. */
export const CUT = 18;

/**
 * The geometry of the splats in px of the training picture: centre, halved conic (s = A dx² + B dx dy + C dy²) and the half-widths of
 * the box with s ≤ 1. A splat with a quantity that is not finite is left out.
 */
export function geometry(model) {
  const n = model.count, g = { n: 0, index: new Uint32Array(n) };
  for (const name of ['x', 'y', 'A', 'B', 'C', 'w', 'h']) g[name] = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const p = model.t1[i] ** 2, q = model.t2[i] ** 2, cos = Math.cos(model.angle[i]), sin = Math.sin(model.angle[i]);
    const A = 0.5 * (p * cos * cos + q * sin * sin), B = (p - q) * cos * sin, C = 0.5 * (p * sin * sin + q * cos * cos);
    const x = model.x[i] * model.width, y = model.y[i] * model.height;
    if (!(Math.abs(x) + Math.abs(y) + A + Math.abs(B) + C < 1e30)) continue;
    const k = g.n++;
    g.index[k] = i;
    g.x[k] = x;
    g.y[k] = y;
    g.A[k] = A;
    g.B[k] = B;
    g.C[k] = C;
    const vp = 2 / Math.max(p, 1e-12), vq = 2 / Math.max(q, 1e-12); // σ is at most a million px
    g.w[k] = Math.sqrt(vp * cos * cos + vq * sin * sin);
    g.h[k] = Math.sqrt(vp * sin * sin + vq * cos * cos);
  }
  return g;
}
