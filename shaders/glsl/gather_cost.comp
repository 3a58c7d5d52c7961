#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require

// Adds the removal costs of a splat in one band to its sum, in the order of its tiles.
// Grid: one invocation per splat. With SHARE the workgroup shares splats with many costs, as in gather_grad: all
// invocations fetch and one adds.
// Reads costs, pair_start, pair_count. Writes or adds to sums.
// Invariant: both ways add the same numbers in the same order. The zeros that pad the last batch change no sum.

#include "quad.glsl"
#include "number.glsl"

// Not on CPUs: on lavapipe the barriers cost more than sharing saves.
layout(constant_id = 3) const bool SHARE = true;
layout(local_size_x = 64) in;

layout(set = 0, binding = 0, std430) readonly buffer costs_block { float costs[]; };
layout(set = 0, binding = 1, std430) readonly buffer pair_start_block { uint pair_start[]; };
layout(set = 0, binding = 2, std430) readonly buffer pair_count_block { uint pair_count[]; };
layout(set = 0, binding = 3, std430) buffer sums_block { float sums[]; };

layout(push_constant) uniform Push {
    uint splats;
    uint capacity;
    uint add; // 0 in the first band: the sum begins at zero
};

const uint MANY = 128u; // a splat with more costs is shared
// Batches are unrolled: 64 splats of 65 000 costs each stay within the 65 535 iterations of lavapipe's loops.
const uint BATCH = 128u;

shared uint shared_splats[gl_WorkGroupSize.x]; // in any order
shared uint shared_count;
shared float batch[BATCH];

// Adds the costs of the shared splats. All invocations of the workgroup must call it.
void add_shared() {
    uint lane = gl_LocalInvocationID.x;
    barrier();

    for (uint k = 0u; k < shared_count; k++) {
        uint splat = shared_splats[k];
        uint begin = min(pair_start[splat], capacity);
        uint end = min(begin + pair_count[splat], capacity);
        float sum = 0.0;
        if (add != 0u && lane == 0u) {
            sum = sums[splat];
        }
        for (uint p = begin; p < end; p += BATCH) {
            [[unroll]] for (uint n = 0u; n < BATCH; n += gl_WorkGroupSize.x) {
                uint at = p + n + lane;
                float cost = 0.0;
                if (at < end) {
                    cost = costs[at];
                }
                batch[n + lane] = cost;
            }
            barrier();
            ONLY_IF(lane == 0u) {
                [[unroll]] for (uint r = 0u; r < BATCH; r++) {
                    sum += batch[r];
                }
            }
            barrier();
        }
        if (lane == 0u) {
            sums[splat] = sum;
        }
    }
}

void main() {
    uint i = INVOCATION;
    uint lane = gl_LocalInvocationID.x;
    if (SHARE) {
        if (lane == 0u) {
            shared_count = 0u;
        }
        barrier();
    }

    uint count = 0u;
    if (i < splats) {
        count = pair_count[i];
    }
    if (SHARE && count > MANY) {
        shared_splats[atomicAdd(shared_count, 1u)] = i;
    }
    ONLY_IF(i < splats && (!SHARE || count <= MANY)) {
        float sum = 0.0;
        if (add != 0u) {
            sum = sums[i];
        }
        uint begin = min(pair_start[i], capacity);
        uint end = min(begin + count, capacity);
        for (uint p = begin; p < end; p++) {
            sum += costs[p];
        }
        sums[i] = sum;
    }
    if (SHARE) {
        add_shared();
    }
}
