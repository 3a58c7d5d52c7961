#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require

// Renders the tiles of a band and compares them with the target in one kernel, for a loss without SSIM. It writes the
// gradient of each pixel, as loss_grad leaves it, and never the colours. v is dL/dC times the loss scale.
// Grid: one workgroup per tile, 16 x (16 / PIXELS) invocations, each for PIXELS pixels of one column.
// Reads geometry, tile_start, list, target, step. Writes pixels (v/D, then C.v/D), threshold, tile_used (the number of
// list entries that any pixel looked at), partial (the tile's ERROR_SUMS, see loss.glsl).

#include "quad.glsl"
#include "target.glsl"
#include "step.glsl"
#include "exponent.glsl"
#include "rasterize.glsl"

READ_TARGET(6)
layout(set = 0, binding = 7, std430) readonly buffer step_block { Step steps[]; }; // by picture
layout(set = 0, binding = 8, std430) writeonly buffer partial_block { ERROR_SUMS partial[]; };

layout(push_constant) uniform Push {
    uint width;
    uint height;
    uint row_begin;  // first tile row rendered
    uint list_begin; // tile row of the first list
    uint ring; // tile rows of pixels and threshold
    uint base; // the tile row at which the binding begins
    uint capacity;
    float cut;
    uint target_begin; // first tile row of the target that is bound
    uint partial_begin;
    uint cell_rows; // tile rows of each picture
};

shared uint used;
shared ERROR_SUMS sums[gl_WorkGroupSize.x * gl_WorkGroupSize.y];

void main() {
    uint tiles_across = (width + TILE - 1u) / TILE;
    uvec2 tile = uvec2(gl_WorkGroupID.x, gl_WorkGroupID.y + row_begin);
    uint slot = (tile.y - list_begin) * tiles_across + tile.x;
    uint begin = min(tile_start[slot], capacity);
    uint end = min(tile_start[slot + 1u], capacity);
    uint x = tile.x * TILE + gl_LocalInvocationID.x;
    uint y = tile.y % cell_rows * TILE + gl_LocalInvocationID.y * PIXELS; // in its picture
    if (gl_LocalInvocationIndex == 0u) {
        used = 0u;
    }
    barrier();
    atomicMax(used, draw(begin, end, vec2(x, y) + 0.5, cut));

    uint row = gl_LocalInvocationID.y * PIXELS;
    uint line = tile_line(ring_slot(tile.y, base, ring), tiles_across, tile.x, row);
    uint wanted = tile_line(tile.y - target_begin, tiles_across, tile.x, row);
    uint column = gl_LocalInvocationID.x;
    Weights weights = steps[tile.y / cell_rows].weights;
    ERROR_SUMS total = ERROR_SUMS(0.0);
    for (uint p = 0u; p < PIXELS; p++) {
        if (y + p < height) {
            bool inside = x < width; // beyond the right edge no splat counts, and the gradient is zero
            threshold[in_line(line + p, 1u, 0u, column)] = inside ? limit[p] : -1.0;
            float inverse = inside ? 1.0 / D[p] : 0.0;
            float along = 0.0; // C.v / D
            vec4 v = vec4(0.0);
            for (uint c = 0u; c < CHANNELS; c++) {
                float colour = sum[p][c] * inverse;
                float error = inside ? colour - TARGET(in_line(wanted + p, CHANNELS, c, column)) : 0.0;
                total += errors_of(error);
                v[c % 4u] = slope_of(weights, error) * inverse;
                along = fma(colour, v[c % 4u], along);
                if (c % 4u == 3u) {
                    STORE_PIXEL(pixels, in_line(line + p, PIXEL_QUADS, c / 4u, column), v)
                    v = vec4(0.0);
                }
            }
            // The quad of the last colours has room for D, and C.v/D is in the next quad.
            if (PULL / 4u != (CHANNELS - 1u) / 4u && CHANNELS % 4u != 0u) {
                STORE_PIXEL(pixels, in_line(line + p, PIXEL_QUADS, CHANNELS / 4u, column), v)
                v = vec4(0.0);
            }
            v[PULL % 4u] = along;
            STORE_PIXEL(pixels, in_line(line + p, PIXEL_QUADS, PULL / 4u, column), v)
        }
    }
    sums[gl_LocalInvocationIndex] = total;
    barrier();
    if (gl_LocalInvocationIndex == 0u) {
        ERROR_SUMS sum = ERROR_SUMS(0.0);
        for (uint i = 0u; i < gl_WorkGroupSize.x * gl_WorkGroupSize.y; i++) {
            sum += sums[i];
        }
        partial[partial_begin + gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x] = sum;
        tile_used[tile.y * tiles_across + tile.x] = used;
    }
}
