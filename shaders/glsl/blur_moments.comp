#version 450
#extension GL_GOOGLE_include_directive : require

// First pass of the loss: vertical window sums of C, T, C^2 + T^2 and C T. SSIM needs no more than these, because it
// uses the sum of the two variances.
// Grid: x = columns of a block, y = strips of rows, z = channels. One invocation slides down one strip of one column.
// Reads pixels (colours), target. Writes moments, whose first row and column are row_begin and column_begin. Samples
// outside the picture are zero.
// Delicate: the sums stay float32, because their differences cancel to 1e-4 of them.

#include "quad.glsl"
#include "target.glsl"
#include "window.glsl"

layout(local_size_x = 64) in;

READ_PIXELS(0, pixels)
READ_TARGET(1)
layout(set = 0, binding = 2, std430) writeonly buffer moments_block { vec4 moments[]; };

layout(push_constant) uniform Push {
    uint width;
    uint height;
    uint row_begin; // rows to produce
    uint row_end;
    uint column_begin; // columns to produce
    uint column_end;
    uint strip;        // rows per invocation
    uint ring;         // tile rows of pixels
    uint base;         // the tile row at which the binding begins
    uint moment_rows;  // rows of moments
    uint target_begin; // first tile row of the target that is bound
    float shown;       // 0 in training; in evaluation the exponent that takes clamped samples to display
};

void main() {
    uint x = column_begin + gl_GlobalInvocationID.x;
    uint channel = gl_WorkGroupID.z;
    uint first = row_begin + gl_WorkGroupID.y * strip;
    uint end = min(first + strip, row_end);
    if (x < column_end) {
        vec4 state[10];
        for (uint k = 0u; k < 10u; k++) {
            state[k] = vec4(0.0);
        }
        uint tiles_across = (width + TILE - 1u) / TILE;
        uint slot = ring_slot((first > RADIUS ? first - RADIUS : 0u) / TILE, base, ring);
        uint to = blurred_at(channel, column_end - column_begin, moment_rows, first - row_begin, x - column_begin);
        for (uint row = first; row < end + 2u * RADIUS; row++) { // row - RADIUS is the row that enters the filter
            float c = 0.0;
            float t = 0.0;
            if (row >= RADIUS && row - RADIUS < height) {
                uint y = row - RADIUS;
                uint line = tile_line(slot, tiles_across, x / TILE, y % TILE);
                c = PIXEL(pixels, in_line(line, PIXEL_QUADS, channel / 4u, x % TILE))[channel % 4u];
                line = tile_line(y / TILE - target_begin, tiles_across, x / TILE, y % TILE);
                t = TARGET(in_line(line, CHANNELS, channel, x % TILE));
                if (y % TILE == TILE - 1u) {
                    slot = next_in_ring(slot, ring);
                }
            }
            if (shown != 0.0) {
                c = clamp(c, 0.0, 1.0);
            }
            if (GAMMA) {
                ONLY_IF(shown != 0.0) {
                    c = as_shown(c, shown);
                    t = as_shown(t, shown);
                }
            }
            vec4 sum;
            FILTER_STEP(vec4, sum, state, vec4(c, t, c * c + t * t, c * t))
            if (row >= first + 2u * RADIUS) {
                moments[to] = sum;
                to += BLOCK;
            }
        }
    }
}
