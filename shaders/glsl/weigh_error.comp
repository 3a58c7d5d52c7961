#version 450
#extension GL_GOOGLE_include_directive : require

// The error of each pixel, which decides where splats are added and moved: the sum over channels of
// (clamp(C, 0, 1) - T)^2.
// Grid: one workgroup per tile, 16 x 4 invocations, each for four pixels of one column.
// Reads pixels, target. Writes errors, in the place of the thresholds, which no later kernel reads, and the tile's sum
// of errors to partial.

#include "quad.glsl"
#include "target.glsl"
#include "loss.glsl"

layout(local_size_x = 16, local_size_y = 4) in;

READ_PIXELS(0, pixels)
READ_TARGET(1)
layout(set = 0, binding = 2, std430) writeonly buffer errors_block { float errors[]; };
layout(set = 0, binding = 3, std430) writeonly buffer partial_block { ERROR_SUMS partial[]; };

layout(push_constant) uniform Push {
    uint width;
    uint height;
    uint row_begin; // first tile row
    uint ring;      // tile rows of pixels and errors
    uint base;      // the tile row at which the binding begins
    uint target_begin; // first tile row of the target that is bound
    uint partial_begin;
    uint cell_rows; // tile rows of each picture
};

shared float sums[gl_WorkGroupSize.x * gl_WorkGroupSize.y];

void main() {
    uvec2 tile = uvec2(gl_WorkGroupID.x, gl_WorkGroupID.y + row_begin);
    uint tiles_across = (width + TILE - 1u) / TILE;
    uint column = gl_LocalInvocationID.x;
    uint slot = ring_slot(tile.y, base, ring);
    uint top = tile.y % cell_rows * TILE; // in its picture
    float total = 0.0;
    for (uint k = 0u; k < TILE / gl_WorkGroupSize.y; k++) {
        uint row = gl_LocalInvocationID.y * (TILE / gl_WorkGroupSize.y) + k;
        if (tile.x * TILE + column < width && top + row < height) {
            uint line = tile_line(slot, tiles_across, tile.x, row);
            uint wanted_line = tile_line(tile.y - target_begin, tiles_across, tile.x, row);
            float sum = 0.0;
            vec4 colour = vec4(0.0);
            for (uint c = 0u; c < CHANNELS; c++) {
                if (c % 4u == 0u) {
                    colour = PIXEL(pixels, in_line(line, PIXEL_QUADS, c / 4u, column));
                }
                float error = clamp(colour[c % 4u], 0.0, 1.0) - TARGET(in_line(wanted_line, CHANNELS, c, column));
                sum = fma(error, error, sum);
            }
            errors[in_line(line, 1u, 0u, column)] = sum;
            total += sum;
        }
    }
    sums[gl_LocalInvocationIndex] = total;
    barrier();
    if (gl_LocalInvocationIndex == 0u) {
        ERROR_SUMS by_term = ERROR_SUMS(0.0); // of a survey the host reads the squares only
        float sum = 0.0;
        for (uint i = 0u; i < gl_WorkGroupSize.x * gl_WorkGroupSize.y; i++) {
            sum += sums[i];
        }
        by_term.y = sum;
        partial[partial_begin + gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x] = by_term;
    }
}
