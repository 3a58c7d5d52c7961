// The exponent s of a splat at a pixel, and the least exponent over a tile. s must be bit-identical in rasterize and
// rasterize_grad. Otherwise a splat at the top-K threshold counts in one kernel and not in the other: one ulp cost
// 2-10 % gradient error in a prototype. So there is one expression, it is `precise`, and each fma is written out.

#ifndef EXPONENT_GLSL
#define EXPONENT_GLSL

const float NEVER = 3.0e38; // greater than every exponent that a pixel selects

// The conic is stored halved: s = A dx^2 + B dx dy + C dy^2 with A = a/2, B = b, C = c/2 of the model.
// column is A dx^2 and slope is B dx; the pixels of one column share both.
float exponent(float column, float slope, float C, float dy) {
    precise float s = fma(dy, fma(C, dy, slope), column);
    return s;
}

// The distance from the centre of a splat to that of a pixel along an axis. It is `precise`, because fast math could
// otherwise reorder the sums in each kernel in its own way.
float offset(float pixel, float centre) {
    precise float d = pixel - centre;
    return d;
}

float exponent_column(float A, float dx) {
    precise float v = (A * dx) * dx;
    return v;
}

float exponent_slope(float B, float dx) {
    precise float v = B * dx;
    return v;
}

// The exponent on the edge of a box, for least_exponent.
float edge_exponent(vec3 conic, float dx, float dy) {
    precise float along = conic.y * dy;
    precise float across = (conic.z * dy) * dy;
    precise float s = fma(dx, fma(conic.x, dx, along), across);
    return s;
}

// The least exponent over the box of pixel centres lo..hi: 0 when the box holds the centre of the splat, else the least
// exponent on the edges that face the centre. The result is a lower bound of every exponent() in the box. Its slack
// covers the rounding of both, which grows with the terms that cancel (0.07 for a splat of 0.1 x 40 px at 45 degrees).
// Every operation is `precise` and each fma is written out: bin_count and bin_emit must compute the same bits, or a
// list is written past its end. A test checks this in the SPIR-V.
float least_exponent(vec2 centre, vec3 conic, vec2 lo, vec2 hi) {
    precise vec2 to_lo = lo - centre;
    precise vec2 to_hi = hi - centre;
    precise vec2 d = clamp(centre, lo, hi) - centre;
    float least = (d.x == 0.0 && d.y == 0.0) ? 0.0 : NEVER;
    vec2 reach = max(abs(to_lo), abs(to_hi));
    precise float both = (abs(conic.y) * reach.x) * reach.y;
    precise float terms = fma(conic.z * reach.y, reach.y, fma(conic.x * reach.x, reach.x, both));
    if (d.x != 0.0) {
        precise float dy = clamp(-conic.y * d.x / max(2.0 * conic.z, 1e-30), to_lo.y, to_hi.y);
        least = min(least, edge_exponent(conic, d.x, dy));
    }
    if (d.y != 0.0) {
        precise float dx = clamp(-conic.y * d.y / max(2.0 * conic.x, 1e-30), to_lo.x, to_hi.x);
        least = min(least, edge_exponent(conic, dx, d.y));
    }
    precise float bound = fma(-1e-6, terms, least);
    return max(bound, 0.0);
}

#endif
