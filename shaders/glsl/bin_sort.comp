#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require

// Orders the list of each tile by (key, splat), which makes every later sum independent of the order of atomics.
// Grid: one workgroup a tile of the band. Reads tile_start, pairs; writes list; a long list uses the memory of its pairs as scratch.
// A rank sort: lists are short (60 pairs on average in the benchmark of 5000 splats), and a radix sort cost 2.2 times the whole
// binning in a prototype. A list longer than CHUNK is sorted chunk by chunk, and an entry's rank is then the sum of its ranks in all
// chunks, found by bisection: n^2/CHUNK loads instead of n^2.
// Delicate: lavapipe ends the loops of an invocation after 65 535 iterations in all and says nothing. The plain rank sort passed that
// at 1448 pairs and left the list half sorted; this one stays below it up to 10 000 pairs, and the host refuses longer lists.

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

const uint CHUNK = 128u; // a power of two: bisection takes HALVINGS steps
const uint HALVINGS = 8u;

// Only before the first barrier: texel reads do not see what this dispatch writes.
uvec2 pair(uint i) {
    return TEXEL ? texelFetch(pairs_texel, int(i)).xy : pairs_raw[i];
}

// Writes each entry of begin..end to its place among the entries of its chunk.
void sort_chunks(uint begin, uint end) {
    for (uint i = begin + gl_LocalInvocationID.x; i < end; i += gl_WorkGroupSize.x) {
        uvec2 mine = pair(i);
        uint first = begin + (i - begin) / CHUNK * CHUNK;
        uint last = min(first + CHUNK, end);
        uint rank = first;
        for (uint j = first; j < last; j++) {
            rank += pair(j).x < mine.x ? 1u : 0u;
        }
        list[rank] = mine;
    }
}

// How many entries of the sorted chunk at first, `count` of them, come before key.
uint rank_in(uint first, uint count, uint key) {
    uint low = 0u;
    uint high = count;
    [[unroll]] for (uint k = 0u; k < HALVINGS; k++) {
        uint middle = (low + high) / 2u;
        bool before = low < high && pairs_raw[first + min(middle, count - 1u)].x < key;
        low = before ? middle + 1u : low;
        high = before ? high : middle;
    }
    return low;
}

void main() {
    uint tile = gl_WorkGroupID.y * tiles_across + gl_WorkGroupID.x;
    uint begin = min(tile_start[tile], capacity);
    uint end = min(tile_start[tile + 1u], capacity);
    sort_chunks(begin, end);
    uint merged = end - begin > CHUNK ? end : begin; // a list of one chunk is done
    memoryBarrierBuffer();
    barrier();
    for (uint i = begin + gl_LocalInvocationID.x; i < merged; i += gl_WorkGroupSize.x) {
        pairs_raw[i] = list[i];
    }
    memoryBarrierBuffer();
    barrier();
    for (uint i = begin + gl_LocalInvocationID.x; i < merged; i += gl_WorkGroupSize.x) {
        uvec2 mine = pairs_raw[i];
        uint rank = begin;
        for (uint first = begin; first < end; first += CHUNK) {
            rank += rank_in(first, min(CHUNK, end - first), mine.x);
        }
        list[rank] = mine;
    }
}
