#version 450
#extension GL_GOOGLE_include_directive : require

// Last pass of the loss: vertical window sums complete the gradient of SSIM, and the gradients of the other terms are added.
// The result is divided by the denominator of the pixel, as rasterize_grad expects. It replaces the colours, which no
// later kernel reads.
// Grid: x = columns of a block, y = strips of rows. One invocation slides down one strip of one column, with up to four
// channels at once. A picture of more channels takes one dispatch per group of four.
// Reads maps, target, step. Updates pixels (C, D becomes v/D, C.v/D), each pixel only in the invocation that owns it.
// Writes the sums of the workgroup to partial (ERROR_SUMS in loss.glsl).
// v is dL/dC times the loss scale: unscaled it is 1e-8 at 8K, below the smallest float16.

#include "quad.glsl"
#include "target.glsl"
#include "window.glsl"
#include "step.glsl"

layout(constant_id = 5) const uint GROUP = 0u; // channels from 4 GROUP on
layout(local_size_x = 64) in;

READ_QUADS(0, maps)
UPDATE_PIXELS(1, pixels)
READ_TARGET(2)
layout(set = 0, binding = 3, std430) readonly buffer step_block { Step step; };
layout(set = 0, binding = 4, std430) writeonly buffer partial_block { ERROR_SUMS partial[]; };

layout(push_constant) uniform Push {
    uint width;
    uint height;
    uint row_begin; // rows to complete
    uint row_end;
    uint column_begin; // columns of the block
    uint column_end;
    uint strip;
    uint ring; // tile rows of pixels
    uint base; // the tile row at which the binding begins
    uint map_begin; // first row of the maps of the block; the rows above are carried rows
    uint rows;      // rows of the maps of the block
    uint carry;     // the carried rows that are read: 0 or 1 (window.glsl)
    uint maps_begin; // start of the maps of the block, in quads
    uint target_begin; // first tile row of the target that is bound
    float shown;       // 0 in training; in evaluation the exponent that takes clamped samples to display
    uint partial_begin;
};

const uint FIRST = 4u * GROUP;
const uint COUNT = CHANNELS - FIRST < 4u ? CHANNELS - FIRST : 4u;

shared ERROR_SUMS sums[gl_WorkGroupSize.x];

void main() {
    uint x = column_begin + gl_GlobalInvocationID.x;
    uint first = row_begin + gl_WorkGroupID.y * strip;
    uint end = x < column_end ? min(first + strip, row_end) + 2u * RADIUS : first;
    vec3 state[COUNT][10];
    for (uint c = 0u; c < COUNT; c++) {
        for (uint k = 0u; k < 10u; k++) {
            state[c][k] = vec3(0.0);
        }
    }
    ERROR_SUMS total = ERROR_SUMS(0.0);
    uint tiles_across = (width + TILE - 1u) / TILE;
    uint slot = ring_slot(first / TILE, base, ring);
    uint top = first > RADIUS ? first - RADIUS : 0u;
    uint columns = column_end - column_begin;
    uint block = maps_begin + blurred_at(0u, columns, rows, max(top, map_begin) - map_begin, x - column_begin);
    uint carried = carry * carried_quads(width) + blurred_at(0u, width, CARRIED, top + CARRIED - map_begin, x);
    uint from = top < map_begin ? carried : block;
    uint plane = top < map_begin ? blurred_at(1u, width, CARRIED, 0u, 0u) : blurred_at(1u, columns, rows, 0u, 0u);
    for (uint incoming = first; incoming < end; incoming++) {
        vec3 slope[COUNT];
        bool inside = incoming >= RADIUS && incoming - RADIUS < height;
        if (inside && incoming - RADIUS == map_begin) {
            from = block;
            plane = blurred_at(1u, columns, rows, 0u, 0u);
        }
        for (uint c = 0u; c < COUNT; c++) {
            vec3 value = vec3(0.0);
            if (inside) {
                value = QUAD(maps, (FIRST + c) * plane + from).xyz;
            }
            FILTER_STEP(vec3, slope[c], state[c], value)
        }
        from += inside ? BLOCK : 0u;
        if (incoming >= first + 2u * RADIUS) {
            uint y = incoming - 2u * RADIUS;
            uint line = tile_line(slot, tiles_across, x / TILE, y % TILE);
            uint own = in_line(line, PIXEL_QUADS, GROUP, x % TILE);
            uint pull_quad = in_line(line, PIXEL_QUADS, PULL / 4u, x % TILE);
            vec4 colour = PIXEL(pixels, own);
            float inverse = 1.0 / PIXEL(pixels, in_line(line, PIXEL_QUADS, DENOMINATOR / 4u, x % TILE))[DENOMINATOR % 4u];
            line = tile_line(y / TILE - target_begin, tiles_across, x / TILE, y % TILE);
            if (y % TILE == TILE - 1u) {
                slot = next_in_ring(slot, ring);
            }
            vec4 v = colour; // keeps D when D is in the same quad
            vec4 rest = vec4(0.0);
            float along = 0.0; // C.v / D
            if (PULL / 4u != GROUP) {
                rest = PIXEL(pixels, pull_quad);
            }
            if (GROUP > 0u) {
                along = PULL / 4u != GROUP ? rest[PULL % 4u] : colour[PULL % 4u];
            }
            for (uint c = 0u; c < COUNT; c++) {
                float drawn = shown != 0.0 ? clamp(colour[c], 0.0, 1.0) : colour[c];
                float wanted = TARGET(in_line(line, CHANNELS, FIRST + c, x % TILE));
                if (GAMMA) {
                    ONLY_IF(shown != 0.0) {
                        drawn = as_shown(drawn, shown);
                        wanted = as_shown(wanted, shown);
                    }
                }
                float error = drawn - wanted;
                total += errors_of(error);
                float similar = slope[c].x + 2.0 * drawn * slope[c].y + wanted * slope[c].z;
                v[c] = (slope_of(step.weights, error) - step.weights.ssim * similar) * inverse;
                along += colour[c] * v[c];
            }
            if (PULL / 4u == GROUP) {
                v[PULL % 4u] = along;
            } else {
                rest[PULL % 4u] = along;
                if (shown == 0.0) {
                    STORE_PIXEL(pixels, pull_quad, rest)
                }
            }
            if (shown == 0.0) { // evaluation leaves the picture unchanged
                STORE_PIXEL(pixels, own, v)
            }
        }
    }
    sums[gl_LocalInvocationID.x] = total;
    barrier();
    for (uint half_size = gl_WorkGroupSize.x / 2u; half_size > 0u; half_size /= 2u) {
        if (gl_LocalInvocationID.x < half_size) {
            sums[gl_LocalInvocationID.x] += sums[gl_LocalInvocationID.x + half_size];
        }
        barrier();
    }
    if (gl_LocalInvocationID.x == 0u) {
        partial[partial_begin + gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x] = sums[0];
    }
}
