#version 450

// Sums blocks of counts. bin_scan makes prefix sums of them when there are many blocks.
// Grid: one workgroup per block of 1024 counts: first the blocks of tile_count, then those of pair_count.
// Reads tile_count, pair_count. Writes block_sums.

layout(local_size_x = 128) in;

layout(set = 0, binding = 0, std430) readonly buffer tile_count_block { uint tile_count[]; };
layout(set = 0, binding = 1, std430) readonly buffer pair_count_block { uint pair_count[]; };
layout(set = 0, binding = 2, std430) writeonly buffer block_sums_block { uint block_sums[]; };

layout(push_constant) uniform Push {
    uint tiles;
    uint splats;
};

const uint BLOCK = 1024u;

shared uint sums[gl_WorkGroupSize.x];

void main() {
    uint lane = gl_LocalInvocationID.x;
    uint tile_blocks = (tiles + BLOCK - 1u) / BLOCK;
    bool of_tiles = gl_WorkGroupID.x < tile_blocks;
    uint begin = (gl_WorkGroupID.x - (of_tiles ? 0u : tile_blocks)) * BLOCK;
    uint end = min(begin + BLOCK, of_tiles ? tiles : splats);
    uint sum = 0u;
    for (uint i = begin + lane; i < end; i += gl_WorkGroupSize.x) {
        sum += of_tiles ? tile_count[i] : pair_count[i];
    }
    sums[lane] = sum;
    barrier();
    for (uint half_size = gl_WorkGroupSize.x / 2u; half_size > 0u; half_size /= 2u) {
        if (lane < half_size) {
            sums[lane] += sums[lane + half_size];
        }
        barrier();
    }
    if (lane == 0u) {
        block_sums[gl_WorkGroupID.x] = sums[0];
    }
}
