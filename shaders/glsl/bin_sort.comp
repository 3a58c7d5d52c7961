#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require

// Orders the list of each tile by (key, splat), which makes every later sum independent of the order of atomics.
// Grid: one workgroup a tile of the band. Reads tile_start, pairs; writes list; a list of more than a block uses the memory of its pairs
// as scratch.
// Most lists are short (60 pairs on average in the benchmark of 5000 splats) and are sorted by counting: the place of an entry is the
// number of those before it. Of a longer one, blocks are sorted in shared memory (runs by counting, then merged by bisection), and blocks
// are merged in passes over the memory of list and pairs, in which an invocation finds by bisection where its segment of the output
// begins in the two runs: n log(n / BLOCK) loads, so the work of an invocation is bounded by n / 32 a pass.
// Invariant: the entries of a list differ, for a splat is in it once; no entry is LAST, for there are fewer than 2^24 - 1 splats.
// Delicate: lavapipe ends the loops of an invocation after 65 535 iterations in all and says nothing. 28 000 entries take about 12 000.

#include "quad.glsl"

layout(local_size_x = 32) in;

layout(set = 0, binding = 0, std430) readonly buffer tile_start_block { uint tile_start[]; };
layout(set = 0, binding = 1, std430) coherent buffer pairs_block { uvec2 pairs_raw[]; };
layout(set = 1, binding = 1) uniform usamplerBuffer pairs_texel;
layout(set = 0, binding = 2, std430) coherent buffer list_block { uvec2 list[]; };

layout(push_constant) uniform Push {
    uint tiles_across;
    uint capacity;
};

const uint COUNTED = 128u; // lists up to this are sorted by counting alone
const uint RUN = 32u;
const uint BLOCK = 512u; // RUN << LEVELS
const uint LEVELS = 4u;
const uint SEGMENT = 16u; // of the output, which an invocation merges at a time
const uint LAST = 0xffffffffu;

shared uint keys[2u * BLOCK]; // two halves that take turns; behind the entries of a block both hold LAST

// Only before the merging of blocks: texel reads do not see what this dispatch writes.
uvec2 pair(uint i) {
    return TEXEL ? texelFetch(pairs_texel, int(i)).xy : pairs_raw[i];
}

// Writes each entry of begin..end to its place.
void count_sort(uint begin, uint end) {
    for (uint i = begin + gl_LocalInvocationID.x; i < end; i += gl_WorkGroupSize.x) {
        uvec2 mine = pair(i);
        uint rank = begin;
        for (uint j = begin; j < end; j++) {
            rank += pair(j).x < mine.x ? 1u : 0u;
        }
        list[rank] = mine;
    }
}

// How many of the 2^steps ascending keys at first come before key.
uint rank_in(uint first, uint steps, uint key) {
    uint low = 0u;
    [[unroll]] for (uint k = 0u; k < steps; k++) {
        uint jump = (1u << steps) >> (k + 1u);
        low += keys[first + low + jump - 1u] < key ? jump : 0u;
    }
    return low + (keys[first + low] < key ? 1u : 0u);
}

// Sorts begin..begin+count into list, count at most BLOCK.
void sort_block(uint begin, uint count) {
    uint lane = gl_LocalInvocationID.x;
    uint runs_end = (count + RUN - 1u) / RUN * RUN;
    [[unroll]] for (uint i = 0u; i < BLOCK; i += gl_WorkGroupSize.x) {
        uint at = i + lane;
        keys[at] = LAST;
        if (at < count) {
            keys[at] = pair(begin + at).x;
        }
        keys[BLOCK + at] = LAST;
    }
    barrier();
    for (uint i = lane; i < count; i += gl_WorkGroupSize.x) {
        uint mine = keys[i];
        uint first = i / RUN * RUN;
        uint rank = BLOCK + first;
        [[unroll]] for (uint j = 0u; j < RUN; j++) {
            rank += keys[first + j] < mine ? 1u : 0u;
        }
        keys[rank] = mine;
    }
    barrier();
    uint from = BLOCK;
    [[unroll]] for (uint level = 0u; level < LEVELS; level++) {
        uint run = RUN << level;
        if (run < count) { // the same for the whole workgroup
            for (uint i = lane; i < runs_end; i += gl_WorkGroupSize.x) {
                uint mine = keys[from + i];
                uint other = (i / run ^ 1u) * run;
                uint rank = rank_in(from + other, 5u + level, mine);
                keys[BLOCK - from + i / (2u * run) * (2u * run) + i % run + rank] = mine;
            }
            from = BLOCK - from;
        }
        barrier();
    }
    for (uint i = lane; i < count; i += gl_WorkGroupSize.x) {
        uvec2 mine = pair(begin + i);
        list[begin + rank_in(from, 5u + LEVELS, mine.x)] = mine;
    }
    barrier();
}

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
    [[unroll]] for (uint k = 0u; k < SEGMENT; k++) {
        bool takes_one = one.x < two.x;
        uvec2 least = takes_one ? one : two;
        if (at + k < end) {
            if (in_list) {
                pairs_raw[at + k] = least;
            } else {
                list[at + k] = least;
            }
        }
        i += takes_one ? 1u : 0u;
        j += takes_one ? 0u : 1u;
        uint next = takes_one ? i : j;
        uvec2 value = next < (takes_one ? second : stop) ? entry(in_list, next) : uvec2(LAST);
        one = takes_one ? value : one;
        two = takes_one ? two : value;
    }
}

void main() {
    uint tile = gl_WorkGroupID.y * tiles_across + gl_WorkGroupID.x;
    uint begin = min(tile_start[tile], capacity);
    uint end = min(tile_start[tile + 1u], capacity);
    uint counted = end - begin <= COUNTED ? end : begin;
    count_sort(begin, counted);
    for (uint first = counted; first < end; first += BLOCK) {
        sort_block(first, min(BLOCK, end - first));
    }
    bool in_list = true;
    for (uint run = BLOCK; run < end - begin; run *= 2u) {
        memoryBarrierBuffer();
        barrier();
        for (uint at = begin + gl_LocalInvocationID.x * SEGMENT; at < end; at += gl_WorkGroupSize.x * SEGMENT) {
            merge_segment(in_list, begin, end, run, at);
        }
        in_list = !in_list;
    }
    memoryBarrierBuffer();
    barrier();
    uint copied = in_list ? begin : end;
    for (uint i = begin + gl_LocalInvocationID.x; i < copied; i += gl_WorkGroupSize.x) {
        list[i] = pairs_raw[i];
    }
}
