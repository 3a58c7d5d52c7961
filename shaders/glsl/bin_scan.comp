#version 450
#extension GL_EXT_control_flow_attributes : require

// Exclusive prefix sums of the counts. Also the greatest number of pairs that a band of this step needs, and the length
// of the longest list of a tile.
// Grid: one workgroup per block of 1024 counts, as in bin_reduce. tile_count gives tile_start and tile_cursor;
// pair_count gives pair_start.
// Reads tile_count, pair_count, and block_sums if bin_reduce has run. Writes tile_start, tile_cursor, pair_start,
// state.
// A workgroup adds up the sums of all blocks before its own. This takes 8 loads per invocation for a million splats and
// no third dispatch. When there are few blocks, it adds up the counts themselves, 8 loads per block, without
// bin_reduce. Each invocation then scans a run of 8 consecutive counts.

layout(local_size_x = 128) in;

layout(set = 0, binding = 0, std430) readonly buffer tile_count_block { uint tile_count[]; };
layout(set = 0, binding = 1, std430) readonly buffer pair_count_block { uint pair_count[]; };
layout(set = 0, binding = 2, std430) readonly buffer block_sums_block { uint block_sums[]; };
layout(set = 0, binding = 3, std430) writeonly buffer tile_start_block { uint tile_start[]; }; // tiles + 1
layout(set = 0, binding = 4, std430) writeonly buffer tile_cursor_block { uint tile_cursor[]; };
layout(set = 0, binding = 5, std430) writeonly buffer pair_start_block { uint pair_start[]; };
layout(set = 0, binding = 6, std430) buffer state_block {
    uint pairs_needed;
    uint longest;
};

layout(push_constant) uniform Push {
    uint tiles;
    uint splats;
    uint reduced; // bin_reduce has run
};

const uint BLOCK = 1024u;
const uint RUN = BLOCK / gl_WorkGroupSize.x;

shared uint sums[gl_WorkGroupSize.x];
shared uint before; // the sum of the blocks before
shared uint greatest; // the greatest count of the block

void main() {
    uint lane = gl_LocalInvocationID.x;
    uint tile_blocks = (tiles + BLOCK - 1u) / BLOCK;
    bool of_tiles = gl_WorkGroupID.x < tile_blocks;
    uint first_block = of_tiles ? 0u : tile_blocks;
    uint count = of_tiles ? tiles : splats;
    uint begin = min((gl_WorkGroupID.x - first_block) * BLOCK + lane * RUN, count);
    uint end = min(begin + RUN, count);
    if (lane == 0u) {
        before = 0u;
        greatest = 0u;
    }
    barrier();
    uint sum = 0u;
    if (reduced != 0u) {
        for (uint b = first_block + lane; b < gl_WorkGroupID.x; b += gl_WorkGroupSize.x) {
            sum += block_sums[b];
        }
    } else {
        for (uint b = 0u; b < gl_WorkGroupID.x - first_block; b++) { // the blocks before are whole
            [[unroll]] for (uint n = 0u; n < RUN; n++) {
                uint i = b * BLOCK + n * gl_WorkGroupSize.x + lane;
                sum += of_tiles ? tile_count[i] : pair_count[i];
            }
        }
    }
    atomicAdd(before, sum);
    sum = 0u;
    uint most = 0u;
    for (uint i = begin; i < end; i++) {
        uint n = of_tiles ? tile_count[i] : pair_count[i];
        sum += n;
        most = max(most, n);
    }
    atomicMax(greatest, most);
    sums[lane] = sum;
    barrier();
    for (uint step = 1u; step < gl_WorkGroupSize.x; step *= 2u) {
        uint left = lane >= step ? sums[lane - step] : 0u;
        barrier();
        sums[lane] += left;
        barrier();
    }
    uint total = before + sums[gl_WorkGroupSize.x - 1u];
    uint at = before + sums[lane] - sum;
    for (uint i = begin; i < end; i++) {
        if (of_tiles) {
            tile_start[i] = at;
            tile_cursor[i] = at;
            at += tile_count[i];
        } else {
            pair_start[i] = at;
            at += pair_count[i];
        }
    }
    if (lane == 0u && of_tiles) {
        atomicMax(longest, greatest);
    }
    if (lane == 0u && gl_WorkGroupID.x + 1u == tile_blocks) {
        tile_start[tiles] = total;
        atomicMax(pairs_needed, total);
    }
}
