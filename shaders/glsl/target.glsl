// The target picture: unorm samples, four channels a texel, in the order of pixels (quad.glsl) with no ring. 8 bits a sample, or 16.

#ifndef TARGET_GLSL
#define TARGET_GLSL

layout(constant_id = 3) const bool DEEP = false; // 16 bits a sample

#define READ_TARGET(slot) \
    layout(set = 0, binding = slot, std430) readonly buffer target_block { uint target_raw[]; }; \
    layout(set = 1, binding = slot) uniform samplerBuffer target_texel;
#define TARGET(i) \
    (TEXEL ? texelFetch(target_texel, int(i)) \
           : DEEP ? vec4(unpackUnorm2x16(target_raw[2u * (i)]), unpackUnorm2x16(target_raw[2u * (i) + 1u])) \
                  : unpackUnorm4x8(target_raw[i]))

const uint TARGET_GROUPS = (CHANNELS + 3u) / 4u;

#endif
