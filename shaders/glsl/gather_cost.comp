#version 450
#extension GL_GOOGLE_include_directive : require

// Adds a splat's removal costs of one band to its sum, in the order of its tiles.
// Grid: one invocation a splat. Reads costs, pair_start, pair_count; writes or adds to sums.

#include "number.glsl"

layout(local_size_x = 64) in;

layout(set = 0, binding = 0, std430) readonly buffer costs_block { float costs[]; };
layout(set = 0, binding = 1, std430) readonly buffer pair_start_block { uint pair_start[]; };
layout(set = 0, binding = 2, std430) readonly buffer pair_count_block { uint pair_count[]; };
layout(set = 0, binding = 3, std430) buffer sums_block { float sums[]; };

layout(push_constant) uniform Push {
    uint splats;
    uint capacity;
    uint add; // 0: first band
};

void main() {
    uint i = INVOCATION;
    if (i >= splats) {
        return;
    }
    float sum = 0.0;
    if (add != 0u) {
        sum = sums[i];
    }
    uint begin = min(pair_start[i], capacity);
    uint end = min(begin + pair_count[i], capacity);
    for (uint p = begin; p < end; p++) {
        sum += costs[p];
    }
    sums[i] = sum;
}
