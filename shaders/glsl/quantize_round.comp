#version 450
#extension GL_GOOGLE_include_directive : require

// Parameters as the model file will hold them. Training renders these and updates the unrounded ones (straight-through
// estimator: Bengio, Leonard and Courville, 2013).
// Grid: one invocation per splat and plane. Reads params, ranges. Writes quantized (planes like params).
// Delicate: division may be inexact, so the quotient only gives a first guess of the nearest level.

#include "quad.glsl"
#include "number.glsl"

layout(local_size_x = 64) in;

layout(set = 0, binding = 0, std430) readonly buffer params_block { float params[]; };
layout(set = 0, binding = 1, std430) readonly buffer ranges_block { vec2 ranges[]; };
layout(set = 0, binding = 2, std430) writeonly buffer quantized_block { float quantized[]; };

#include "quantize.glsl"

const float PI = 3.14159274, INVERSE_PI = 0.318309873;
const float FLAT = 1e-30; // the same as in splat/quantize.go

float value(float q, vec2 range, float top, float size) {
    precise float way = q * size;
    precise float v = range.x + way;
    return q == top ? range.y : v;
}

float nearest(float v, vec2 range, float top, float share) {
    precise float low = range.x * share;
    precise float high = range.y * share;
    precise float size = high - low;
    if (v == range.x) {
        return range.x;
    }
    if (v == range.y || size <= FLAT || !below(size, 3.0e38)) {
        return range.y;
    }
    float inverse = 1.0 / size;
    float q = clamp(roundEven((v - range.x) * inverse), 0.0, top);
    q = clamp(q + roundEven((v - value(q, range, top, size)) * inverse), 0.0, top);
    float best = value(max(q - 1.0, 0.0), range, top, size);
    precise float least = abs(v - best);
    for (uint k = 0u; k < 2u; k++) {
        float other = value(min(q + float(k), top), range, top, size);
        precise float off = abs(v - other);
        if (off < least) {
            best = other;
            least = off;
        }
    }
    return best;
}

float turned(float angle) {
    precise float turns = floor(angle * INVERSE_PI);
    precise float whole = turns * PI;
    precise float rest = angle - whole;
    precise float q = roundEven(rest * per_radian);
    if (!below(q, 2147483648.0)) {
        return 0.0;
    }
    return float(uint(int(q)) & levels[2]) * radians;
}

void main() {
    uint i = INVOCATION;
    uint plane = gl_WorkGroupID.z;
    if (i < splats) {
        float v = params[plane * stride + i];
        uint group = group_of(plane);
        if (levels[group] != 0u) {
            if (plane == ROT) {
                v = turned(v);
            } else {
                v = from_linear(group, nearest(to_linear(group, v), ranges[plane], float(levels[group]), share[group]));
            }
        }
        quantized[plane * stride + i] = v;
    }
}
