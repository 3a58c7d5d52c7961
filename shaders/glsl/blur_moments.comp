#version 450
#extension GL_GOOGLE_include_directive : require

// First pass of the loss: vertical window sums of C, T, C^2 + T^2 and C T (all that SSIM needs: it uses the sum of the variances).
// Grid: x = columns, y = strips of rows, z = channels. One invocation slides down one strip of one column.
// Reads image, target; writes moments as [channel][row][x]. Outside the picture everything is zero.
// Delicate: the sums stay float32, their differences cancel to 1e-4 of them.

#include "quad.glsl"
#include "target.glsl"
#include "window.glsl"

layout(local_size_x = 64) in;

READ_PIXELS(0, image)
READ_TARGET(1)
layout(set = 0, binding = 2, std430) writeonly buffer moments_block { vec4 moments[]; };

layout(push_constant) uniform Push {
    uint width;
    uint height;
    uint row_begin; // rows to produce
    uint row_end;
    uint strip; // rows an invocation
    uint ring_rows;   // of image
    uint moment_rows; // of moments
    uint target_begin; // first row of the target that is bound
    uint clamped;     // 1: the picture as it is shown, for evaluation
};

void main() {
    uint x = gl_GlobalInvocationID.x;
    uint channel = gl_WorkGroupID.z;
    uint first = row_begin + gl_WorkGroupID.y * strip;
    uint end = min(first + strip, row_end);
    if (x < width) {
        vec4 state[10];
        for (uint k = 0u; k < 10u; k++) {
            state[k] = vec4(0.0);
        }
        for (uint row = first; row < end + 2u * RADIUS; row++) { // row - RADIUS is the row that comes in
            float c = 0.0;
            float t = 0.0;
            if (row >= RADIUS && row - RADIUS < height) {
                uint y = row - RADIUS;
                c = PIXEL(image, ((y % ring_rows) * PIXEL_QUADS + channel / 4u) * width + x)[channel % 4u];
                t = TARGET(((y - target_begin) * TARGET_GROUPS + channel / 4u) * width + x)[channel % 4u];
            }
            if (clamped != 0u) {
                c = clamp(c, 0.0, 1.0);
            }
            vec4 sum;
            FILTER_STEP(vec4, sum, state, vec4(c, t, c * c + t * t, c * t))
            if (row >= first + 2u * RADIUS) {
                uint y = row - 2u * RADIUS;
                moments[(channel * moment_rows + y % moment_rows) * width + x] = sum;
            }
        }
    }
}
