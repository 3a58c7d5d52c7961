// The target picture: unorm samples of 8 bits or 16, in the order of pixels (quad.glsl) with no ring, a channel of a row of a tile
// after the other.

#ifndef TARGET_GLSL
#define TARGET_GLSL

layout(constant_id = 3) const bool DEEP = false;  // 16 bits a sample
layout(constant_id = 4) const bool GAMMA = false; // it is to be undone where the picture is measured

#define READ_TARGET(slot) \
    layout(set = 0, binding = slot, std430) readonly buffer target_block { uint target_raw[]; }; \
    layout(set = 1, binding = slot) uniform samplerBuffer target_texel;
#define TARGET(i) \
    (TEXEL ? texelFetch(target_texel, int(i)).x \
           : DEEP ? unpackUnorm2x16(target_raw[(i) / 2u])[(i) % 2u] \
                  : unpackUnorm4x8(target_raw[(i) / 4u])[(i) % 4u])

// A sample of 0..1 as it is shown: taken to the power of 1/gamma. Kernels have it in a variant of their own: even where it is not called it made the two
// passes that use it 1.7 times as slow on lavapipe.
float as_shown(float unit, float power) {
    return unit == 0.0 ? 0.0 : pow(unit, power);
}

#endif
