#version 450
#extension GL_GOOGLE_include_directive : require

// Gradient of splat_project in the splat's own frame and the Adam update, fused. The coordinates of a splat are its
// displacement along its two axes in units of its own sigma (e1, e2), ln t1, ln t2, the angle, and its features; see
// docs/recipe.md.
// Grid: one invocation per splat.
// Reads sums, step, quantized. Updates state, params and moments (planes of 5 + channels, m before v, then one plane of
// ages). With KEEP the gradient is left in sums, for tests.
// Invariant: nothing changes when the pair lists or the gradients overflowed in this step; the host sees this in the
// report. A splat whose gradient is not finite does not change. A shape or a feature keeps its value when the update
// would not be finite. In both cases broken is set.

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
    float scale_min; // bounds of t, 1/px
    float scale_max;
    float aspect; // greatest ratio of the two scales; 0 = no bound
    float margin; // features stay in -margin .. 1 + margin; 0 = no bound
    uint present;     // splats of each picture
    uint cell_splats; // splats that each picture has room for
};

Step step; // of the picture of the splat

const uint PLANES = 5u + CHANNELS;

// The Adam step of one coordinate, not yet times the rate. Stores the moments.
float adam(uint plane, uint i, float gradient, vec2 correction) {
    uint first = plane * stride + i;
    uint second = (PLANES + plane) * stride + i;
    float m = step.beta1 * moments[first] + (1.0 - step.beta1) * gradient;
    float v = step.beta2 * moments[second] + (1.0 - step.beta2) * gradient * gradient;
    moments[first] = m;
    moments[second] = v;
    if (KEEP) {
        sums[first] = gradient;
    }
    return m * correction.x / (sqrt(v * correction.y) + step.epsilon);
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
    vec2 t = max(abs(shape.xy), vec2(1e-6));
    vec2 r = rotation(shape.z);
    // S = sum g {dx, dy, dx^2, dx dy, dy^2} with g = dL/ds; rasterize_grad leaves -S
    float Sx = -sums[i] * step.unscale * spacing;
    float Sy = -sums[stride + i] * step.unscale * spacing;
    vec3 S2 = -vec3(sums[2u * stride + i], sums[3u * stride + i], sums[4u * stride + i]) * step.unscale * (spacing * spacing);
    vec2 square = r * r;
    float cross_term = r.x * r.y;
    float gradient[5] = float[5](
        -t.x * (r.x * Sx + r.y * Sy),
        -t.y * (r.x * Sy - r.y * Sx),
        t.x * t.x * dot(S2, vec3(square.x, 2.0 * cross_term, square.y)),
        t.y * t.y * dot(S2, vec3(square.y, -2.0 * cross_term, square.x)),
        (t.x * t.x - t.y * t.y) * (cross_term * (S2.z - S2.x) + (square.x - square.y) * S2.y));
    // Finite sums can have squares that are not finite. The splat then does not change.
    bool fits = below(t.x + t.y + abs(shape.z), 1e30);
    for (uint k = 0u; k < 5u; k++) {
        fits = fits && below(gradient[k], 1e18);
    }
    for (uint c = 0u; c < CHANNELS; c++) {
        fits = fits && below(sums[(5u + c) * stride + i] * step.unscale, 1e18);
    }
    if (!fits) {
        atomicOr(faults[i / cell_splats].x, 1u);
        return;
    }
    uint age_at = 2u * PLANES * stride + i;
    uint age = floatBitsToUint(moments[age_at]) + 1u;
    moments[age_at] = uintBitsToFloat(age);
    vec2 correction = 1.0 / (1.0 - exp2(float(age) * log2(vec2(step.beta1, step.beta2))));

    vec2 e = step.rate_xy * vec2(adam(0u, i, gradient[0], correction), adam(1u, i, gradient[1], correction)) / t;
    vec2 tau = step.rate_scale * vec2(adam(2u, i, gradient[2], correction), adam(3u, i, gradient[3], correction));
    float lopsided = max(abs(t.x / t.y - t.y / t.x), 0.3);
    float theta = step.rate_rot / lopsided * adam(4u, i, gradient[4], correction);
    vec2 place = vec2(params[i] - (r.x * e.x - r.y * e.y) / float(width), params[stride + i] - (r.y * e.x + r.x * e.y) / float(height));
    vec2 moved = max(abs(vec2(params[2u * stride + i], params[3u * stride + i])), vec2(1e-6)) * exp(-tau);
    float angle = params[4u * stride + i] - theta;
    if (!below(abs(place.x) + abs(place.y) + moved.x + moved.y + abs(angle), 1e30)) {
        atomicOr(faults[i / cell_splats].x, 1u);
        return;
    }
    moved = clamp(moved, vec2(scale_min), vec2(scale_max));
    if (aspect > 0.0 && step.rate_scale > 0.0) {
        float ratio = moved.x / moved.y;
        float excess = sqrt(max(max(ratio, 1.0 / ratio) / aspect, 1.0));
        moved *= ratio > 1.0 ? vec2(1.0 / excess, excess) : vec2(excess, 1.0 / excess);
    }
    params[i] = place.x;
    params[stride + i] = place.y;
    params[2u * stride + i] = moved.x;
    params[3u * stride + i] = moved.y;
    params[4u * stride + i] = angle;
    for (uint c = 0u; c < CHANNELS; c++) {
        uint at = (5u + c) * stride + i;
        float feature = params[at] - step.rate_feat * adam(5u + c, i, sums[at] * step.unscale, correction);
        if (!below(feature, 1e30)) {
            atomicOr(faults[i / cell_splats].x, 1u);
            continue;
        }
        params[at] = margin > 0.0 ? clamp(feature, -margin, 1.0 + margin) : feature;
    }
}
