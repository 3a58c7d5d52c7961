#version 450
#extension GL_GOOGLE_include_directive : require

// Convolves the errors of weigh_error with a Gaussian of 7 x 7 taps. The picture is mirrored at its edges.
// Grid: one workgroup per tile, 16 invocations. Each slides down one column of the tile and keeps the last seven sums
// along rows in registers for the sum down the column.
// Reads the errors of the tile and of three pixels around it. Writes blurred, in the place of the tile's pixels.

#include "quad.glsl"

layout(local_size_x = 16) in;

layout(set = 0, binding = 0, std430) readonly buffer errors_block { float errors_raw[]; };
layout(set = 1, binding = 0) uniform samplerBuffer errors_texel;
layout(set = 0, binding = 1, std430) writeonly buffer blurred_block { float blurred[]; };

layout(push_constant) uniform Push {
    uint width;
    uint height;
    uint row_begin; // first tile row
    uint ring;      // tile rows of errors and pixels
    uint base;      // the tile row at which the binding begins
    float taps0; // at distance 0, 1, 2, 3; the seven taps sum to 1
    float taps1;
    float taps2;
    float taps3;
    uint cell_rows; // tile rows of each picture
};

const int REACH = 3;
const uint ROW_WORDS = PIXEL_QUADS * (HALF ? 2u : 4u); // words of a pixel; blurred takes the place of pixels

// The index i, mirrored at the edges of the picture: -1 gives 0, n gives n - 1.
uint mirrored(int i, uint n) {
    int m = i < 0 ? -i - 1 : i;
    m = m >= int(n) ? 2 * int(n) - 1 - m : m;
    return uint(clamp(m, 0, int(n) - 1));
}

float error_at(uint line_first, uint x, uint row) {
    uint at = in_line(line_first + x / TILE * TILE + row, 1u, 0u, x % TILE);
    return TEXEL ? texelFetch(errors_texel, int(at)).x : errors_raw[at];
}

void main() {
    uvec2 tile = uvec2(gl_WorkGroupID.x, gl_WorkGroupID.y + row_begin);
    uint tiles_across = (width + TILE - 1u) / TILE;
    uint column = gl_LocalInvocationID.x;
    uint x[2 * REACH + 1];
    for (int k = 0; k <= 2 * REACH; k++) {
        x[k] = mirrored(int(tile.x * TILE + column) + k - REACH, width);
    }
    float rows[7];
    for (int k = 0; k < 7; k++) {
        rows[k] = 0.0;
    }
    uint own = tile_line(ring_slot(tile.y, base, ring), tiles_across, tile.x, 0u);
    bool inside = tile.x * TILE + column < width;
    uint row_in_picture = tile.y % cell_rows;
    uint first_row = tile.y - row_in_picture; // of the picture
    int top = int(row_in_picture * TILE);
    for (int i = -REACH; i < int(TILE) + REACH; i++) {
        uint y = mirrored(top + i, height);
        uint first = tile_line(ring_slot(first_row + y / TILE, base, ring), tiles_across, 0u, 0u);
        uint row = y % TILE;
        float across = taps0 * error_at(first, x[3], row) + taps1 * (error_at(first, x[2], row) + error_at(first, x[4], row))
            + taps2 * (error_at(first, x[1], row) + error_at(first, x[5], row)) + taps3 * (error_at(first, x[0], row) + error_at(first, x[6], row));
        for (int k = 0; k < 6; k++) {
            rows[k] = rows[k + 1];
        }
        rows[6] = across;
        if (i >= REACH && inside && top + i - REACH < int(height)) {
            blurred[(own + uint(i - REACH)) * TILE * ROW_WORDS + column] =
                taps0 * rows[3] + taps1 * (rows[2] + rows[4]) + taps2 * (rows[1] + rows[5]) + taps3 * (rows[0] + rows[6]);
        }
    }
}
