// Reading and writing of quads (four floats), the unit of all per-pixel and per-splat storage.
//
// A quad lives in one buffer that a kernel can see twice: as storage (set 0) and as a uniform texel buffer
// (set 1). TEXEL chooses the way of reading at pipeline creation. A CPU device wants texels: on lavapipe
// (Mesa 22.3.6) one RGBA32F fetch costs 7 ns per 8 lanes, the same quad read as storage 23 ns. GPUs want storage.
// HALF halves the size: two packed float16 pairs, which need no 16-bit storage feature of the device.

#ifndef QUAD_GLSL
#define QUAD_GLSL

layout(constant_id = 0) const bool TEXEL = false;
layout(constant_id = 1) const bool HALF = false;
layout(constant_id = 2) const uint CHANNELS = 3u;

const uint TILE = 16u;

// A pixel holds its colours C and the denominator D, and after loss_grad the gradient in their place: v/D over the colours and
// C.v/D behind D, or over it where a quad ends there (three channels).
const uint PIXEL_QUADS = CHANNELS == 3u ? 1u : (CHANNELS + 5u) / 4u;
const uint DENOMINATOR = CHANNELS;                          // index of D among the values of a pixel
const uint PULL = CHANNELS == 3u ? CHANNELS : CHANNELS + 1u; // index of C.v/D
// Splat geometry: (mu_x, mu_y, a/2, b), (c/2, f0, f1, f2), (f3, ...): quads a splat.
const uint SPLAT_QUADS = 1u + (CHANNELS + 4u) / 4u;
// Sums of one splat-tile pair: 5 of the geometry, then one a channel.
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

// Two floats in float16, rounded to nearest even, and from 65520 on to infinity. By hand: packHalf2x16 rounds as its driver likes, which on RADV and NVK
// is toward zero and put gradients of positions 5e-3 off instead of 2e-4. Two, because all four of a quad at once cost loss_ssim a wave on GFX9.
uint packed_pair(vec2 v) {
    uvec2 bits = floatBitsToUint(v);
    uvec2 size = min(bits & 0x7fffffffu, 0x47800000u);
    uvec2 odd = size >> 13u & 1u;
    uvec2 halves = (size - 0x38000000u + 0xfffu + odd) >> 13u; // 112 less in the exponent; a carry out of the mantissa belongs there
    // Below 2^-14 floats are spaced like halves when 0.5 is added.
    precise vec2 shifted = uintBitsToFloat(size) + 0.5;
    halves = mix(halves, floatBitsToUint(shifted) - 0x3f000000u, lessThan(size, uvec2(0x38800000u)));
    halves |= mix(uvec2(0u), uvec2(0x200u), greaterThan(bits & 0x7fffffffu, uvec2(0x7f800000u))); // not a number
    halves |= bits >> 16u & 0x8000u;
    return halves.x | halves.y << 16u;
}

uvec2 packed_halves(vec4 v) {
    return uvec2(packed_pair(v.xy), packed_pair(v.zw));
}

// For walks along a row of 16 pixels: 16 bytes at once, which is one pixel of float32 or two neighbours of float16. Fetches are what such walks
// cost. The texels are RGBA32F in either case; only their bits are looked at.
#define READ_PIXEL_WORDS(slot, name) \
    layout(set = 0, binding = slot, std430) readonly buffer name##_block { uvec4 name##_raw[]; }; \
    layout(set = 1, binding = slot) uniform samplerBuffer name##_texel;
#define WORDS(name, i) (TEXEL ? floatBitsToUint(texelFetch(name##_texel, int(i))) : name##_raw[i])

// The quad of column x out of the words that were fetched at the last even column.
vec4 quad_of_words(uvec4 words, uint x) {
    uvec2 halves = x % 2u == 0u ? words.xy : words.zw;
    return HALF ? vec4(unpackHalf2x16(halves.x), unpackHalf2x16(halves.y)) : uintBitsToFloat(words);
}

// Whether words are fetched at column x, and where.
bool fetches_words(uint x) {
    return !HALF || x % 2u == 0u;
}

uint words_at(uint pixel) {
    return HALF ? pixel / 2u : pixel;
}

// Pixels are stored tile by tile: [tile row][tile][row of the tile][quad][column of the tile], and tile rows are a ring. A tile is one
// run of memory, which matters to caches and to the TLB: with plain rows blur_moments took 1.5 times as long on lavapipe.

// Place in the ring of a tile row; base is the tile row at which the bound range begins (0 for a real ring).
uint ring_slot(uint tile_row, uint base, uint ring) {
    return (tile_row - base) % ring;
}

// First pixel of a row of 16, counted in such rows; slot is the tile row's place in the ring.
uint tile_line(uint slot, uint tiles_across, uint tile_x, uint row) {
    return (slot * tiles_across + tile_x) * TILE + row;
}

// Place of a value of a pixel: `of` values a pixel, `n` which of them, `column` within the tile.
uint in_line(uint line, uint of, uint n, uint column) {
    return (line * of + n) * TILE + column;
}

// An if whose body is worth skipping when no lane of a subgroup wants it. lavapipe runs the body of an if with all lanes masked, but
// leaves a loop that no lane enters: a band concerns few of the splats.
#define ONLY_IF(condition) for (bool once = (condition); once; once = false)

// What comes after `at` in a ring. Division is dear (60 ns per 8 lanes on lavapipe): loops step instead of dividing.
uint next_in_ring(uint at, uint count) {
    return at + 1u == count ? 0u : at + 1u;
}

#endif
