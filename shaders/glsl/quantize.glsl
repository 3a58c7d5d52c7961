// How parameters are cut to the precision of the model file: the same bits as room splat gives (quantize.go), so that what is measured
// in training is what a file holds. Float operations are single ones that drivers round to nearest, and precise keeps them apart.

#ifndef QUANTIZE_GLSL
#define QUANTIZE_GLSL

const uint T1 = 2u, T2 = 3u, ROT = 4u; // planes
const uint OCTAVE = 7u;                // bits of a bent float that are let go

layout(push_constant) uniform Push {
    uint splats;
    uint stride;
    uint levels[4];   // of xy, scale, rot, feat: 2^bits - 1; 0 = as they are
    float share[4];   // one part in that many
    float per_radian; // 2^bits / pi of rot
    float radians;    // and the inverse
};

uint group_of(uint plane) {
    return plane < T1 ? 0u : plane < ROT ? 1u : plane == ROT ? 2u : 3u;
}

// Centre and offset of what is bent (splat.bend).
const vec2 BEND[4] = vec2[4](vec2(0.0), vec2(0.0, 0.125), vec2(0.0), vec2(0.5, 0.5));
const uint MOST = 0x7f7fffffu >> OCTAVE;

uint bent(float v) {
    return min((floatBitsToUint(v) + (1u << (OCTAVE - 1u))) >> OCTAVE, MOST);
}

// The scale on which a parameter is cut into equal steps.
float uncut(uint group, float v) {
    if (group == 0u || group == 2u) {
        return v;
    }
    vec2 bend = BEND[group];
    precise float off = v - bend.x;
    precise float far = abs(off) + bend.y;
    int u = int(bent(far) - bent(bend.y)); // of integers: there is no -0
    return float(off < 0.0 && group == 3u ? -u : u);
}

// The inverse.
float cut_back(uint group, float u) {
    if (group == 0u || group == 2u) {
        return u;
    }
    vec2 bend = BEND[group];
    uint far = min(uint(roundEven(abs(u))) + bent(bend.y), MOST);
    precise float off = uintBitsToFloat(far << OCTAVE) - bend.y;
    precise float v = bend.x + (u < 0.0 ? -off : off);
    return v;
}

#endif
