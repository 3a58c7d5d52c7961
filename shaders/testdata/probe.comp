#version 450
#extension GL_EXT_shader_16bit_storage : require
// Holds every case that the reflection must distinguish.
layout(local_size_x_id = 4, local_size_y = 2) in;
layout(constant_id = 0) const bool FLIP = true;
layout(constant_id = 7) const float GAIN = 1.5;

struct Splat {
    vec2 xy;
    float rot;
};
layout(set = 0, binding = 0, std430) readonly buffer a_block { Splat a[]; };
layout(set = 1, binding = 0) uniform samplerBuffer a_texel;
layout(set = 0, binding = 1, std430) writeonly buffer b_block { float16_t b[]; };
layout(set = 0, binding = 2, std430) buffer c_block { uint head; uint c[5]; mat2x3 m; };
layout(set = 1, binding = 4) uniform usamplerBuffer d_texel;
layout(set = 0, binding = 5, std430) readonly buffer e_block { vec4 e4[]; };
layout(set = 0, binding = 5, std430) buffer f_block { float e1[]; };
layout(push_constant) uniform Push {
    uint count;
    vec2 shift;
    Splat first;
} push;

void main() {
    uint i = gl_GlobalInvocationID.x;
    if (i < push.count) {
        float v = a[i].rot * GAIN + texelFetch(a_texel, int(i)).x + push.shift.x + push.first.rot + e4[i].x + m[1][0];
        b[i] = float16_t(FLIP ? -v : v);
        c[i % 5u] += head + texelFetch(d_texel, int(i)).x;
        e1[i] = v;
    }
}
