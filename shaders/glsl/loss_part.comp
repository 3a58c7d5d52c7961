#version 450
#extension GL_GOOGLE_include_directive : require

// Adds up blocks of the sums that blur_ssim and loss_grad leave, in a fixed order. It is the first of two passes;
// loss_sum is the second. When there is one block, this kernel hands the result to the host and loss_sum does not run.
// The bits are the same as with loss_sum.
// With several pictures a block is the sums of one picture, which is at most 4096: each has a report of its own.
// Grid: one workgroup per block of sums of either kind.
// Reads partial_ssim, partial_error, state. Writes parts, or report (host memory).

#include "loss.glsl"

layout(local_size_x = 128) in;

layout(set = 0, binding = 0, std430) readonly buffer partial_ssim_block { float partial_ssim[]; };
layout(set = 0, binding = 1, std430) readonly buffer partial_error_block { ERROR_SUMS partial_error[]; };
layout(set = 0, binding = 2, std430) writeonly buffer parts_block { vec4 parts[]; }; // with_similarity

#define STATE 3
#define REPORT 4
#include "report.glsl"

layout(push_constant) uniform Push {
    uint ssim_count;
    uint error_count;
    uint block;  // sums of either kind per workgroup, at most 4096
    uint single; // one picture
};

shared vec4 sums[gl_WorkGroupSize.x];

void main() {
    uint lane = gl_LocalInvocationID.x;
    uint begin = gl_WorkGroupID.x * block;
    vec4 sum = vec4(0.0);
    for (uint i = begin + lane; i < min(begin + block, error_count); i += gl_WorkGroupSize.x) {
        sum += with_similarity(partial_error[i], 0.0);
    }
    for (uint i = begin + lane; i < min(begin + block, ssim_count); i += gl_WorkGroupSize.x) {
        sum.w += partial_ssim[i];
    }
    sums[lane] = sum;
    barrier();
    for (uint half_size = gl_WorkGroupSize.x / 2u; half_size > 0u; half_size /= 2u) {
        if (lane < half_size) {
            sums[lane] += sums[lane + half_size];
        }
        barrier();
    }
    if (lane == 0u) {
        if (single != 0u && gl_NumWorkGroups.x > 1u) {
            parts[gl_WorkGroupID.x] = sums[0];
        } else {
            tell(sums[0], gl_WorkGroupID.x);
        }
    }
}
