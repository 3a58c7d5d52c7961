#version 450
#extension GL_GOOGLE_include_directive : require

// The error of each pixel, sharp and blurred, by which splats are added and moved: the sum over channels of (clamp(C, 0, 1) - T)^2, and
// that convolved with a Gaussian of 7 x 7 taps whose border is mirrored. Both go to the host as float16, times SCALE.
// Grid: one workgroup a tile, 16 x 16. Reads pixels, target of the tile and of three pixels around it; writes weights (in the place of the
// thresholds, which nothing reads any more) and the tile's sum of errors to partial.

#include "quad.glsl"
#include "target.glsl"

layout(local_size_x = 16, local_size_y = 16) in;

READ_PIXELS(0, pixels)
READ_TARGET(1)
layout(set = 0, binding = 2, std430) writeonly buffer weights_block { uint weights[]; };
layout(set = 0, binding = 3, std430) writeonly buffer partial_block { vec2 partial[]; };

layout(push_constant) uniform Push {
    uint width;
    uint height;
    uint row_begin; // first tile row
    uint ring;      // tile rows of pixels and weights
    uint base;      // the first of them that is bound
    uint target_begin; // first tile row of the target that is bound
    uint partial_begin;
    float taps0; // of the Gaussian, at distance 0, 1, 2, 3; they sum to 1 with their mirror images
    float taps1;
    float taps2;
    float taps3;
};

const uint REACH = 3u;
const uint SIDE = TILE + 2u * REACH;
const float SCALE = 4096.0; // a step of 8 bits squared, 1.5e-5, is 0.06 then; the greatest error, 12 channels of 1, is 49152

shared float errors[SIDE * SIDE];
shared float across[SIDE * TILE];
shared float sums[TILE * TILE];

// Index beyond the border, mirrored about the edge of the picture: -1 is 0, n is n - 1.
uint mirrored(int i, uint n) {
    int m = i < 0 ? -i - 1 : i;
    m = m >= int(n) ? 2 * int(n) - 1 - m : m;
    return uint(clamp(m, 0, int(n) - 1));
}

float error_at(uint x, uint y, uint tiles_across) {
    uint line = tile_line(ring_slot(y / TILE, base, ring), tiles_across, x / TILE, y % TILE);
    uint wanted_line = tile_line(y / TILE - target_begin, tiles_across, x / TILE, y % TILE);
    float sum = 0.0;
    vec4 colour = vec4(0.0);
    for (uint c = 0u; c < CHANNELS; c++) {
        if (c % 4u == 0u) {
            colour = PIXEL(pixels, in_line(line, PIXEL_QUADS, c / 4u, x % TILE));
        }
        float error = clamp(colour[c % 4u], 0.0, 1.0) - TARGET(in_line(wanted_line, CHANNELS, c, x % TILE));
        sum = fma(error, error, sum);
    }
    return sum;
}

void main() {
    uvec2 tile = uvec2(gl_WorkGroupID.x, gl_WorkGroupID.y + row_begin);
    uint tiles_across = (width + TILE - 1u) / TILE;
    uint lane = gl_LocalInvocationIndex;
    for (uint i = lane; i < SIDE * SIDE; i += TILE * TILE) {
        uint x = mirrored(int(tile.x * TILE + i % SIDE) - int(REACH), width);
        uint y = mirrored(int(tile.y * TILE + i / SIDE) - int(REACH), height);
        errors[i] = error_at(x, y, tiles_across);
    }
    barrier();
    for (uint i = lane; i < SIDE * TILE; i += TILE * TILE) {
        uint at = i / TILE * SIDE + i % TILE + REACH;
        across[i] = taps0 * errors[at] + taps1 * (errors[at - 1u] + errors[at + 1u]) + taps2 * (errors[at - 2u] + errors[at + 2u]) + taps3 * (errors[at - 3u] + errors[at + 3u]);
    }
    barrier();
    uint column = gl_LocalInvocationID.x;
    uint row = gl_LocalInvocationID.y;
    uint at = (row + REACH) * TILE + column;
    float blurred = taps0 * across[at] + taps1 * (across[at - TILE] + across[at + TILE]) + taps2 * (across[at - 2u * TILE] + across[at + 2u * TILE])
        + taps3 * (across[at - 3u * TILE] + across[at + 3u * TILE]);
    float sharp = errors[(row + REACH) * SIDE + column + REACH];
    bool inside = tile.x * TILE + column < width && tile.y * TILE + row < height;
    if (inside) {
        uint line = tile_line(ring_slot(tile.y, base, ring), tiles_across, tile.x, row);
        weights[in_line(line, 1u, 0u, column)] = packHalf2x16(min(vec2(sharp, blurred) * SCALE, vec2(65504.0)));
    }
    sums[lane] = inside ? sharp : 0.0;
    barrier();
    for (uint half_size = TILE * TILE / 2u; half_size > 0u; half_size /= 2u) {
        if (lane < half_size) {
            sums[lane] += sums[lane + half_size];
        }
        barrier();
    }
    if (lane == 0u) {
        partial[partial_begin + gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x] = vec2(0.0, sums[0]);
    }
}
