#version 450
#extension GL_GOOGLE_include_directive : require

// Sorts the list of each tile by (key, splat), so that every later sum is independent of the order of atomics. A list
// of more than COUNTED entries is only sorted in runs, which bin_merge merges.
// Grid: one workgroup per tile of the band. Reads tile_start, pairs. Writes list.
// Most lists are short: 60 pairs on average in the benchmark of 5000 splats. They are sorted by counting: the place of
// an entry is the number of smaller entries. There is no barrier, which would cost 8 us per workgroup on lavapipe.
// Invariant: the entries of a list differ, because a splat is in a list once.
// Delicate: lavapipe ends the loops of an invocation after 65 535 iterations in all, without an error. A list of
// 60 000 entries takes 62 000 iterations.

#include "quad.glsl"

layout(local_size_x = 32) in;

layout(set = 0, binding = 0, std430) readonly buffer tile_start_block { uint tile_start[]; };
layout(set = 0, binding = 1, std430) readonly buffer pairs_block { uvec2 pairs_raw[]; };
layout(set = 1, binding = 1) uniform usamplerBuffer pairs_texel;
layout(set = 0, binding = 2, std430) writeonly buffer list_block { uvec2 list[]; };

#include "bin_list.glsl"

uvec2 pair(uint i) {
    return TEXEL ? texelFetch(pairs_texel, int(i)).xy : pairs_raw[i];
}

void main() {
    uint tile = gl_WorkGroupID.y * tiles_across + gl_WorkGroupID.x;
    uint begin = min(tile_start[tile], capacity);
    uint end = min(tile_start[tile + 1u], capacity);
    uint run = sorted_run(end - begin);
    for (uint i = begin + gl_LocalInvocationID.x; i < end; i += gl_WorkGroupSize.x) {
        uvec2 mine = pair(i);
        uint first = begin + (i - begin) / run * run;
        uint last = min(first + run, end);
        uint rank = first;
        for (uint j = first; j < last; j++) {
            rank += pair(j).x < mine.x ? 1u : 0u;
        }
        list[rank] = mine;
    }
}
