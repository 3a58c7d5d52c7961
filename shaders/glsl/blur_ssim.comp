#version 450
#extension GL_GOOGLE_include_directive : require

// Second pass of the loss: horizontal window sums complete the moments, from which SSIM and its three derivatives are
// computed. The derivatives are at once summed horizontally for the gradient.
// Grid: x = rows, y = segments of the block's columns, z = channels. One invocation slides along a segment of a row.
// Reads moments. Writes maps = (dS/dmu_C, dS/dE[C^2+T^2], dS/dE[CT], -), summed horizontally; a second copy of the last
// rows for the chunk below; and the sum of SSIM over its segment to partial.

#include "quad.glsl"
#include "window.glsl"
#include "ssim.glsl"

layout(local_size_x = 32) in;

READ_QUADS(0, moments)
layout(set = 0, binding = 1, std430) writeonly buffer maps_block { vec4 maps[]; };
layout(set = 0, binding = 2, std430) writeonly buffer partial_block { float partial[]; };

layout(push_constant) uniform Push {
    uint width;
    uint height;
    uint row_begin;
    uint row_end;
    uint column_begin; // columns of the block
    uint column_end;
    uint moment_begin; // columns of moments: two windows more at each side, within the picture
    uint moment_end;
    uint segment;      // pixels per invocation
    uint rows;         // rows of moments and of the maps of the block
    uint carry;        // the carried rows that are written: 0 or 1 (window.glsl)
    uint maps_begin;   // start of the maps of the block, in quads
    uint partial_begin;
};

void main() {
    uint row = row_begin + gl_GlobalInvocationID.x;
    uint channel = gl_WorkGroupID.z;
    uint first = column_begin + gl_WorkGroupID.y * segment;
    uint end = min(first + segment, column_end);
    if (row < row_end) {
        uint from = row - row_begin;
        bool carried = row + CARRIED >= row_end;
        vec4 state[10];
        vec3 slopes[10];
        for (uint k = 0u; k < 10u; k++) {
            state[k] = vec4(0.0);
            slopes[k] = vec3(0.0);
        }
        float total = 0.0;
        // Two filters in sequence, each with a delay of RADIUS: when the moment at `column - 2 RADIUS` enters, the
        // similarity at `column - 3 RADIUS` is complete and the map at `column - 4 RADIUS` is written.
        for (uint column = first; column < end + 4u * RADIUS; column++) {
            vec4 incoming = vec4(0.0);
            if (column >= 2u * RADIUS && column - 2u * RADIUS < width) {
                incoming = QUAD(moments, blurred_at(channel, moment_end - moment_begin, rows, from, column - 2u * RADIUS - moment_begin));
            }
            vec4 m;
            FILTER_STEP(vec4, m, state, incoming)
            vec4 s = vec4(0.0);
            if (column >= 3u * RADIUS && column - 3u * RADIUS < width) {
                s = similarity(m);
                if (column - 3u * RADIUS >= first && column - 3u * RADIUS < end) {
                    total += s.w;
                }
            }
            vec3 blurred;
            FILTER_STEP(vec3, blurred, slopes, s.xyz)
            if (column >= first + 4u * RADIUS) {
                uint x = column - 4u * RADIUS;
                uint to = blurred_at(channel, column_end - column_begin, rows, from, x - column_begin);
                maps[maps_begin + to] = vec4(blurred, 0.0);
                if (carried) {
                    to = blurred_at(channel, width, CARRIED, row + CARRIED - row_end, x);
                    maps[carry * carried_quads(width) + to] = vec4(blurred, 0.0);
                }
            }
        }
        partial[partial_begin + (gl_WorkGroupID.y * CHANNELS + channel) * (row_end - row_begin) + from] = total;
    }
}
