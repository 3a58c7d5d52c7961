#version 450
#extension GL_GOOGLE_include_directive : require

// Packs the rendered tiles of a band into rows of 8-bit RGBA for display: clamped to [0,1], one channel as grey.
// Grid: one workgroup per tile, one invocation per pixel. Reads pixels. Writes the packed frame.

#include "quad.glsl"

layout(local_size_x = 16, local_size_y = 16) in;

READ_PIXELS(0, pixels)
layout(set = 0, binding = 1, std430) writeonly buffer frame_block { uint frame[]; };

layout(push_constant) uniform Push {
    uint width;
    uint height;
    uint row_begin; // first tile row of the band
    uint ring;      // tile rows of pixels
    uint base;      // the tile row at which the binding begins
    float shown;    // the exponent that takes clamped samples to display
};

void main() {
    uvec2 tile = uvec2(gl_WorkGroupID.x, gl_WorkGroupID.y + row_begin);
    uint row = gl_LocalInvocationID.y;
    uint column = gl_LocalInvocationID.x;
    uint x = tile.x * TILE + column;
    uint y = tile.y * TILE + row;
    if (x < width && y < height) {
        uint line = tile_line(ring_slot(tile.y, base, ring), (width + TILE - 1u) / TILE, tile.x, row);
        vec4 colours = clamp(PIXEL(pixels, in_line(line, PIXEL_QUADS, 0u, column)), 0.0, 1.0);
        if (shown != 1.0) {
            colours = pow(colours, vec4(shown));
        }
        frame[y * width + x] = packUnorm4x8(vec4(CHANNELS < 3u ? colours.rrr : colours.rgb, 1.0));
    }
}
