// The target picture: unorm samples of 8 bits or 16, in the order of pixels (quad.glsl) with no ring, a channel of a row of a tile
// after the other.

#ifndef TARGET_GLSL
#define TARGET_GLSL

layout(constant_id = 3) const bool DEEP = false; // 16 bits a sample

#define READ_TARGET(slot) \
    layout(set = 0, binding = slot, std430) readonly buffer target_block { uint target_raw[]; }; \
    layout(set = 1, binding = slot) uniform samplerBuffer target_texel;
#define TARGET(i) \
    (TEXEL ? texelFetch(target_texel, int(i)).x \
           : DEEP ? unpackUnorm2x16(target_raw[(i) / 2u])[(i) % 2u] \
                  : unpackUnorm4x8(target_raw[(i) / 4u])[(i) % 4u])

// A sample as it is shown: clamped, and taken to the power of 1/gamma.
float as_shown(float v, float power) {
    float unit = clamp(v, 0.0, 1.0);
    return power == 1.0 || unit == 0.0 ? unit : pow(unit, power);
}

#endif
