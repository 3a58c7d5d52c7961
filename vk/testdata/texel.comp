#version 450
// Copies the first component of texels, read from storage or as texels. Grid: one invocation per texel.
layout(local_size_x = 64) in;
layout(constant_id = 0) const bool TEXEL = false;
layout(set = 0, binding = 0, std430) readonly buffer in_block { vec4 raw[]; };
layout(set = 1, binding = 0) uniform samplerBuffer texels;
layout(set = 0, binding = 1, std430) writeonly buffer out_block { float result[]; };
layout(push_constant) uniform Push { uint count; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    if (i < count) {
        result[i] = TEXEL ? texelFetch(texels, int(i)).x : raw[i].x;
    }
}
