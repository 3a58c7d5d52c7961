#version 450

// Adds up the parts that loss_part left, in a fixed order, and hands the step's numbers to the host.
// Grid: one workgroup, for a part stands for 4096 sums: 760 parts at 8K. Reads parts, state; writes report (host memory).

layout(local_size_x = 128) in;

layout(set = 0, binding = 0, std430) readonly buffer parts_block { vec4 parts[]; }; // absolute, squared, similarity, 0
layout(set = 0, binding = 1, std430) readonly buffer state_block {
    uint pairs_needed;
    uint broken;
    uint overflow;
    uint longest;
};
layout(set = 0, binding = 2, std430) writeonly buffer report_block {
    float absolute;
    float squared;
    float similarity;
    uint pairs;
    uint broken;
    uint overflow;
    uint longest;
} report;

layout(push_constant) uniform Push {
    uint part_count;
};

shared vec3 sums[gl_WorkGroupSize.x];

void main() {
    uint lane = gl_LocalInvocationID.x;
    vec3 sum = vec3(0.0);
    for (uint i = lane; i < part_count; i += gl_WorkGroupSize.x) {
        sum += parts[i].xyz;
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
        report.absolute = sums[0].x;
        report.squared = sums[0].y;
        report.similarity = sums[0].z;
        report.pairs = pairs_needed;
        report.broken = broken;
        report.overflow = overflow;
        report.longest = longest;
    }
}
