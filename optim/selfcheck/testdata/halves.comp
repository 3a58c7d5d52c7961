#version 450
#extension GL_GOOGLE_include_directive : require

// For a test: stores quads as pixels are stored. Grid: one invocation a quad.

#include "quad.glsl"

layout(local_size_x = 64) in;

layout(set = 0, binding = 0, std430) readonly buffer quads_block { vec4 quads[]; };
layout(set = 0, binding = 1, std430) writeonly buffer pixels_block { uvec2 pixels_raw[]; };

void main() {
    uint i = gl_GlobalInvocationID.x;
    if (i < quads.length()) {
        STORE_PIXEL(pixels, i, quads[i])
    }
}
