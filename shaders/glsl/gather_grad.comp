#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require

// Adds the records of a splat in one band to its sums, one by one in the order of its tiles. The result is the same in
// every run and for every division into bands.
// Grid: one invocation per splat. With SHARE the workgroup shares splats with many records: all invocations fetch and
// one invocation per sum adds.
// Reads records, pair_start, pair_count. Writes or adds to sums (planes of 5 + channels). Sets the overflow of the
// picture when a sum is not finite. Every earlier overflow makes a sum that is not finite, because a weight of 0 times infinity is
// NaN.
// Invariant: both ways add the same numbers in the same order. Zeros pad the last batch. They change no sum, because
// each sum begins at +0 and is never -0.

#include "quad.glsl"
#include "number.glsl"

// Not on CPUs: on lavapipe the barriers cost more than sharing saves.
layout(constant_id = 3) const bool SHARE = true;
layout(local_size_x = 64) in;

READ_QUADS(0, records)
layout(set = 0, binding = 1, std430) readonly buffer pair_start_block { uint pair_start[]; };
layout(set = 0, binding = 2, std430) readonly buffer pair_count_block { uint pair_count[]; };
layout(set = 0, binding = 3, std430) buffer sums_block { float sums[]; };
layout(set = 0, binding = 4, std430) buffer state_block {
    uint pairs_needed;
    uint longest;
    uvec2 offset;
    uvec2 faults[]; // by picture: broken, overflow
};

layout(push_constant) uniform Push {
    uint splats;
    uint stride;
    uint capacity;
    uint add; // 0 in the first band: the sums begin at zero
    uint cell_splats; // splats that each picture has room for
};

const uint SUMS = 5u + CHANNELS;
const uint MANY = 128u; // a splat with more records is shared
// Batches are unrolled: 64 splats of 65 000 records each stay within the 65 535 iterations of lavapipe's loops.
const uint BATCH = 128u;

shared uint shared_splats[gl_WorkGroupSize.x]; // in any order
shared uint shared_count;
shared vec4 batch[BATCH * RECORD_QUADS];

const uint FETCHED = BATCH * RECORD_QUADS / 64u; // quads of a batch per invocation

// Adds the records begin..end of splat i in one invocation.
void add_alone(uint i, uint begin, uint end) {
    vec4 sum[RECORD_QUADS];
    for (uint r = 0u; r < RECORD_QUADS; r++) {
        sum[r] = vec4(0.0);
    }
    ONLY_IF(add != 0u) {
        for (uint k = 0u; k < SUMS; k++) {
            sum[k / 4u][k % 4u] = sums[k * stride + i];
        }
    }
    for (uint p = begin; p < end; p++) {
        for (uint r = 0u; r < RECORD_QUADS; r++) {
            sum[r] += QUAD(records, p * RECORD_QUADS + r);
        }
    }
    bool finite = true;
    for (uint k = 0u; k < SUMS; k++) {
        float value = sum[k / 4u][k % 4u];
        finite = finite && below(value, 3.0e38);
        sums[k * stride + i] = value;
    }
    if (!finite) {
        atomicOr(faults[i / cell_splats].y, 1u);
    }
}

// Fetches this invocation's quads of the batch that begins at record p; zeros beyond `end`.
void fetch(out vec4 quads[FETCHED], uint p, uint end) {
    [[unroll]] for (uint n = 0u; n < FETCHED; n++) {
        uint at = p * RECORD_QUADS + n * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
        quads[n] = vec4(0.0);
        if (at < end * RECORD_QUADS) {
            quads[n] = QUAD(records, at);
        }
    }
}

// Adds the records of the shared splats. All invocations of the workgroup must call it. The next batch is fetched while
// the current one is added.
void add_shared() {
    uint lane = gl_LocalInvocationID.x;
    barrier();

    for (uint k = 0u; k < shared_count; k++) {
        uint splat = shared_splats[k];
        uint begin = min(pair_start[splat], capacity);
        uint end = min(begin + pair_count[splat], capacity);
        float sum = 0.0;
        if (add != 0u && lane < SUMS) {
            sum = sums[lane * stride + splat];
        }
        vec4 quads[FETCHED];
        fetch(quads, begin, end);
        for (uint p = begin; p < end; p += BATCH) {
            [[unroll]] for (uint n = 0u; n < FETCHED; n++) {
                batch[n * gl_WorkGroupSize.x + lane] = quads[n];
            }
            barrier();
            fetch(quads, p + BATCH, end);
            ONLY_IF(lane < SUMS) {
                [[unroll]] for (uint r = 0u; r < BATCH; r++) {
                    sum += batch[r * RECORD_QUADS + lane / 4u][lane % 4u];
                }
            }
            barrier();
        }
        if (lane < SUMS) {
            sums[lane * stride + splat] = sum;
            if (!below(sum, 3.0e38)) {
                atomicOr(faults[splat / cell_splats].y, 1u);
            }
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
    ONLY_IF(i < splats && (!SHARE || count <= MANY) && (count > 0u || add == 0u)) {
        uint begin = min(pair_start[i], capacity);
        add_alone(i, begin, min(begin + count, capacity));
    }
    if (SHARE) {
        add_shared();
    }
}
