#version 450
#extension GL_GOOGLE_include_directive : require

// The least and the greatest value of each plane of parameters, on the scale that is cut into equal steps.
// Grid: one workgroup per plane. Reads params. Writes ranges (low, high).

#include "quad.glsl"

layout(local_size_x = 128) in;

layout(set = 0, binding = 0, std430) readonly buffer params_block { float params[]; };
layout(set = 0, binding = 1, std430) writeonly buffer ranges_block { vec2 ranges[]; };

#include "quantize.glsl"

shared vec2 ends[gl_WorkGroupSize.x];

// Turns -0 into +0: min and max would keep whichever zero comes first. The bits are compared, because -0 == 0.
float unsigned_zero(float v) {
    uint bits = floatBitsToUint(v);
    return uintBitsToFloat(bits == 0x80000000u ? 0u : bits);
}

void main() {
    uint plane = gl_WorkGroupID.x;
    uint lane = gl_LocalInvocationID.x;
    float any = to_linear(group_of(plane), params[plane * stride]);
    vec2 range = vec2(any);
    for (uint i = lane; i < splats; i += gl_WorkGroupSize.x) {
        float v = to_linear(group_of(plane), params[plane * stride + i]);
        range = vec2(min(range.x, v), max(range.y, v));
    }
    ends[lane] = range;
    barrier();
    for (uint half_size = gl_WorkGroupSize.x / 2u; half_size > 0u; half_size /= 2u) {
        if (lane < half_size) {
            ends[lane] = vec2(min(ends[lane].x, ends[lane + half_size].x), max(ends[lane].y, ends[lane + half_size].y));
        }
        barrier();
    }
    if (lane == 0u) {
        ranges[plane] = vec2(unsigned_zero(ends[0].x), unsigned_zero(ends[0].y));
    }
}
