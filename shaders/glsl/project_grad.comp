#version 450
#extension GL_GOOGLE_include_directive : require

// Gradient of splat_project and the Adam update, fused (Kingma and Ba, 2015, algorithm 1).
// Grid: one invocation per splat.
// Reads sums, step, quantized. Updates state, params and moments (planes of 5 + channels, m before v). With KEEP the
// gradient of the parameters is left in sums, for tests.
// Invariant: nothing changes when the pair lists or the gradients overflowed in this step; the host sees this in the
// report. A parameter keeps its value when the update would not be finite, and broken is set.

#include "quad.glsl"
#include "number.glsl"
#include "step.glsl"
#include "rotation.glsl"

layout(constant_id = 3) const bool KEEP = false;
layout(constant_id = 4) const bool QUANTIZED = false;
layout(local_size_x = 64) in;

layout(set = 0, binding = 0, std430) buffer sums_block { float sums[]; };
layout(set = 0, binding = 1, std430) readonly buffer step_block { Step steps[]; }; // by picture
layout(set = 0, binding = 2, std430) buffer state_block {
    uint pairs_needed;
    uint longest;
    uvec2 offset;
    uvec2 faults[]; // by picture: broken (an update is not finite), overflow
};
layout(set = 0, binding = 3, std430) buffer params_block { float params[]; };
layout(set = 0, binding = 4, std430) buffer moments_block { float moments[]; };

// The parameters that were rendered. Read only with QUANTIZED.
layout(set = 0, binding = 5, std430) readonly buffer quantized_block { float quantized[]; };

layout(push_constant) uniform Push {
    uint splats;
    uint stride;
    uint width; // of the whole picture
    uint height;
    uint capacity;
    float spacing; // px between neighbouring pixels of the step: the unit of dx and dy in the sums
    uint present;     // splats of each picture
    uint cell_splats; // splats that each picture has room for
};

Step step; // of the picture of the splat

void adam(uint plane, uint i, float gradient, float rate) {
    uint at = plane * stride + i;
    uint second = (5u + CHANNELS) * stride + at;
    float m = step.beta1 * moments[at] + (1.0 - step.beta1) * gradient;
    float v = step.beta2 * moments[second] + (1.0 - step.beta2) * gradient * gradient;
    float value = params[at] - rate * m * step.correction1 / (sqrt(v * step.correction2) + step.epsilon);
    if (below(value, 3.0e38) && below(v, 3.0e38)) {
        moments[at] = m;
        moments[second] = v;
        params[at] = value;
    } else {
        atomicOr(faults[i / cell_splats].x, 1u);
    }
    if (KEEP) {
        sums[at] = gradient;
    }
}

void main() {
    uint i = INVOCATION;
    uint cell = i / cell_splats;
    if (i >= splats || i - cell * cell_splats >= present || pairs_needed > capacity || faults[cell].y != 0u) {
        return;
    }
    step = steps[cell];
    vec3 shape = QUANTIZED ? vec3(quantized[2u * stride + i], quantized[3u * stride + i], quantized[4u * stride + i])
                           : vec3(params[2u * stride + i], params[3u * stride + i], params[4u * stride + i]);
    // Rendering uses |scale|, and the quantised scale has lost its sign. The gradient needs the sign.
    vec2 t = vec2(params[2u * stride + i] < 0.0 ? -abs(shape.x) : abs(shape.x), params[3u * stride + i] < 0.0 ? -abs(shape.y) : abs(shape.y));
    vec2 r = rotation(shape.z);
    vec3 conic = halved_conic(t, r);
    // h = -sum g {dx, dy, dx^2, dx dy, dy^2}, see rasterize_grad
    vec2 h = vec2(sums[i], sums[stride + i]) * step.unscale * spacing;
    vec3 dconic = -vec3(sums[2u * stride + i], sums[3u * stride + i], sums[4u * stride + i]) * step.unscale * (spacing * spacing);
    vec2 square = r * r;
    float cross_term = r.x * r.y;

    adam(0u, i, (2.0 * conic.x * h.x + conic.y * h.y) * float(width), step.rate_xy);
    adam(1u, i, (conic.y * h.x + 2.0 * conic.z * h.y) * float(height), step.rate_xy);
    adam(2u, i, t.x * dot(dconic, vec3(square.x, 2.0 * cross_term, square.y)), step.rate_scale);
    adam(3u, i, t.y * dot(dconic, vec3(square.y, -2.0 * cross_term, square.x)), step.rate_scale);
    adam(4u, i, dot(dconic, vec3(-conic.y, 2.0 * (conic.x - conic.z), conic.y)), step.rate_rot);
    for (uint c = 0u; c < CHANNELS; c++) {
        adam(5u + c, i, sums[(5u + c) * stride + i] * step.unscale, step.rate_feat);
    }
}
