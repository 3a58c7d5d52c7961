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
// Without SKIP each invocation goes along the list on its own: it looks at up to AHEAD entries for the next splat that
// reaches its pixels, and only then inserts one. Of 40 splats of a list 17 reach a run of 8 pixels. So on lavapipe
// rasterize_loss takes 0.66 of the time.
const uint AHEAD = SKIP ? 1u : 3u;
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

// What the pixels of an invocation share of a splat.
struct Column {
    uint entry; // of the list
    float centre; // y of the splat
    float square; // A dx^2
    float slope;
    float C;
};

Column column_of(uint i, vec2 at) {
    uint entry = TEXEL ? texelFetch(list_texel, int(i)).x : list_raw[i].x;
    uint splat = (entry & 0xffffffu) * SPLAT_QUADS;
    vec4 g = QUAD(geometry, splat);
    float dx = offset(at.x, g.x);
    return Column(entry, g.y, exponent_column(g.z, dx), exponent_slope(g.w, dx), QUAD(geometry, splat + 1u).x);
}

// Whether an exponent of a run of pixels may be `most` or less.
bool column_reaches(Column c, vec2 at, float most) {
    float first = offset(at.y, c.centre);
    return line_reaches(vec3(c.C, c.slope, c.square), first, first + float(PIXELS - 1u), most);
}

// The first MARKED entries that an invocation inserted. The second walk needs no other ones of these.
const uint MARKED = 128u;
uint marks[MARKED / 32u];

void mark(uint n, bool found) {
    uint bit = found ? 1u << (n & 31u) : 0u;
    [[unroll]] for (uint word = 0u; word < MARKED / 32u; word++) {
        marks[word] |= n >> 5u == word ? bit : 0u;
    }
}

// Takes the first mark away and returns its number, or MARKED if there is none.
uint next_mark() {
    uint at = MARKED;
    [[unroll]] for (uint word = 0u; word < MARKED / 32u; word++) {
        bool first = at == MARKED && marks[word] != 0u;
        at = first ? 32u * word + uint(findLSB(marks[word])) : at;
        marks[word] &= first ? marks[word] - 1u : 0xffffffffu;
    }
    return at;
}

// Returns the number of list entries that were looked at.
uint draw(uint begin, uint end, vec2 at, float cut) {
    float least[PIXELS][K];
    for (uint p = 0u; p < PIXELS; p++) {
        for (uint k = 0u; k < K; k++) {
            least[p][k] = NEVER;
        }
    }
    for (uint word = 0u; word < MARKED / 32u; word++) {
        marks[word] = 0u;
    }
    float bound = NEVER; // the greatest K-th exponent of the pixels of this invocation
    uint i = begin;
    while (i < end) {
        Column column;
        bool found = false;
        [[unroll]] for (uint n = 0u; n < AHEAD; n++) {
            Column next = column_of(min(i, end - 1u), at);
            if (!found && float(next.entry >> 24u) * (cut / 256.0) > bound) {
                end = i;
            }
            if (!found) {
                column = next;
            }
            bool looks = !found && i < end;
            found = found || looks && (AHEAD == 1u || column_reaches(next, at, min(bound, cut)));
            i += looks ? 1u : 0u;
        }
        if (!found && i >= end) {
            break;
        }
        if (AHEAD > 1u) {
            mark(i - 1u - begin, found);
        }
        bound = 0.0;
        for (uint p = 0u; p < PIXELS; p++) {
            float s = exponent(column.square, column.slope, column.C, offset(at.y + float(p), column.centre));
            s = found && s <= cut ? s : NEVER;
            if (!SKIP || s < least[p][K - 1u]) {
                for (uint k = 0u; k < K; k++) {
                    float low = min(least[p][k], s);
                    s = max(least[p][k], s);
                    least[p][k] = low;
                }
            }
            bound = max(bound, least[p][K - 1u]);
        }
    }
    for (uint p = 0u; p < PIXELS; p++) {
        // A relative 1e-6 above the K-th exponent: the last bit of s must not decide. Both passes use this limit.
        limit[p] = min(least[p][K - 1u] * 1.000001, cut);
        D[p] = DENOMINATOR_FLOOR;
        for (uint c = 0u; c < CHANNELS; c++) {
            sum[p][c] = 0.0;
        }
    }
    uint rest = AHEAD > 1u ? begin + MARKED : begin; // the next entry that has no mark
    while (true) {
        i = rest;
        if (AHEAD > 1u) {
            uint marked = next_mark();
            i = marked < MARKED ? begin + marked : rest;
        }
        rest += i == rest ? 1u : 0u;
        if (i >= end) {
            break;
        }
        Column column = column_of(i, at);
        uint splat = (column.entry & 0xffffffu) * SPLAT_QUADS;
        vec4 q = QUAD(geometry, splat + 1u);
        float feature[CHANNELS];
        for (uint c = 0u; c < CHANNELS; c++) {
            if (c > 0u && (c + 1u) % 4u == 0u) {
                q = QUAD(geometry, splat + 1u + (c + 1u) / 4u);
            }
            feature[c] = q[(c + 1u) % 4u];
        }
        for (uint p = 0u; p < PIXELS; p++) {
            float s = exponent(column.square, column.slope, column.C, offset(at.y + float(p), column.centre));
            float weight = s <= limit[p] ? exp(-s) : 0.0;
            D[p] += weight;
            for (uint c = 0u; c < CHANNELS; c++) {
                sum[p][c] = fma(weight, feature[c], sum[p][c]);
            }
        }
    }
    return end - begin;
}
