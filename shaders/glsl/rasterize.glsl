// Shared by rasterize and rasterize_loss: two walks over the list of a tile, which give each pixel its threshold, its
// denominator and the weighted sum of features.
// The first walk keeps the K least exponents. The second walk takes every splat whose exponent is not above the K-th.
// The first walk is cheap because it keeps values without ids. Ties are all taken, in rasterize_grad too. The list is
// ordered by a lower bound of the exponent, so both walks end at the first splat that can reach no pixel.

layout(constant_id = 5) const uint PIXELS = 8u; // pixels per invocation
layout(constant_id = 6) const uint K = 10u;
// Skips the insertion of a splat that is not among the K nearest of a pixel. It pays where a subgroup can branch around
// the insertion. On lavapipe, which runs both sides of a branch, it cost 18 %.
layout(constant_id = 8) const bool SKIP = false;
layout(local_size_x = 16, local_size_y_id = 7) in; // 16 / PIXELS

READ_QUADS(0, geometry)
layout(set = 0, binding = 1, std430) readonly buffer tile_start_block { uint tile_start[]; };
layout(set = 0, binding = 2, std430) readonly buffer list_block { uvec2 list_raw[]; };
layout(set = 1, binding = 2) uniform usamplerBuffer list_texel;
layout(set = 0, binding = 3, std430) writeonly buffer pixels_block { uvec2 pixels_raw[]; };
layout(set = 0, binding = 4, std430) writeonly buffer threshold_block { float threshold[]; };
layout(set = 0, binding = 5, std430) writeonly buffer tile_used_block { uint tile_used[]; };

const float DENOMINATOR_FLOOR = 1e-4;

// The results of draw for the pixels of an invocation, which are a run of one column.
float limit[PIXELS]; // a splat counts when its exponent is not above this
float D[PIXELS];
float sum[PIXELS][CHANNELS];

// The bits of an exponent, which have the order of exponents, since none is negative. NEVER above the cut.
int exponent_bits(float column, float slope, float C, float dy, float cut) {
    float s = exponent(column, slope, C, dy);
    return max(floatBitsToInt(s <= cut ? s : NEVER), 0); // rounding may make s negative
}

// With MARK the first walk marks the entries that come among the K nearest of a pixel, and the second one takes no others of
// the first MARKED entries. With 20 pixels a splat these are 17 of 40 entries. Each invocation goes along its own marks, so
// lavapipe, which runs its lanes together, needs no branch.
const bool MARK = !SKIP;
const uint MARKED = 128u;
uint marks[MARKED / 32u];

void mark(uint n, bool reaches) {
    uint bit = reaches ? 1u << (n & 31u) : 0u;
    [[unroll]] for (uint word = 0u; word < MARKED / 32u; word++) {
        marks[word] |= n >> 5u == word ? bit : 0u;
    }
}

// Takes the first mark of the list away and returns its entry. Without marks it returns the rest of the list, one by one.
uint next_marked(uint begin, inout uint rest) {
    uint at = MARKED;
    [[unroll]] for (uint word = 0u; word < MARKED / 32u; word++) {
        bool first = at == MARKED && marks[word] != 0u;
        at = first ? 32u * word + uint(findLSB(marks[word])) : at;
        marks[word] &= first ? marks[word] - 1u : 0xffffffffu;
    }
    bool none = at == MARKED;
    at = none ? rest : begin + at;
    rest += none ? 1u : 0u;
    return at;
}

// Returns the number of list entries that were looked at.
uint draw(uint begin, uint end, vec2 at, float cut) {
    int least[PIXELS][K]; // bits of exponents
    for (uint p = 0u; p < PIXELS; p++) {
        for (uint k = 0u; k < K; k++) {
            least[p][k] = floatBitsToInt(NEVER);
        }
    }
    int bound = floatBitsToInt(NEVER); // the greatest K-th exponent of the pixels of this invocation
    for (uint word = 0u; word < MARKED / 32u; word++) {
        marks[word] = 0u;
    }
    uint i = begin;
    bool reached = true; // the last splat can reach a pixel; the insertion of another one changes nothing
    while (i < end && (SKIP || reached)) {
        uint entry = TEXEL ? texelFetch(list_texel, int(i)).x : list_raw[i].x;
        reached = float(entry >> 24u) * (cut / 256.0) <= intBitsToFloat(bound);
        if (SKIP && !reached) { // lavapipe, which runs on with the other lanes, is faster without it
            break;
        }
        i += SKIP || reached ? 1u : 0u;
        uint splat = (entry & 0xffffffu) * SPLAT_QUADS;
        vec4 g = QUAD(geometry, splat);
        float C = QUAD(geometry, splat + 1u).x;
        float dx = offset(at.x, g.x);
        float column = exponent_column(g.z, dx);
        float slope = exponent_slope(g.w, dx);
        int exponents[PIXELS]; // all of them before the insertions is faster on lavapipe, and takes registers of a GPU
        if (MARK) {
            int nearest = floatBitsToInt(NEVER);
            for (uint p = 0u; p < PIXELS; p++) {
                exponents[p] = exponent_bits(column, slope, C, offset(at.y + float(p), g.y), cut);
                nearest = min(nearest, exponents[p]);
            }
            // Limits of pixels are a relative 1e-6 above K-th exponents.
            mark(i - 1u - begin, reached && intBitsToFloat(nearest) <= min(intBitsToFloat(bound) * 1.00001, cut));
        }
        bound = 0;
        for (uint p = 0u; p < PIXELS; p++) {
            int s = SKIP ? exponent_bits(column, slope, C, offset(at.y + float(p), g.y), cut) : exponents[p];
            if (!SKIP || s < least[p][K - 1u]) {
                // The old value is read for the last time where the new one is written. lavapipe keeps both in memory if
                // the minimum comes first.
                for (uint k = 0u; k < K; k++) {
                    int high = max(least[p][k], s);
                    least[p][k] = min(least[p][k], s);
                    s = high;
                }
            }
            bound = max(bound, least[p][K - 1u]);
        }
    }
    uint stop = i;
    for (uint p = 0u; p < PIXELS; p++) {
        // A relative 1e-6 above the K-th exponent: the last bit of s must not decide. Both passes use this limit.
        limit[p] = min(intBitsToFloat(least[p][K - 1u]) * 1.000001, cut);
        D[p] = DENOMINATOR_FLOOR;
        for (uint c = 0u; c < CHANNELS; c++) {
            sum[p][c] = 0.0;
        }
    }
    uint rest = begin + MARKED; // the next entry that has no mark
    i = MARK ? next_marked(begin, rest) : begin;
    while (i < stop) {
        uint entry = TEXEL ? texelFetch(list_texel, int(i)).x : list_raw[i].x;
        uint splat = (entry & 0xffffffu) * SPLAT_QUADS;
        vec4 g = QUAD(geometry, splat);
        vec4 q = QUAD(geometry, splat + 1u);
        float C = q.x;
        float feature[CHANNELS];
        for (uint c = 0u; c < CHANNELS; c++) {
            if (c > 0u && (c + 1u) % 4u == 0u) {
                q = QUAD(geometry, splat + 1u + (c + 1u) / 4u);
            }
            feature[c] = q[(c + 1u) % 4u];
        }
        float dx = offset(at.x, g.x);
        float column = exponent_column(g.z, dx);
        float slope = exponent_slope(g.w, dx);
        for (uint p = 0u; p < PIXELS; p++) {
            float s = exponent(column, slope, C, offset(at.y + float(p), g.y));
            float weight = s <= limit[p] ? exp(-s) : 0.0;
            D[p] += weight;
            for (uint c = 0u; c < CHANNELS; c++) {
                sum[p][c] = fma(weight, feature[c], sum[p][c]);
            }
        }
        i = MARK ? next_marked(begin, rest) : i + 1u;
    }
    return stop - begin;
}
