#version 450
#extension GL_GOOGLE_include_directive : require

// Adds up the parts that loss_part leaves, if there are several, in a fixed order, and hands the step's numbers to the
// host. Grid: one workgroup, because a part stands for 4096 sums: 760 parts at 8K.
// Reads parts, state. Writes report (host memory).

#include "loss.glsl"

layout(local_size_x = 128) in;

layout(set = 0, binding = 0, std430) readonly buffer parts_block { vec4 parts[]; }; // with_similarity

#define STATE 1
#define REPORT 2
#include "report.glsl"

layout(push_constant) uniform Push {
    uint part_count;
};

shared vec4 sums[gl_WorkGroupSize.x];

void main() {
    uint lane = gl_LocalInvocationID.x;
    vec4 sum = vec4(0.0);
    for (uint i = lane; i < part_count; i += gl_WorkGroupSize.x) {
        sum += parts[i];
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
        tell(sums[0], 0u);
    }
}
