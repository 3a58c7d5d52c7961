// GLSL ES 3.00. The fragment shader has the blending rule of igs (docs/format.md, "Drawing"): at each pixel the K splats of the least
// exponents count, normalised by the sum of their weights.

export const everywhere = `#version 300 es
void main() {
  gl_Position = vec4(vec2(gl_VertexID << 1 & 2, gl_VertexID & 2) * 2.0 - 1.0, 0.0, 1.0);
}`;

// Pass 1 writes packed pixels: an invocation makes a block of 4 × 2 pixels, one row into each of two textures of 32-bit integers. What it
// reads of a splat so serves eight pixels, which is most of the time of a software renderer.
const block = `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2D;
precision highp sampler2D;

uniform sampler2D splats;   // texels of a splat: (x, y, A, B), (C, colour), with alpha (alpha, …); px of this area, from its upper left corner
uniform usampler2D entries; // of all lists: splat, and in the upper 8 bits the least exponent over the tile
uniform usampler2D start;   // the entry where the list of a tile begins
uniform int across;         // tiles in a row
uniform float cut;
uniform float gamma;        // 1 / gamma of the training
layout(location = 0) out uvec4 upper;
layout(location = 1) out uvec4 lower;

uint entry(uint i) { return texelFetch(entries, ivec2(i & 2047u, i >> 11), 0).x; }
uint first(int tile) { return texelFetch(start, ivec2(tile & 2047, tile >> 11), 0).x; }
vec4 quad(uint i) { return texelFetch(splats, ivec2(i & 2047u, i >> 11), 0); }

uvec4 level(vec4 v) { return uvec4(clamp(v, 0.0, 1.0) * 255.0 + 0.5); }
uvec4 packed_(vec4 r, vec4 g, vec4 b) { return level(r) | level(g) << 8 | level(b) << 16; }
`;

// The exponents of a splat at the four pixels of a row, s = A dx² + (B dx + C dy) dy.
const exponents = `
    vec4 dx = X - g.x, column = g.z * dx * dx, slope = g.w * dx;
    float dy0 = Y - g.y, dy1 = dy0 + 1.0;
    vec4 s0 = column + (slope + q.x * dy0) * dy0, s1 = column + (slope + q.x * dy1) * dy1;`;

const opening = (tile) => `
void main() {
  ivec2 corner = ivec2(gl_FragCoord.xy) * ivec2(4, 2), tile = corner / ivec2(${tile.w}, ${tile.h});
  int t = tile.y * across + tile.x;
  uint begin = first(t), end = first(t + 1), i;
  vec4 X = float(corner.x) + vec4(0.5, 1.5, 2.5, 3.5);
  float Y = float(corner.y) + 0.5;`;

const numbers = (n) => Array.from({ length: n }, (_, i) => i);

/**
 * The picture of a model with K splats a pixel. The first walk over the list keeps the K least exponents of each pixel, the second
 * takes all splats that are not above the K-th. Arrays would be slow, so each exponent has a variable. Alpha is a fourth channel.
 */
export const picture = (K, tile, alpha) => `${block}
const float NEVER = 3.0e38;
const float FLOOR = 1e-4; // of the denominator
${opening(tile)}
  vec4 ${numbers(K).map((k) => `a${k} = vec4(NEVER), b${k} = vec4(NEVER)`).join(', ')};
  float bound = NEVER;
  for (i = begin; i < end; i++) {
    uint e = entry(i);
    if (float(e >> 24) * (cut / 256.0) > bound) break;
    uint splat = (e & 0xffffffu) * ${alpha ? 3 : 2}u;
    vec4 g = quad(splat), q = quad(splat + 1u);${exponents}
${numbers(K).reverse().map((k) => `    a${k} = min(a${k}, ${k ? `max(a${k - 1}, s0)` : 's0'}); b${k} = min(b${k}, ${k ? `max(b${k - 1}, s1)` : 's1'});`).join('\n')}
    vec4 v = max(a${K - 1}, b${K - 1});
    bound = max(max(v.x, v.y), max(v.z, v.w));
  }
  uint stop = i;
  // A relative 1e-6 above the K-th exponent: the last bit must not decide.
  vec4 most0 = min(a${K - 1} * 1.000001, cut), most1 = min(b${K - 1} * 1.000001, cut);
  vec4 d0 = vec4(FLOOR), r0 = vec4(0.0), g0 = r0, b0_ = r0, d1 = d0, r1 = r0, g1 = r0, b1_ = r0, t0 = r0, t1 = r0;
  for (i = begin; i < stop; i++) {
    uint splat = (entry(i) & 0xffffffu) * ${alpha ? 3 : 2}u;
    vec4 g = quad(splat), q = quad(splat + 1u);${exponents}
    vec4 w0 = mix(exp(-s0), vec4(0.0), greaterThan(s0, most0)), w1 = mix(exp(-s1), vec4(0.0), greaterThan(s1, most1));
    d0 += w0; r0 += w0 * q.y; g0 += w0 * q.z; b0_ += w0 * q.w;
    d1 += w1; r1 += w1 * q.y; g1 += w1 * q.z; b1_ += w1 * q.w;
${alpha ? '    float t = quad(splat + 2u).x; t0 += w0 * t; t1 += w1 * t;' : ''}
  }
  vec4 power = vec4(gamma);
  upper = packed_(pow(max(r0 / d0, 0.0), power), pow(max(g0 / d0, 0.0), power), pow(max(b0_ / d0, 0.0), power));
  lower = packed_(pow(max(r1 / d1, 0.0), power), pow(max(g1 / d1, 0.0), power), pow(max(b1_ / d1, 0.0), power));
${alpha ? '  upper |= level(pow(max(t0 / d0, 0.0), power)) << 24; lower |= level(pow(max(t1 / d1, 0.0), power)) << 24;' : ''}
}`;

/** How many splats with s ≤ cut are at each pixel, in 255ths. */
export const density = (tile) => `${block}${opening(tile)}
  vec4 n0 = vec4(0.0), n1 = n0;
  for (i = begin; i < end; i++) {
    uint splat = (entry(i) & 0xffffffu) * 2u;
    vec4 g = quad(splat), q = quad(splat + 1u);${exponents}
    n0 += vec4(lessThanEqual(s0, vec4(cut)));
    n1 += vec4(lessThanEqual(s1, vec4(cut)));
  }
  upper = packed_(n0 / 255.0, n0, n0);
  lower = packed_(n1 / 255.0, n1, n1);
}`;

// What lies behind a picture with alpha: squares of 8 px of the canvas.
const board = `
float board(vec2 at) { return ((int(at.x) >> 3) + (int(at.y) >> 3) & 1) == 0 ? 0.6 : 0.8; }`;

/** Pass 2 unpacks the pixels, and shows the error or the density as colours. */
export const present = `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2D;
precision highp sampler2D;

uniform usampler2D upper, lower;
uniform sampler2D other; // the picture to compare with, with colours multiplied by alpha
uniform float share;     // what alpha is multiplied by; 0: the picture has no alpha
uniform int show;        // 0 picture, 1 error, 2 density
uniform vec2 corner;     // lower left corner of the area in the canvas, px
uniform float height;    // of the area, px
uniform vec3 place;      // left, top and zoom of the area in the picture
uniform vec2 size;       // of the picture, px
out vec4 colour;
${board}

// Few splats are dark blue, many are yellow.
vec3 heat(float v) {
  vec3 c = mix(vec3(0.05, 0.03, 0.2), vec3(0.45, 0.1, 0.45), clamp(v, 0.0, 1.0));
  c = mix(c, vec3(0.85, 0.3, 0.3), clamp(v - 1.0, 0.0, 1.0));
  c = mix(c, vec3(0.98, 0.65, 0.2), clamp(v - 2.0, 0.0, 1.0));
  return mix(c, vec3(1.0, 1.0, 0.75), clamp(v - 3.0, 0.0, 1.0));
}

void main() {
  vec2 at = gl_FragCoord.xy - corner;
  at.y = height - at.y;
  vec2 p = place.xy + at / place.z;
  colour = vec4(0.0);
  if (any(lessThan(p, vec2(0.0))) || any(greaterThanEqual(p, size))) return; // outside of the picture
  ivec2 i = ivec2(at), texel = ivec2(i.x >> 2, i.y >> 1);
  uvec4 four = (i.y & 1) == 0 ? texelFetch(upper, texel, 0) : texelFetch(lower, texel, 0);
  uint v = (i.x & 2) == 0 ? ((i.x & 1) == 0 ? four.x : four.y) : ((i.x & 1) == 0 ? four.z : four.w);
  vec3 c = vec3(v & 255u, v >> 8 & 255u, v >> 16 & 255u) / 255.0;
  float a = 1.0;
  if (share > 0.0) { // colours over mid grey
    a = min(float(v >> 24) / 255.0 / share, 1.0);
    c = clamp(c - 0.5 * (1.0 - a), 0.0, a);
  }
  if (show == 1) { // the mean over black and over white
    vec4 wanted = texelFetch(other, ivec2(p / size * vec2(textureSize(other, 0))), 0);
    float half_ = 0.5 * (a - wanted.a);
    c = min(max(abs(c - wanted.rgb - half_), abs(half_)) * 4.0, 1.0);
  } else c += (1.0 - a) * board(at);
  if (show == 2) c = heat(log2(1.0 + c.r * 255.0) * (4.0 / 5.0));
  colour = vec4(c, 1.0);
}`;

/** Ellipses: a rectangle for each splat, of two triangles. The second texel of a splat is (C, half-width, half-height, colour). */
export const corners = `#version 300 es
precision highp float;
precision highp sampler2D;
uniform sampler2D splats;
uniform vec2 area; // px
out vec2 at;       // from the centre, px
flat out vec3 conic;
flat out vec3 rgb;

void main() {
  int i = gl_InstanceID * 2;
  vec4 g = texelFetch(splats, ivec2(i & 2047, i >> 11), 0), q = texelFetch(splats, ivec2(i + 1 & 2047, i + 1 >> 11), 0);
  conic = vec3(g.zw, q.x);
  uint packed_ = uint(q.w);
  rgb = vec3(packed_ >> 16, packed_ >> 8 & 255u, packed_ & 255u) / 255.0;
  at = (vec2(gl_VertexID & 1, gl_VertexID >> 1) * 2.0 - 1.0) * (q.yz + 1.0);
  vec2 place = (g.xy + at) / area * 2.0 - 1.0;
  gl_Position = vec4(place.x, -place.y, 0.0, 1.0);
}`;

export const ellipse = `#version 300 es
precision highp float;
uniform float cut;
in vec2 at;
flat in vec3 conic;
flat in vec3 rgb;
out vec4 colour;

void main() {
  float s = conic.x * at.x * at.x + conic.y * at.x * at.y + conic.z * at.y * at.y;
  vec2 slope = vec2(2.0 * conic.x * at.x + conic.y * at.y, 2.0 * conic.z * at.y + conic.y * at.x);
  float inside = (cut - s) / max(length(slope), 1e-20) + 0.5; // px from the edge
  if (inside <= 0.0) discard;
  colour = vec4(rgb, 1.0) * min(inside, 1.0);
}`;

/** The picture that a model is compared with. */
export const target = `#version 300 es
precision highp float;
precision highp sampler2D;
uniform sampler2D other; // colours are multiplied by alpha
uniform vec2 corner;
uniform float height;
uniform vec3 place;
uniform vec2 size;
out vec4 colour;
${board}

void main() {
  vec2 at = gl_FragCoord.xy - corner;
  at.y = height - at.y;
  vec2 p = place.xy + at / place.z;
  colour = vec4(0.0);
  if (any(lessThan(p, vec2(0.0))) || any(greaterThanEqual(p, size))) return;
  vec2 texels = vec2(textureSize(other, 0));
  ivec2 texel = ivec2(p / size * texels);
  vec4 v = place.z * size.x >= 0.999 * texels.x ? texelFetch(other, texel, 0) : texture(other, p / size);
  colour = vec4(v.rgb + (1.0 - v.a) * board(at), 1.0);
}`;
