#version 450
#extension GL_GOOGLE_include_directive : require

// Draws the tiles of a band: at each pixel the K splats of the least exponent, normalised by the sum of their weights.
// Grid: one workgroup a tile, 16 x (16 / PIXELS) invocations, each PIXELS pixels of one column.
// Reads geometry, tile_start, list; writes pixels (colours, then D), threshold, tile_used (list entries that any pixel looked at).
// Two walks over the list: the first keeps only the K least exponents, the second takes whatever is not above the K-th.
// Keeping values without ids is what makes the first walk cheap, and ties are all taken, here and in rasterize_grad alike.
// The list is ordered by a lower bound of the exponent, so both walks end at the first splat that can reach no pixel.

#include "quad.glsl"
#include "exponent.glsl"

layout(constant_id = 3) const uint PIXELS = 8u; // pixels an invocation
layout(constant_id = 4) const uint K = 10u;
layout(local_size_x = 16, local_size_y_id = 5) in; // 16 / PIXELS

READ_QUADS(0, geometry)
layout(set = 0, binding = 1, std430) readonly buffer tile_start_block { uint tile_start[]; };
layout(set = 0, binding = 2, std430) readonly buffer list_block { uvec2 list_raw[]; };
layout(set = 1, binding = 2) uniform usamplerBuffer list_texel;
layout(set = 0, binding = 3, std430) writeonly buffer pixels_block { uvec2 pixels_raw[]; };
layout(set = 0, binding = 4, std430) writeonly buffer threshold_block { float threshold[]; };
layout(set = 0, binding = 5, std430) writeonly buffer tile_used_block { uint tile_used[]; };

layout(push_constant) uniform Push {
    uint width;
    uint height;
    uint row_begin;  // first tile row drawn
    uint list_begin; // tile row of the first list
    uint ring; // tile rows of pixels and threshold
    uint base; // the first of them that is bound
    uint capacity;
    float cut;
};

const float DENOMINATOR_FLOOR = 1e-4;

shared uint used;

void main() {
    uint tiles_across = (width + TILE - 1u) / TILE;
    uvec2 tile = uvec2(gl_WorkGroupID.x, gl_WorkGroupID.y + row_begin);
    uint slot = (tile.y - list_begin) * tiles_across + tile.x;
    uint begin = min(tile_start[slot], capacity);
    uint end = min(tile_start[slot + 1u], capacity);
    uint x = tile.x * TILE + gl_LocalInvocationID.x;
    uint y = tile.y * TILE + gl_LocalInvocationID.y * PIXELS;
    vec2 at = vec2(x, y) + 0.5;
    if (gl_LocalInvocationIndex == 0u) {
        used = 0u;
    }
    barrier();

    float least[PIXELS][K];
    for (uint p = 0u; p < PIXELS; p++) {
        for (uint k = 0u; k < K; k++) {
            least[p][k] = NEVER;
        }
    }
    float bound = NEVER; // the greatest K-th exponent of the pixels of this invocation
    uint i = begin;
    for (; i < end; i++) {
        uint entry = TEXEL ? texelFetch(list_texel, int(i)).x : list_raw[i].x;
        if (float(entry >> 24u) * (cut / 256.0) > bound) {
            break;
        }
        uint splat = (entry & 0xffffffu) * SPLAT_QUADS;
        vec4 g = QUAD(geometry, splat);
        float C = QUAD(geometry, splat + 1u).x;
        float dx = at.x - g.x;
        float column = exponent_column(g.z, dx);
        float slope = exponent_slope(g.w, dx);
        bound = 0.0;
        for (uint p = 0u; p < PIXELS; p++) {
            float s = exponent(column, slope, C, at.y + float(p) - g.y);
            s = s <= cut ? s : NEVER;
            for (uint k = 0u; k < K; k++) {
                float low = min(least[p][k], s);
                s = max(least[p][k], s);
                least[p][k] = low;
            }
            bound = max(bound, least[p][K - 1u]);
        }
    }
    uint stop = i;
    atomicMax(used, stop - begin);

    float limit[PIXELS];
    float D[PIXELS];
    float sum[PIXELS][CHANNELS];
    for (uint p = 0u; p < PIXELS; p++) {
        // A relative 1e-6 above the K-th: the guard of the top-K test against the last bit of s, the same in both passes.
        limit[p] = min(least[p][K - 1u] * 1.000001, cut);
        D[p] = DENOMINATOR_FLOOR;
        for (uint c = 0u; c < CHANNELS; c++) {
            sum[p][c] = 0.0;
        }
    }
    for (i = begin; i < stop; i++) {
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
        float dx = at.x - g.x;
        float column = exponent_column(g.z, dx);
        float slope = exponent_slope(g.w, dx);
        for (uint p = 0u; p < PIXELS; p++) {
            float s = exponent(column, slope, C, at.y + float(p) - g.y);
            float weight = s <= limit[p] ? exp(-s) : 0.0;
            D[p] += weight;
            for (uint c = 0u; c < CHANNELS; c++) {
                sum[p][c] = fma(weight, feature[c], sum[p][c]);
            }
        }
    }
    uint line = tile_line(ring_slot(tile.y, base, ring), tiles_across, tile.x, gl_LocalInvocationID.y * PIXELS);
    uint column = gl_LocalInvocationID.x;
    for (uint p = 0u; p < PIXELS; p++) {
        if (y + p < height) {
            bool inside = x < width;
            threshold[in_line(line + p, 1u, 0u, column)] = inside ? limit[p] : -1.0; // no splat counts beyond the right edge
            float inverse = inside ? 1.0 / D[p] : 0.0;
            vec4 quad = vec4(0.0);
            for (uint c = 0u; c < CHANNELS; c++) {
                quad[c % 4u] = sum[p][c] * inverse;
                if (c % 4u == 3u) {
                    STORE_PIXEL(pixels, in_line(line + p, PIXEL_QUADS, c / 4u, column), quad)
                    quad = vec4(0.0);
                }
            }
            quad[DENOMINATOR % 4u] = D[p];
            STORE_PIXEL(pixels, in_line(line + p, PIXEL_QUADS, DENOMINATOR / 4u, column), quad)
            if (PULL / 4u != DENOMINATOR / 4u && !inside) { // no loss comes here, and 0 times what lies in fresh memory may be NaN
                STORE_PIXEL(pixels, in_line(line + p, PIXEL_QUADS, PULL / 4u, column), vec4(0.0))
            }
        }
    }
    barrier();
    if (gl_LocalInvocationIndex == 0u) {
        tile_used[tile.y * tiles_across + tile.x] = used;
    }
}
