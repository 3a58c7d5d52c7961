#version 450
#extension GL_GOOGLE_include_directive : require

// Merges the sorted runs that bin_sort leaves of long lists. Each pass reads one of list and pairs and writes the
// other. An invocation finds the start of its output segment in the two runs by bisection: n log n loads in all.
// Grid: one workgroup per TILES consecutive tiles of the band.
// Reads tile_start. Updates list. The memory of pairs is scratch, because nothing reads the pairs any more.
// Invariant: the entries of a list differ. No entry is LAST, because there are fewer than 2^24 - 1 splats.
// Loops are not unrolled: on lavapipe a workgroup with barriers costs 12 us, or 35 us when unrolled 4 times and 130 us
// when unrolled 32 times, for short lists too.
// Delicate: lavapipe ends the loops of an invocation after 65 535 iterations in all, without an error. Four lists of
// 28 000 entries take 58 000 iterations.

#include "quad.glsl"

layout(constant_id = 3) const uint TILES = 1u; // more on lavapipe, where each workgroup costs 12 us
layout(local_size_x = 32) in;

layout(set = 0, binding = 0, std430) readonly buffer tile_start_block { uint tile_start[]; };
layout(set = 0, binding = 1, std430) coherent buffer pairs_block { uvec2 pairs_raw[]; };
layout(set = 0, binding = 2, std430) coherent buffer list_block { uvec2 list[]; };

#include "bin_list.glsl"

const uint SEGMENT = 32u; // entries of the output that an invocation merges at a time
const uint LAST = 0xffffffffu;

// Entry i of the buffer that a pass reads: list or pairs, in turn.
uvec2 entry(bool in_list, uint i) {
    return in_list ? list[i] : pairs_raw[i];
}

// Merges pairs of neighbouring runs of length `run`: writes the segment of the output that starts at `at`.
void merge_segment(bool in_list, uint begin, uint end, uint run, uint at) {
    uint first = begin + (at - begin) / (2u * run) * (2u * run);
    uint second = min(first + run, end);
    uint stop = min(second + run, end);
    uint before = at - first; // entries of the output before the segment
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
