#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require

// The growth of the error without a splat, for each splat-tile pair: the sum over the tile's pixels of 2 r.dC + |dC|^2
// with dC = w/(1-w) (C - c_k), w = alpha_k/D, r = C - T. The set of splats that count at a pixel is held fixed.
// Grid: one workgroup per tile of the lists, one invocation per pair of the list at a time.
// Reads geometry, tile_start, list, tile_used, pixels (C, D), threshold, target. Writes costs, at the slot that
// bin_emit chose. Pairs of rows outside work_begin..work_end and pairs that no pixel looked at get zeros.

#include "quad.glsl"
#include "exponent.glsl"

layout(constant_id = 3) const bool DEEP = false; // 16 bits per sample
layout(local_size_x_id = 4) in;

READ_QUADS(0, geometry)
// 8 bytes: 8 columns of a channel, or 4 with DEEP.
layout(set = 0, binding = 1, std430) readonly buffer target_block { uvec2 target_raw[]; };
layout(set = 1, binding = 1) uniform usamplerBuffer target_texel;
layout(set = 0, binding = 2, std430) readonly buffer tile_start_block { uint tile_start[]; };
layout(set = 0, binding = 3, std430) readonly buffer list_block { uvec2 list_raw[]; };
layout(set = 1, binding = 3) uniform usamplerBuffer list_texel;
layout(set = 0, binding = 4, std430) readonly buffer tile_used_block { uint tile_used[]; };
READ_PIXEL_WORDS(5, pixels)
READ_QUADS(6, threshold) // four columns
layout(set = 0, binding = 7, std430) writeonly buffer costs_block { float costs[]; };

layout(push_constant) uniform Push {
    uint width;
    uint height;
    uint list_begin; // tile row of the first list
    uint work_begin; // tile rows to compute
    uint work_end;
    uint ring; // tile rows of pixels and threshold
    uint base; // the tile row at which the binding begins
    uint target_begin; // first tile row of the target that is bound
    uint capacity;
    uint cell_rows; // tile rows of each picture
};

const uint SAMPLES = DEEP ? 4u : 8u; // samples in 8 bytes of the target
const float LEAST_REST = 0.02; // lower bound of 1 - w: the cost of the only splat at a pixel would have no bound

// The sample of column x from the 8 bytes that hold it.
float sample_of(uvec2 bytes, uint x) {
    return DEEP ? unpackUnorm2x16(bytes[x % 4u / 2u])[x % 2u] : unpackUnorm4x8(bytes[x % 8u / 4u])[x % 4u];
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
    uint row_end = min(corner.y + TILE, height);
    uint line_first = tile_line(ring_slot(tile.y, base, ring), tiles_across, tile.x, 0u);
    uint wanted_first = tile_line(work ? tile.y - target_begin : 0u, tiles_across, tile.x, 0u);

    for (uint i = begin + gl_LocalInvocationID.x; i < end; i += gl_WorkGroupSize.x) {
        uvec2 entry = TEXEL ? texelFetch(list_texel, int(i)).xy : list_raw[i];
        uint splat = (entry.x & 0xffffffu) * SPLAT_QUADS;
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
        float cost = 0.0;
        uint last = i < used ? row_end : corner.y;
        uint line = line_first;
        uint wanted_line = wanted_first;
        for (uint y = corner.y; y < last; y++) {
            float dy = offset(float(y) + 0.5, g.y);
            uvec4 words[PIXEL_QUADS];
            uvec2 samples[CHANNELS];
            vec4 limits = vec4(0.0);
            [[unroll]] for (uint x = 0u; x < TILE; x++) {
                if (x % 4u == 0u) {
                    limits = QUAD(threshold, in_line(line, 1u, 0u, x) / 4u);
                }
                if (fetches_words(x)) {
                    for (uint k = 0u; k < PIXEL_QUADS; k++) {
                        words[k] = WORDS(pixels, words_at(in_line(line, PIXEL_QUADS, k, x)));
                    }
                }
                if (x % SAMPLES == 0u) {
                    for (uint c = 0u; c < CHANNELS; c++) {
                        uint at = in_line(wanted_line, CHANNELS, c, x) / SAMPLES;
                        samples[c] = TEXEL ? texelFetch(target_texel, int(at)).xy : target_raw[at];
                    }
                }
                float dx = offset(float(corner.x + x) + 0.5, g.x);
                float s = exponent(exponent_column(g.z, dx), exponent_slope(g.w, dx), C, dy);
                float weight = s <= limits[x % 4u] ? exp(-s) : 0.0;
                float w = weight / quad_of_words(words[DENOMINATOR / 4u], x)[DENOMINATOR % 4u];
                float u = w / max(1.0 - w, LEAST_REST);
                float along = 0.0;  // r.(C - c)
                float square = 0.0; // |C - c|^2
                for (uint c = 0u; c < CHANNELS; c++) {
                    float drawn = quad_of_words(words[c / 4u], x)[c % 4u];
                    float away = drawn - feature[c];
                    along = fma(drawn - sample_of(samples[c], x), away, along);
                    square = fma(away, away, square);
                }
                cost += weight > 0.0 ? u * fma(u, square, 2.0 * along) : 0.0;
            }
            line++;
            wanted_line++;
        }
        if (entry.y < capacity) { // beyond it when the lists overflowed
            costs[entry.y] = cost;
        }
    }
}
