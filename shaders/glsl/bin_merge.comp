#version 450
#extension GL_GOOGLE_include_directive : require

// Merges the runs that bin_sort left of long lists, in passes over the memory of list and pairs: an invocation finds by bisection where its
// segment of the output begins in the two runs, which makes n log n loads.
// Grid: one workgroup for TILES neighbours among the tiles of the band. Reads tile_start; updates list, with the memory of the pairs, which
// are no longer wanted, as scratch.
// Invariant: the entries of a list differ; none is LAST, for there are fewer than 2^24 - 1 splats.
// Nothing is unrolled: on lavapipe a workgroup with barriers costs 12 us, unrolled 4 times 35 and 32 times 130, long list or not.
// Delicate: lavapipe ends the loops of an invocation after 65 535 iterations in all and says nothing. 4 lists of 28 000 entries take 58 000.

#include "quad.glsl"

layout(constant_id = 3) const uint TILES = 1u; // more on lavapipe, where each workgroup costs 12 us
layout(local_size_x = 32) in;

layout(set = 0, binding = 0, std430) readonly buffer tile_start_block { uint tile_start[]; };
layout(set = 0, binding = 1, std430) coherent buffer pairs_block { uvec2 pairs_raw[]; };
layout(set = 0, binding = 2, std430) coherent buffer list_block { uvec2 list[]; };

#include "bin_list.glsl"

const uint SEGMENT = 32u; // of the output, which an invocation merges at a time
const uint LAST = 0xffffffffu;

// The entry at i of the runs that a pass reads: list and pairs take turns.
uvec2 entry(bool in_list, uint i) {
    return in_list ? list[i] : pairs_raw[i];
}

// Merges neighbouring runs of the given length, the segment of begin..end that starts at `at`.
void merge_segment(bool in_list, uint begin, uint end, uint run, uint at) {
    uint first = begin + (at - begin) / (2u * run) * (2u * run);
    uint second = min(first + run, end);
    uint stop = min(second + run, end);
    uint before = at - first; // entries of the output that lie before the segment
    uint low = before > stop - second ? before - (stop - second) : 0u;
    uint high = min(before, second - first);
    while (low < high) {
        uint middle = (low + high) / 2u;
        bool earlier = entry(in_list, first + middle).x < entry(in_list, second + before - 1u - middle).x;
        low = earlier ? middle + 1u : low;
        high = earlier ? high : middle;
    }
    uint i = first + low;
    uint j = second + before - low;
    uvec2 one = i < second ? entry(in_list, i) : uvec2(LAST);
    uvec2 two = j < stop ? entry(in_list, j) : uvec2(LAST);
    for (uint k = at; k < min(at + SEGMENT, end); k++) {
        bool takes_one = one.x < two.x;
        if (in_list) {
            pairs_raw[k] = takes_one ? one : two;
        } else {
            list[k] = takes_one ? one : two;
        }
        i += takes_one ? 1u : 0u;
        j += takes_one ? 0u : 1u;
        uint next = takes_one ? i : j;
        uvec2 value = next < (takes_one ? second : stop) ? entry(in_list, next) : uvec2(LAST);
        one = takes_one ? value : one;
        two = takes_one ? two : value;
    }
}

void merge_list(uint begin, uint end) {
    bool in_list = true;
    for (uint run = sorted_run(end - begin); run < end - begin; run *= 2u) {
        for (uint at = begin + gl_LocalInvocationID.x * SEGMENT; at < end; at += gl_WorkGroupSize.x * SEGMENT) {
            merge_segment(in_list, begin, end, run, at);
        }
        in_list = !in_list;
        memoryBarrierBuffer();
        barrier();
    }
    uint copied = in_list ? begin : end;
    for (uint i = begin + gl_LocalInvocationID.x; i < copied; i += gl_WorkGroupSize.x) {
        list[i] = pairs_raw[i];
    }
}

void main() {
    uint first = gl_WorkGroupID.x * TILES;
    for (uint tile = first; tile < min(first + TILES, tiles_across * rows); tile++) {
        merge_list(min(tile_start[tile], capacity), min(tile_start[tile + 1u], capacity));
    }
}
