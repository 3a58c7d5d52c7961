#version 450
#extension GL_GOOGLE_include_directive : require

// The loss without SSIM: L1 and L2 of each pixel and their gradient, which takes the place of the colours as loss_grad leaves it.
// Grid: one workgroup a tile, 16 x 4 invocations, each four pixels of one column. Reads target, step; reads and writes pixels
// (C, D to v/D, C.v/D); writes the tile's sums of |C-T| and (C-T)^2 to partial.
// v is dL/dC times the loss scale.

#include "quad.glsl"
#include "target.glsl"
#include "step.glsl"

layout(local_size_x = 16, local_size_y = 4) in;

UPDATE_PIXELS(0, pixels)
READ_TARGET(1)
layout(set = 0, binding = 2, std430) readonly buffer step_block { Step step; };
layout(set = 0, binding = 3, std430) writeonly buffer partial_block { vec2 partial[]; };

layout(push_constant) uniform Push {
    uint width;
    uint height;
    uint row_begin; // first tile row
    uint ring;      // tile rows of pixels
    uint base;      // the first of them that is bound
    uint target_begin; // first tile row of the target that is bound
    uint partial_begin;
};

const uint COUNT = gl_WorkGroupSize.x * gl_WorkGroupSize.y;
const uint OWN_QUADS = (CHANNELS + 3u) / 4u; // quads that hold colours

shared vec2 sums[COUNT];

void main() {
    uvec2 tile = uvec2(gl_WorkGroupID.x, gl_WorkGroupID.y + row_begin);
    uint tiles_across = (width + TILE - 1u) / TILE;
    uint column = gl_LocalInvocationID.x;
    uint x = tile.x * TILE + column;
    uint slot = ring_slot(tile.y, base, ring);
    vec2 total = vec2(0.0);
    for (uint row = gl_LocalInvocationID.y; row < TILE; row += gl_WorkGroupSize.y) {
        if (x < width && tile.y * TILE + row < height) {
            uint line = tile_line(slot, tiles_across, tile.x, row);
            uint wanted_line = tile_line(tile.y - target_begin, tiles_across, tile.x, row);
            float inverse = 1.0 / PIXEL(pixels, in_line(line, PIXEL_QUADS, DENOMINATOR / 4u, column))[DENOMINATOR % 4u];
            float along = 0.0; // C.v / D
            bool fits = true;
            vec4 v = vec4(0.0);
            for (uint q = 0u; q < OWN_QUADS; q++) {
                vec4 colour = PIXEL(pixels, in_line(line, PIXEL_QUADS, q, column));
                v = vec4(0.0);
                for (uint k = 0u; k < 4u; k++) {
                    uint c = 4u * q + k;
                    if (c < CHANNELS) {
                        float error = colour[k] - TARGET(in_line(wanted_line, CHANNELS, c, column));
                        total += vec2(abs(error), error * error);
                        v[k] = (step.l1 * sign(error) + step.l2 * error) * inverse;
                        along += colour[k] * v[k];
                    }
                }
                fits = fits && all(lessThan(abs(v), vec4(65504.0)));
                if (q != PULL / 4u) {
                    if (HALF && !fits) { // see loss_grad
                        v = vec4(uintBitsToFloat(0x7fc00000u));
                    }
                    STORE_PIXEL(pixels, in_line(line, PIXEL_QUADS, q, column), v)
                }
            }
            if (PULL / 4u >= OWN_QUADS) {
                v = vec4(0.0);
            }
            v[PULL % 4u] = along;
            if (HALF && !(fits && abs(along) < 65504.0)) {
                v = vec4(uintBitsToFloat(0x7fc00000u));
            }
            STORE_PIXEL(pixels, in_line(line, PIXEL_QUADS, PULL / 4u, column), v)
        }
    }
    sums[gl_LocalInvocationIndex] = total;
    barrier();
    for (uint half_size = COUNT / 2u; half_size > 0u; half_size /= 2u) {
        if (gl_LocalInvocationIndex < half_size) {
            sums[gl_LocalInvocationIndex] += sums[gl_LocalInvocationIndex + half_size];
        }
        barrier();
    }
    if (gl_LocalInvocationIndex == 0u) {
        partial[partial_begin + gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x] = sums[0];
    }
}
