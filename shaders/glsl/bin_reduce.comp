#version 450

// Sums of blocks of counts, from which bin_scan makes prefix sums, and the longest list of a tile.
// Grid: one workgroup a block of 1024 counts: first those of tile_count, then those of pair_count. Reads tile_count, pair_count; writes
// block_sums; raises longest.

layout(local_size_x = 128) in;

layout(set = 0, binding = 0, std430) readonly buffer tile_count_block { uint tile_count[]; };
layout(set = 0, binding = 1, std430) readonly buffer pair_count_block { uint pair_count[]; };
layout(set = 0, binding = 2, std430) writeonly buffer block_sums_block { uint block_sums[]; };
layout(set = 0, binding = 3, std430) buffer state_block {
    uint pairs_needed;
    uint broken;
    uint overflow;
    uint longest;
};

layout(push_constant) uniform Push {
    uint tiles;
    uint splats;
};

const uint BLOCK = 1024u;

shared uvec2 sums[gl_WorkGroupSize.x]; // sum, greatest

void main() {
    uint lane = gl_LocalInvocationID.x;
    uint tile_blocks = (tiles + BLOCK - 1u) / BLOCK;
    bool of_tiles = gl_WorkGroupID.x < tile_blocks;
    uint begin = (gl_WorkGroupID.x - (of_tiles ? 0u : tile_blocks)) * BLOCK;
    uint end = min(begin + BLOCK, of_tiles ? tiles : splats);
    uvec2 sum = uvec2(0u);
    for (uint i = begin + lane; i < end; i += gl_WorkGroupSize.x) {
        uint n = of_tiles ? tile_count[i] : pair_count[i];
        sum = uvec2(sum.x + n, max(sum.y, n));
    }
    sums[lane] = sum;
    barrier();
    for (uint half_size = gl_WorkGroupSize.x / 2u; half_size > 0u; half_size /= 2u) {
        if (lane < half_size) {
            uvec2 other = sums[lane + half_size];
            sums[lane] = uvec2(sums[lane].x + other.x, max(sums[lane].y, other.y));
        }
        barrier();
    }
    if (lane == 0u) {
        block_sums[gl_WorkGroupID.x] = sums[0].x;
        if (of_tiles) {
            atomicMax(longest, sums[0].y);
        }
    }
}
