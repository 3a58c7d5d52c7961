#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require

// Gradient of rasterize: for each splat-tile pair the sums over the tile's pixels that project_grad needs.
// Grid: one workgroup per tile of the lists, LANES x SPLIT invocations. A lane takes one pair of the list at a time,
// and the SPLIT invocations of a lane share the rows of the tile.
// Reads geometry, tile_start, list, tile_used, pixels (v/D, then C.v/D), threshold. Writes records.
// A splat counts at a pixel exactly when its exponent is not above the threshold stored there. So there is no list of
// ids and no float atomic: each record is summed in registers and written once, to the slot that bin_emit chose.
// A GPU first copies the tile to shared memory (STAGED), because every splat of the list reads the tile.
// Record: -sum g {dx, dy, dx^2, dx dy, dy^2} with g = dL/ds, then dL/dfeature. Pairs of rows outside
// work_begin..work_end and pairs that no pixel looked at get zeros.

#include "quad.glsl"
#include "exponent.glsl"

layout(constant_id = 3) const uint SPLIT = 1u;
layout(constant_id = 4) const uint LANES = 32u;
layout(constant_id = 5) const bool STAGED = false;
layout(local_size_x_id = 4, local_size_y_id = 3) in;

READ_QUADS(0, geometry)
layout(set = 0, binding = 1, std430) readonly buffer tile_start_block { uint tile_start[]; };
layout(set = 0, binding = 2, std430) readonly buffer list_block { uvec2 list_raw[]; };
layout(set = 1, binding = 2) uniform usamplerBuffer list_texel;
layout(set = 0, binding = 3, std430) readonly buffer tile_used_block { uint tile_used[]; };
READ_PIXEL_WORDS(4, pixels)
READ_QUADS(5, threshold) // four columns
layout(set = 0, binding = 6, std430) writeonly buffer records_block { vec4 records[]; };

layout(push_constant) uniform Push {
    uint width;
    uint height;
    uint list_begin; // tile row of the first list
    uint work_begin; // tile rows whose gradient is complete
    uint work_end;
    uint ring; // tile rows of threshold
    uint base; // the tile row at which the binding of threshold begins
    uint grad_ring; // the same for pixels
    uint grad_base;
    uint capacity;
    uint cell_rows; // tile rows of each picture
};

const uint ROWS = TILE / SPLIT; // of an invocation
const uint HALF_ROW = TILE / 2u;
const uint SUMS = 5u + CHANNELS;
const uint ALL = LANES * SPLIT;
// A row of shared sums has four unused elements: invocations that read eight sums of four splats then use 32 banks.
const uint SHARES = STAGED ? ALL + 4u : 1u;
shared float shares[STAGED ? SUMS * SHARES : SPLIT > 1u ? ALL * SUMS : 1u];
// The tile, for STAGED. Each row has 16 unused bytes, so that invocations that read different rows use different banks.
const uint ROW_WORDS = (HALF ? TILE / 2u : TILE) * PIXEL_QUADS + 1u;
const uint ROW_LIMITS = TILE / 4u + 1u;
shared uvec4 staged_words[STAGED ? TILE * ROW_WORDS : 1u];
shared vec4 staged_limits[STAGED ? TILE * ROW_LIMITS : 1u];

// The splat of a walk, and the sums that walks add to.
vec4 g; // centre, a/2, b
float C; // c/2
float feature[CHANNELS];
float shape[5];
float colour[CHANNELS];
// The sums over the pixels of the row at hand.
float h0;
float h1;
float h2;

void load(uint splat) {
    g = QUAD(geometry, splat);
    vec4 q = QUAD(geometry, splat + 1u);
    C = q.x;
    for (uint c = 0u; c < CHANNELS; c++) {
        if (c > 0u && (c + 1u) % 4u == 0u) {
            q = QUAD(geometry, splat + 1u + (c + 1u) / 4u);
        }
        feature[c] = q[(c + 1u) % 4u];
    }
}

void clear() {
    h0 = 0.0;
    h1 = 0.0;
    h2 = 0.0;
    g = vec4(0.0);
    C = 0.0;
    for (uint k = 0u; k < 5u; k++) {
        shape[k] = 0.0;
    }
    for (uint c = 0u; c < CHANNELS; c++) {
        feature[c] = 0.0;
        colour[c] = 0.0;
    }
}

// Adds the pixels of half a row of the tile. dy is that of the row, `first` the column of the half in the tile, and
// `left` in the picture. The thresholds are in row `line` and the gradient in row `grad_line`, of the buffers or of the
// staged tile.
void walk(float dy, uint first, uint left, uint line, uint grad_line, bool walks) {
    uvec4 words[PIXEL_QUADS];
    vec4 limits = vec4(0.0);
    [[unroll]] for (uint x = 0u; x < HALF_ROW; x++) {
        if (x % 4u == 0u) {
            limits = STAGED ? staged_limits[line * ROW_LIMITS + (first + x) / 4u] : QUAD(threshold, in_line(line, 1u, 0u, first + x) / 4u);
        }
        float limit = limits[x % 4u];
        float dx = offset(float(left + x) + 0.5, g.x);
        float s = exponent(exponent_column(g.z, dx), exponent_slope(g.w, dx), C, dy);
        float weight = walks && s <= limit ? exp(-s) : 0.0;
        vec4 v = vec4(0.0);
        float pull = 0.0; // (c_k - C).v / D
        for (uint c = 0u; c <= PULL; c++) {
            if (c % 4u == 0u) {
                if (fetches_words(x)) {
                    words[c / 4u] = STAGED ? staged_words[grad_line * ROW_WORDS + words_at(in_line(0u, PIXEL_QUADS, c / 4u, first + x))]
                                           : WORDS(pixels, words_at(in_line(grad_line, PIXEL_QUADS, c / 4u, first + x)));
                }
                v = quad_of_words(words[c / 4u], x);
            }
            if (c < CHANNELS) {
                pull = fma(feature[c], v[c % 4u], pull);
                colour[c] = fma(weight, v[c % 4u], colour[c]);
            } else if (c == PULL) {
                pull -= v[c % 4u];
            }
        }
        float h = weight * pull;
        h0 += h;
        h1 = fma(h, dx, h1);
        h2 = fma(h * dx, dx, h2);
    }
}

// Adds the sums of a row to those of the splat.
void end_row(float dy) {
    shape[0] += h1;
    shape[1] = fma(h0, dy, shape[1]);
    shape[2] += h2;
    shape[3] = fma(h1, dy, shape[3]);
    shape[4] = fma(h0 * dy, dy, shape[4]);
    h0 = 0.0;
    h1 = 0.0;
    h2 = 0.0;
}

// Adds the pixels of the rows from y to end-1 of the picture in the tile whose first column is `left`.
void walk_rows(uint y, uint end, uint left, uint line, uint grad_line) {
    for (; y < end; y++) {
        float dy = offset(float(y) + 0.5, g.y);
        walk(dy, 0u, left, line, grad_line, true);
        walk(dy, HALF_ROW, left + HALF_ROW, line, grad_line, true);
        end_row(dy);
        line++;
        grad_line++;
    }
}

uvec2 entry_at(uint i) {
    return TEXEL ? texelFetch(list_texel, int(i)).xy : list_raw[i];
}

// The greatest threshold of each half of the rows of an invocation, if SPLIT is 1.
float most[2u * ROWS];

void find_most(uint row_first, uint line_first) {
    [[unroll]] for (uint row = 0u; row < ROWS; row++) {
        [[unroll]] for (uint part = 0u; part < 2u; part++) {
            vec4 one = QUAD(threshold, in_line(line_first + row, 1u, 0u, part * HALF_ROW) / 4u);
            vec4 two = QUAD(threshold, in_line(line_first + row, 1u, 0u, part * HALF_ROW) / 4u + 1u);
            one = max(one, two);
            most[2u * row + part] = row_first + row < height ? max(max(one.x, one.y), max(one.z, one.w)) : -NEVER;
        }
    }
}

// The halves of rows that the splat reaches, one bit each: the least exponent between the first and the last pixel is not
// above the greatest threshold. Exponents of pixels are rounded, so the limit is higher. Where an exponent is at most 18,
// none of its terms is above 2 C dy^2 + 36, so the error is below 1.1e-6 C dy^2 + 2e-5.
uint reached(uint row_first, uint left) {
    uint halves = 0u;
    [[unroll]] for (uint row = 0u; row < ROWS; row++) {
        float dy = offset(float(row_first + row) + 0.5, g.y);
        float slope = g.w * dy;
        float square = C * dy * dy;
        float vertex = -0.5 * slope / max(g.z, 1e-30);
        [[unroll]] for (uint part = 0u; part < 2u; part++) {
            float first = offset(float(left + part * HALF_ROW) + 0.5, g.x);
            float dx = clamp(vertex, first, first + float(HALF_ROW - 1u));
            float least = fma(dx, fma(g.z, dx, slope), square);
            bool reaches = least <= fma(4e-6, square, most[2u * row + part] + 1e-4);
            halves |= reaches ? 1u << (2u * row + part) : 0u;
        }
    }
    return halves;
}

// Adds the pixels of the halves of rows that the splat reaches: two thirds of them in a picture with 20 pixels a splat.
void walk_reached(uint row_first, uint left, uint line_first, uint grad_first) {
    uint halves = reached(row_first, left);
    uint at = 0u;
    float dy = 0.0;
    if (halves != 0u) {
        do { // on lavapipe a loop with its condition first takes one more turn
            [[unroll]] for (uint n = 0u; n < 2u; n++) {
                bool walks = halves != 0u; // or the weights are 0
                uint next = walks ? uint(findLSB(halves)) : at;
                halves &= halves - 1u;
                if (next / 2u != at / 2u) {
                    end_row(dy);
                }
                at = next;
                uint row = at / 2u;
                uint first = at % 2u * HALF_ROW;
                dy = offset(float(row_first + row) + 0.5, g.y);
                walk(dy, first, left + first, line_first + row, grad_first + row, walks);
            }
        } while (halves != 0u);
    }
    end_row(dy);
}

// Without STAGED: each invocation walks its share of the rows of the tile in the buffers, for one splat at a time. On a
// GPU (SPLIT above 1) all lanes walk all rows, so that they read the same pixels at the same time.
void from_buffers(uint begin, uint used, uint end, uvec2 corner, uint line_first, uint grad_first) {
    uint share = gl_LocalInvocationID.y;
    uint row_first = corner.y + share * ROWS;
    line_first += share * ROWS;
    grad_first += share * ROWS;
    if (SPLIT == 1u) {
        find_most(row_first, line_first);
    }
    for (uint base = begin; base < end; base += LANES) {
        uint i = base + gl_LocalInvocationID.x;
        uvec2 entry = uvec2(0u);
        clear();
        if (i < end) {
            entry = entry_at(i);
            load((entry.x & 0xffffffu) * SPLAT_QUADS);
        }
        if (SPLIT > 1u) {
            walk_rows(row_first, i < used ? min(row_first + ROWS, height) : row_first, corner.x, line_first, grad_first);
        } else if (i < used) {
            walk_reached(row_first, corner.x, line_first, grad_first);
        }
        if (SPLIT > 1u) {
            uint mine = gl_LocalInvocationIndex * SUMS;
            for (uint k = 0u; k < SUMS; k++) {
                if (k < 5u) {
                    shares[mine + k] = shape[k];
                } else {
                    shares[mine + k] = colour[k - 5u];
                }
            }
            barrier();
            for (uint other = 1u; share == 0u && other < SPLIT; other++) {
                uint theirs = (other * LANES + gl_LocalInvocationID.x) * SUMS;
                for (uint k = 0u; k < 5u; k++) {
                    shape[k] += shares[theirs + k];
                }
                for (uint c = 0u; c < CHANNELS; c++) {
                    colour[c] += shares[theirs + 5u + c];
                }
            }
            barrier();
        }
        if (share == 0u && i < end && entry.y < capacity) { // beyond it when the lists overflowed
            for (uint r = 0u; r < RECORD_QUADS; r++) {
                vec4 quad = vec4(0.0);
                for (uint k = 0u; k < 4u; k++) {
                    uint n = 4u * r + k;
                    if (n < 5u) {
                        quad[k] = shape[n];
                    } else if (n < SUMS) {
                        quad[k] = colour[n - 5u];
                    }
                }
                records[entry.y * RECORD_QUADS + r] = quad;
            }
        }
    }
}

// With STAGED: the same from shared memory. When fewer than half of the lanes would have a splat, fewer lanes are used
// and the rows are divided into more shares. All invocations then complete the sums of the splats.
void from_shared(uint begin, uint used, uint end, uvec2 corner, uint line_first, uint grad_first) {
    uint me = gl_LocalInvocationIndex;
    const uint words = (ROW_WORDS - 1u) * TILE;
    for (uint n = me; used > begin && n < words; n += ALL) {
        staged_words[n / (ROW_WORDS - 1u) * ROW_WORDS + n % (ROW_WORDS - 1u)] = WORDS(pixels, grad_first * (ROW_WORDS - 1u) + n);
    }
    for (uint n = me; used > begin && n < TILE * TILE / 4u; n += ALL) {
        staged_limits[n / (TILE / 4u) * ROW_LIMITS + n % (TILE / 4u)] = QUAD(threshold, line_first * (TILE / 4u) + n);
    }
    barrier();
    uint lanes = LANES;
    for (uint base = begin; base < used; base += lanes) {
        while (used - base <= lanes / 2u && 2u * ALL / lanes <= TILE) {
            lanes /= 2u;
        }
        uint rows = TILE * lanes / ALL; // per share
        uint lane = me % lanes;
        clear();
        if (base + lane < used) {
            load((entry_at(base + lane).x & 0xffffffu) * SPLAT_QUADS);
            uint row = me / lanes * rows;
            uint last = min(row + rows, height - corner.y);
            walk_rows(corner.y + row, corner.y + last, corner.x, row, row);
        }
        for (uint k = 0u; k < SUMS; k++) {
            if (k < 5u) {
                shares[k * SHARES + me] = shape[k];
            } else {
                shares[k * SHARES + me] = colour[k - 5u];
            }
        }
        barrier();
        for (uint n = me; n < lanes * RECORD_QUADS * 4u; n += ALL) {
            uint k = n % (RECORD_QUADS * 4u);
            uint which = n / (RECORD_QUADS * 4u);
            if (base + which < used) {
                float sum = 0.0;
                for (uint from = which; k < SUMS && from < ALL; from += lanes) {
                    sum += shares[k * SHARES + from];
                }
                uint to = entry_at(base + which).y;
                if (to < capacity) {
                    records[to * RECORD_QUADS + k / 4u][k % 4u] = sum;
                }
            }
        }
        barrier();
    }
    for (uint i = used + me; i < end; i += ALL) {
        uint to = entry_at(i).y;
        for (uint r = 0u; to < capacity && r < RECORD_QUADS; r++) {
            records[to * RECORD_QUADS + r] = vec4(0.0);
        }
    }
}

void main() {
    uint tiles_across = (width + TILE - 1u) / TILE;
    uvec2 tile = uvec2(gl_WorkGroupID.x, gl_WorkGroupID.y + list_begin);
    uint slot = gl_WorkGroupID.y * tiles_across + gl_WorkGroupID.x;
    uint begin = min(tile_start[slot], capacity);
    uint end = min(tile_start[slot + 1u], capacity);
    bool work = tile.y >= work_begin && tile.y < work_end;
    uint used = work ? begin + tile_used[tile.y * tiles_across + tile.x] : begin;
    uvec2 corner = uvec2(tile.x, tile.y % cell_rows) * TILE; // in its picture
    uint line_first = tile_line(ring_slot(tile.y, base, ring), tiles_across, tile.x, 0u);
    uint grad_first = tile_line(ring_slot(tile.y, grad_base, grad_ring), tiles_across, tile.x, 0u);
    if (STAGED) {
        from_shared(begin, min(used, end), end, corner, line_first, grad_first);
    } else {
        from_buffers(begin, used, end, corner, line_first, grad_first);
    }
}
