// The target picture: unorm samples of 8 or 16 bits, in the order of pixels (quad.glsl) without a ring. Each row of a
// tile holds one channel after the other.

#ifndef TARGET_GLSL
#define TARGET_GLSL

layout(constant_id = 3) const bool DEEP = false;  // 16 bits per sample
layout(constant_id = 4) const bool GAMMA = false; // evaluation undoes gamma

#define READ_TARGET(slot) \
    layout(set = 0, binding = slot, std430) readonly buffer target_block { uint target_raw[]; }; \
    layout(set = 1, binding = slot) uniform samplerBuffer target_texel;
#define TARGET(i) \
    (TEXEL ? texelFetch(target_texel, int(i)).x \
           : DEEP ? unpackUnorm2x16(target_raw[(i) / 2u])[(i) % 2u] \
                  : unpackUnorm4x8(target_raw[(i) / 4u])[(i) % 4u])

// A sample of 0..1 for display: to the power of 1/gamma. Kernels call it only in the variant with GAMMA: on lavapipe
// the two passes that use it took 1.7 times as long, even where it was never called.
float as_shown(float unit, float power) {
    return unit == 0.0 ? 0.0 : pow(unit, power);
}

#endif
