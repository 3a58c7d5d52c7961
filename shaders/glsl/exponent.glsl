// The exponent s of a splat at a pixel, and the least exponent over a tile. s must come out bit-identical in
// rasterize and rasterize_grad, or a splat at the top-K threshold is counted in one and not in the other (one ulp
// cost 2-10 % gradient error in a prototype): hence one expression, `precise`, and fma spelled out.

#ifndef EXPONENT_GLSL
#define EXPONENT_GLSL

const float NEVER = 3.0e38; // an exponent that no pixel selects

// The conic is stored halved: s = A dx^2 + B dx dy + C dy^2 with A = a/2, B = b, C = c/2 of the model.
// column is A dx^2, slope is B dx: both shared by the pixels of one column.
float exponent(float column, float slope, float C, float dy) {
    precise float s = fma(dy, fma(C, dy, slope), column);
    return s;
}

// From the centre of a splat to that of a pixel along an axis. Precise as well: fast math would be free to take the sums apart in another way in each kernel.
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

// The exponent on the edge of a box, for the bound below.
float edge_exponent(vec3 conic, float dx, float dy) {
    precise float along = conic.y * dy;
    precise float across = (conic.z * dy) * dy;
    precise float s = fma(dx, fma(conic.x, dx, along), across);
    return s;
}

// Least exponent over the pixel centres lo..hi (a box): 0 when it holds the centre, else the least of the edges that
// face the centre. A lower bound of every exponent() in the box: the slack covers the rounding of either, which grows with the
// terms that cancel (0.07 for a splat of 0.1 x 40 px at 45 degrees).
// Precise throughout, fma spelled out: bin_count and bin_emit must come to the same bits, or a list is written past its end. A test looks for it in the SPIR-V.
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
