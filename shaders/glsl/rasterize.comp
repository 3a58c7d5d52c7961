#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require

// Renders the tiles of a band: at each pixel the K splats of the least exponents, normalised by the sum of their
// weights.
// Grid: one workgroup per tile, 16 x (16 / PIXELS) invocations, each for PIXELS pixels of one column.
// Reads geometry, tile_start, list. Writes pixels (colours, then D), threshold, tile_used (the number of list entries
// that any pixel looked at).

#include "quad.glsl"
#include "exponent.glsl"
#include "rasterize.glsl"

// For a picture that the host only reads: no threshold, no tile_used, and nothing after the colours of a pixel. That saves
// stores and barriers.
layout(constant_id = 9) const bool SHOWN = false;

layout(push_constant) uniform Push {
    uint width;
    uint height;
    uint row_begin;  // first tile row rendered
    uint list_begin; // tile row of the first list
    uint ring; // tile rows of pixels and threshold
    uint base; // the tile row at which the binding begins
    uint capacity;
    float cut;
    uint cell_rows; // tile rows of each picture
};

shared uint used;

void main() {
    uint tiles_across = (width + TILE - 1u) / TILE;
    uvec2 tile = uvec2(gl_WorkGroupID.x, gl_WorkGroupID.y + row_begin);
    uint slot = (tile.y - list_begin) * tiles_across + tile.x;
    uint begin = min(tile_start[slot], capacity);
    uint end = min(tile_start[slot + 1u], capacity);
    uint x = tile.x * TILE + gl_LocalInvocationID.x;
    uint y = tile.y % cell_rows * TILE + gl_LocalInvocationID.y * PIXELS; // in its picture
    vec2 at = vec2(x, y) + 0.5;
    if (!SHOWN) {
        if (gl_LocalInvocationIndex == 0u) {
            used = 0u;
        }
        barrier();
    }

    uint looked = draw(begin, end, at, cut);
    if (!SHOWN) {
        atomicMax(used, looked);
    }
    uint line = tile_line(ring_slot(tile.y, base, ring), tiles_across, tile.x, gl_LocalInvocationID.y * PIXELS);
    uint column = gl_LocalInvocationID.x;
    for (uint p = 0u; p < PIXELS; p++) {
        if (y + p < height) {
            bool inside = x < width;
            // Beyond the right edge no splat counts.
            if (!SHOWN) {
                threshold[in_line(line + p, 1u, 0u, column)] = inside ? limit[p] : -1.0;
            }
            float inverse = inside ? 1.0 / D[p] : 0.0;
            vec4 quad = vec4(0.0);
            for (uint c = 0u; c < CHANNELS; c++) {
                quad[c % 4u] = sum[p][c] * inverse;
                if (c % 4u == 3u) {
                    STORE_PIXEL(pixels, in_line(line + p, PIXEL_QUADS, c / 4u, column), quad)
                    quad = vec4(0.0);
                }
            }
            if (SHOWN && !HALF && CHANNELS == 3u) {
                uint own = 2u * in_line(line + p, PIXEL_QUADS, 0u, column);
                pixels_raw[own] = floatBitsToUint(quad.xy);
                pixels_raw[own + 1u].x = floatBitsToUint(quad.z);
                continue;
            }
            quad[DENOMINATOR % 4u] = D[p];
            STORE_PIXEL(pixels, in_line(line + p, PIXEL_QUADS, DENOMINATOR / 4u, column), quad)
            // The loss does not write beyond the right edge, and 0 times the contents of new memory may be NaN.
            if (!SHOWN && PULL / 4u != DENOMINATOR / 4u && !inside) {
                STORE_PIXEL(pixels, in_line(line + p, PIXEL_QUADS, PULL / 4u, column), vec4(0.0))
            }
        }
    }
    if (!SHOWN) {
        barrier();
        if (gl_LocalInvocationIndex == 0u) {
            tile_used[tile.y * tiles_across + tile.x] = used;
        }
    }
}
