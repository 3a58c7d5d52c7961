#version 450
// One link of a chain that a missing barrier breaks. Element i of the result is element i + stride of the source (with
// wrap around) plus one, so each workgroup reads what a distant workgroup of the previous link wrote. Reads source.
// Writes result.
layout(local_size_x = 64) in;
layout(set = 0, binding = 0, std430) readonly buffer source_block { uint source[]; };
layout(set = 0, binding = 1, std430) writeonly buffer result_block { uint result[]; };
layout(push_constant) uniform Push {
    uint count;
    uint stride;
};
void main() {
    uint i = gl_GlobalInvocationID.x;
    if (i < count) {
        result[i] = source[(i + stride) % count] + 1u;
    }
}
