#version 450
// y = a x + y. Grid: one invocation per element. Reads x, y; writes y.
layout(local_size_x_id = 0) in;
layout(set = 0, binding = 0, std430) readonly buffer x_block { float x[]; };
layout(set = 0, binding = 1, std430) buffer y_block { float y[]; };
layout(push_constant) uniform Push {
    uint count;
    float a;
};
void main() {
    uint i = gl_GlobalInvocationID.x;
    if (i < count) {
        y[i] = a * x[i] + y[i];
    }
}
