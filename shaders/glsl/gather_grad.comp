#version 450
#extension GL_GOOGLE_include_directive : require

// Adds a splat's records of one band to its sums, one by one in the order of its tiles: the same result on every run and however
// the picture is cut into bands.
// Grid: one invocation a splat. Reads records, pair_start, pair_count; writes or adds to sums (planes of 5 + channels); sets
// state.overflow when a sum is no number: whatever overflowed on the way here makes one, for a weight of 0 times infinity is NaN.

#include "quad.glsl"
#include "number.glsl"

layout(local_size_x = 64) in;

READ_QUADS(0, records)
layout(set = 0, binding = 1, std430) readonly buffer pair_start_block { uint pair_start[]; };
layout(set = 0, binding = 2, std430) readonly buffer pair_count_block { uint pair_count[]; };
layout(set = 0, binding = 3, std430) buffer sums_block { float sums[]; };
layout(set = 0, binding = 4, std430) buffer state_block {
    uint pairs_needed;
    uint broken;
    uint overflow;
};

layout(push_constant) uniform Push {
    uint splats;
    uint stride;
    uint capacity;
    uint add; // 0: first band
};

void main() {
    uint i = INVOCATION;
    if (i >= splats) {
        return;
    }
    uint count = pair_count[i];
    ONLY_IF(count > 0u || add == 0u) {
        vec4 sum[RECORD_QUADS];
        for (uint r = 0u; r < RECORD_QUADS; r++) {
            sum[r] = vec4(0.0);
        }
        for (uint k = 0u; add != 0u && k < 5u + CHANNELS; k++) {
            sum[k / 4u][k % 4u] = sums[k * stride + i];
        }
        uint begin = min(pair_start[i], capacity);
        uint end = min(begin + count, capacity);
        for (uint p = begin; p < end; p++) {
            for (uint r = 0u; r < RECORD_QUADS; r++) {
                sum[r] += QUAD(records, p * RECORD_QUADS + r);
            }
        }
        bool finite = true;
        for (uint k = 0u; k < 5u + CHANNELS; k++) {
            uint at = k * stride + i;
            float value = sum[k / 4u][k % 4u];
            finite = finite && below(value, 3.0e38);
            sums[at] = value;
        }
        if (!finite) {
            atomicOr(overflow, 1u);
        }
    }
}
