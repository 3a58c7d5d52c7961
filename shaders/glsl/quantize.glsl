// Rounds parameters to the precision of the model file, to the same bits as package splat (quantize.go). So training
// measures exactly what a file holds. Every float operation is one that drivers round to nearest, and `precise` keeps
// the operations apart.

#ifndef QUANTIZE_GLSL
#define QUANTIZE_GLSL

const uint T1 = 2u, T2 = 3u, ROT = 4u; // planes
const uint OCTAVE = 7u;                // low bits of a companded float that are dropped

layout(push_constant) uniform Push {
    uint splats;
    uint stride;
    uint levels[4];   // 2^bits - 1 of xy, scale, rot, feat; 0 = not quantised
    float share[4];   // 1 / levels
    float per_radian; // 2^bits / pi, with the bits of rot
    float radians;    // 1 / per_radian
};

uint group_of(uint plane) {
    return plane < T1 ? 0u : plane < ROT ? 1u : plane == ROT ? 2u : 3u;
}

// Centre and offset of companding, by group; the same as in splat/quantize.go.
const vec2 COMPAND[4] = vec2[4](vec2(0.0), vec2(0.0, 0.125), vec2(0.0), vec2(0.5, 0.5));
const uint MOST = 0x7f7fffffu >> OCTAVE;

uint companded(float v) {
    return min((floatBitsToUint(v) + (1u << (OCTAVE - 1u))) >> OCTAVE, MOST);
}

// The value of a parameter on the scale that is cut into equal steps.
float to_linear(uint group, float v) {
    if (group == 0u || group == 2u) {
        return v;
    }
    vec2 compand = COMPAND[group];
    precise float off = v - compand.x;
    precise float far = abs(off) + compand.y;
    int u = int(companded(far) - companded(compand.y)); // an integer, so there is no -0
    return float(off < 0.0 && group == 3u ? -u : u);
}

// The inverse of to_linear.
float from_linear(uint group, float u) {
    if (group == 0u || group == 2u) {
        return u;
    }
    vec2 compand = COMPAND[group];
    uint far = min(uint(roundEven(abs(u))) + companded(compand.y), MOST);
    precise float off = uintBitsToFloat(far << OCTAVE) - compand.y;
    precise float v = compand.x + (u < 0.0 ? -off : off);
    return v;
}

#endif
