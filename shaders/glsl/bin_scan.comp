#version 450
#extension GL_GOOGLE_include_directive : require

// Exclusive prefix sums; the greatest number of pairs that a band of this step asked for; the longest list of a tile.
// Grid: two workgroups; the first sums tile_count into tile_start and tile_cursor, the second pair_count into pair_start.
// Each invocation owns one run of neighbours. Reads tile_count, pair_count; writes the rest.

layout(local_size_x = 128) in;

layout(set = 0, binding = 0, std430) readonly buffer tile_count_block { uint tile_count[]; };
layout(set = 0, binding = 1, std430) readonly buffer pair_count_block { uint pair_count[]; };
layout(set = 0, binding = 2, std430) writeonly buffer tile_start_block { uint tile_start[]; }; // tiles + 1
layout(set = 0, binding = 3, std430) writeonly buffer tile_cursor_block { uint tile_cursor[]; };
layout(set = 0, binding = 4, std430) writeonly buffer pair_start_block { uint pair_start[]; };
layout(set = 0, binding = 5, std430) buffer state_block {
    uint pairs_needed;
    uint broken;
    uint overflow;
    uint longest;
};

layout(push_constant) uniform Push {
    uint tiles;
    uint splats;
};

shared uint sums[gl_WorkGroupSize.x];

void main() {
    uint lane = gl_LocalInvocationID.x;
    bool of_tiles = gl_WorkGroupID.x == 0u;
    uint count = of_tiles ? tiles : splats;
    uint run = (count + gl_WorkGroupSize.x - 1u) / gl_WorkGroupSize.x;
    uint begin = min(lane * run, count);
    uint end = min(begin + run, count);
    uint sum = 0u;
    uint greatest = 0u;
    for (uint i = begin; i < end; i++) {
        uint n = of_tiles ? tile_count[i] : pair_count[i];
        sum += n;
        greatest = max(greatest, n);
    }
    if (of_tiles) {
        atomicMax(longest, greatest);
    }
    sums[lane] = sum;
    barrier();
    for (uint step = 1u; step < gl_WorkGroupSize.x; step *= 2u) {
        uint left = lane >= step ? sums[lane - step] : 0u;
        barrier();
        sums[lane] += left;
        barrier();
    }
    uint total = sums[gl_WorkGroupSize.x - 1u];
    uint at = sums[lane] - sum;
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
    if (of_tiles && lane == 0u) {
        tile_start[tiles] = total;
        atomicMax(pairs_needed, total);
    }
}
