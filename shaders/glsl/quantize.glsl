// How parameters are cut to the precision of the model file: the same bits as room splat gives (quantize.go), so that what is measured
// in training is what a file holds. Every float operation is one that Vulkan rounds correctly, and precise keeps them apart.

#ifndef QUANTIZE_GLSL
#define QUANTIZE_GLSL

const uint T1 = 2u, T2 = 3u, ROT = 4u; // planes
const uint OCTAVE = 7u;                // bits of a scale that are let go

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

// The scale on which a plane is cut into equal steps.
float uncut(uint plane, float v) {
    if (plane != T1 && plane != T2) {
        return v;
    }
    return float(min(((floatBitsToUint(v) & 0x7fffffffu) + (1u << (OCTAVE - 1u))) >> OCTAVE, 0x7f7fffffu >> OCTAVE));
}

#endif
