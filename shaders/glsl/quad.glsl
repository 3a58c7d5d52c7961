// Reading and writing of quads (four floats), the unit of all per-pixel and per-splat storage.
//
// A kernel can see the buffer of a quad in two ways: as storage (set 0) and as a uniform texel buffer (set 1). TEXEL
// chooses one of them at pipeline creation. CPU devices read texels: on lavapipe (Mesa 22.3.6) one RGBA32F fetch costs
// 7 ns per 8 lanes, and reading the same quad from storage 23 ns. GPUs read storage.
// HALF stores a quad as two packed pairs of float16. This needs no 16-bit storage feature of the device.

#ifndef QUAD_GLSL
#define QUAD_GLSL

layout(constant_id = 0) const bool TEXEL = false;
layout(constant_id = 1) const bool HALF = false;
layout(constant_id = 2) const uint CHANNELS = 3u;

const uint TILE = 16u;

// A pixel holds its colours C and the denominator D. loss_grad replaces them with the gradient: v/D in the place of the
// colours, and C.v/D after D, or in the place of D with three channels, where the quad ends.
const uint PIXEL_QUADS = CHANNELS == 3u ? 1u : (CHANNELS + 5u) / 4u;
const uint DENOMINATOR = CHANNELS;                          // index of D among the values of a pixel
const uint PULL = CHANNELS == 3u ? CHANNELS : CHANNELS + 1u; // index of C.v/D
// Quads of the geometry of a splat: (mu_x, mu_y, a/2, b), (c/2, f0, f1, f2), (f3, ...).
const uint SPLAT_QUADS = 1u + (CHANNELS + 4u) / 4u;
// Quads of the sums of one splat-tile pair: 5 of the geometry, then one per channel.
const uint RECORD_QUADS = (CHANNELS + 8u) / 4u;

// Quads that are float32 in every mode.
#define READ_QUADS(slot, name) \
    layout(set = 0, binding = slot, std430) readonly buffer name##_block { vec4 name##_raw[]; }; \
    layout(set = 1, binding = slot) uniform samplerBuffer name##_texel;
#define QUAD(name, i) (TEXEL ? texelFetch(name##_texel, int(i)) : name##_raw[i])

// Quads that are float16 when HALF is set.
#define READ_PIXELS(slot, name) \
    layout(set = 0, binding = slot, std430) readonly buffer name##_block { uvec2 name##_raw[]; }; \
    layout(set = 1, binding = slot) uniform samplerBuffer name##_texel;
#define UPDATE_PIXELS(slot, name) \
    layout(set = 0, binding = slot, std430) buffer name##_block { uvec2 name##_raw[]; }; \
    layout(set = 1, binding = slot) uniform samplerBuffer name##_texel;
#define UNPACKED(name, i) \
    (HALF ? vec4(unpackHalf2x16(name##_raw[i].x), unpackHalf2x16(name##_raw[i].y)) \
          : uintBitsToFloat(uvec4(name##_raw[2u * (i)], name##_raw[2u * (i) + 1u])))
#define PIXEL(name, i) (TEXEL ? texelFetch(name##_texel, int(i)) : UNPACKED(name, i))
#define STORE_PIXEL(name, i, v) \
    if (HALF) { \
        name##_raw[i] = packed_halves(v); \
    } else { \
        name##_raw[2u * (i)] = floatBitsToUint((v).xy); \
        name##_raw[2u * (i) + 1u] = floatBitsToUint((v).zw); \
    }

// Two floats as float16, rounded to nearest even; from 65520 on the result is infinity. packHalf2x16 is not used,
// because its rounding depends on the driver: RADV and NVK round toward zero, and the error of position gradients was
// 5e-3 instead of 2e-4. Two floats at a time, because four at once cost loss_ssim a wave on GFX9.
uint packed_pair(vec2 v) {
    uvec2 bits = floatBitsToUint(v);
    uvec2 size = min(bits & 0x7fffffffu, 0x47800000u);
    uvec2 odd = size >> 13u & 1u;
    // The exponent less 112; a carry out of the mantissa goes into it.
    uvec2 halves = (size - 0x38000000u + 0xfffu + odd) >> 13u;
    // Below 2^-14: adding 0.5 gives floats the spacing of halves.
    precise vec2 shifted = uintBitsToFloat(size) + 0.5;
    halves = mix(halves, floatBitsToUint(shifted) - 0x3f000000u, lessThan(size, uvec2(0x38800000u)));
    halves |= mix(uvec2(0u), uvec2(0x200u), greaterThan(bits & 0x7fffffffu, uvec2(0x7f800000u))); // NaN
    halves |= bits >> 16u & 0x8000u;
    return halves.x | halves.y << 16u;
}

uvec2 packed_halves(vec4 v) {
    return uvec2(packed_pair(v.xy), packed_pair(v.zw));
}

// For walks along a row of 16 pixels: 16 bytes per fetch, which is one pixel of float32 or two neighbours of float16.
// The cost of such walks is mostly fetches. The texels are RGBA32F in both cases; only their bits are used.
#define READ_PIXEL_WORDS(slot, name) \
    layout(set = 0, binding = slot, std430) readonly buffer name##_block { uvec4 name##_raw[]; }; \
    layout(set = 1, binding = slot) uniform samplerBuffer name##_texel;
#define WORDS(name, i) (TEXEL ? floatBitsToUint(texelFetch(name##_texel, int(i))) : name##_raw[i])

// The quad of column x from the words that were fetched at the last even column.
vec4 quad_of_words(uvec4 words, uint x) {
    uvec2 halves = x % 2u == 0u ? words.xy : words.zw;
    return HALF ? vec4(unpackHalf2x16(halves.x), unpackHalf2x16(halves.y)) : uintBitsToFloat(words);
}

// Whether words are fetched at column x.
bool fetches_words(uint x) {
    return !HALF || x % 2u == 0u;
}

uint words_at(uint pixel) {
    return HALF ? pixel / 2u : pixel;
}

// Pixels are stored tile by tile: [tile row][tile][row of the tile][quad][column of the tile]. Tile rows form a ring. A
// tile is contiguous in memory, for caches and the TLB: with plain rows blur_moments took 1.5 times as long on
// lavapipe.

// The place of a tile row in the ring; base is the tile row at which the bound range begins (0 when pixels are a ring).
uint ring_slot(uint tile_row, uint base, uint ring) {
    return (tile_row - base) % ring;
}

// The index of a row of 16 pixels, counted in such rows; slot is the place of the tile row in the ring.
uint tile_line(uint slot, uint tiles_across, uint tile_x, uint row) {
    return (slot * tiles_across + tile_x) * TILE + row;
}

// The index of value n of a pixel that has `of` values; `column` is within the tile.
uint in_line(uint line, uint of, uint n, uint column) {
    return (line * of + n) * TILE + column;
}

// An if that lavapipe skips when the condition holds in no lane. lavapipe runs the body of a plain if with all lanes
// masked, but skips a loop that no lane enters. It matters because few of the splats are in a band.
#define ONLY_IF(condition) for (bool once = (condition); once; once = false)

// The index after `at` in a ring. Loops use it because a division is expensive: 60 ns per 8 lanes on lavapipe.
uint next_in_ring(uint at, uint count) {
    return at + 1u == count ? 0u : at + 1u;
}

#endif
