#version 450
// Writes texels as the format of the view decodes them. Grid: one invocation per texel.
layout(local_size_x = 64) in;
layout(set = 1, binding = 0) uniform samplerBuffer texels;
layout(set = 0, binding = 1, std430) writeonly buffer out_block { vec4 result[]; };
layout(push_constant) uniform Push { uint count; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    if (i < count) {
        result[i] = texelFetch(texels, int(i));
    }
}
