// GLSL ES 3.00. The fragment shaders have the blending rule of igs (docs/format.md, "Drawing"): at each pixel the K splats of the least
// exponents count, normalised by the sum of their weights.

import { STEPS } from './lists.js';

export const everywhere = `#version 300 es
void main() {
  gl_Position = vec4(vec2(gl_VertexID << 1 & 2, gl_VertexID & 2) * 2.0 - 1.0, 0.0, 1.0);
}`;

// Pass 1 writes packed pixels: an invocation makes a block of 4 × ROWS pixels, each row into a layer of a texture. What it reads of a
// splat so serves all of them. The code suits a software renderer (SwiftShader), where a fetch takes as long as 200 operations, a shift
// of integers as long as 12, and each variable that a loop changes as long as 9 in each turn. So a turn takes four entries of a list.
export const ROWS = 2;
const block = `#version 300 es
precision highp float;
precision highp int;
precision highp isampler2D;
precision highp sampler2D;

uniform sampler2D splats;   // texels of a splat: (x, y, A, B), (C, colour), with alpha also (alpha, …) and an empty one; px of this area, from its upper left corner
uniform isampler2D entries; // of all lists, four a texel: splat and, above its 24 bits, the step of the least exponent over the tile
uniform isampler2D lists;   // of a tile: its first texel of entries, and how many entries it has
uniform int across;         // tiles in a row
uniform float cut;          // exponents are those of 2
uniform float gamma;        // 1 / gamma of the training
${Array.from({ length: ROWS }, (_, r) => `layout(location = ${r}) out ivec4 row${r};`).join('\n')}

ivec2 texel(int i) { int x = i & 2047; return ivec2(x, int(float(i - x) * ${1 / 2048})); }
ivec4 four(int i) { return texelFetch(entries, texel(i), 0); }

ivec4 level(vec4 v) { return ivec4(clamp(v, 0.0, 1.0) * 255.0 + 0.5); }
ivec4 packed_(vec4 r, vec4 g, vec4 b) { return level(r) | level(g) * 256 | level(b) * 65536; }
`;

const numbers = (n) => Array.from({ length: n }, (_, i) => i);
const rows = numbers(ROWS);

/** Reads splat j of a texel of entries, and has the exponents of the rows of four pixels: s = A dx² + (B dx + C dy) dy. */
const exponents = (j, component, per) => `
  at = texel((e.${component} & 0xffffff) * ${per});
  vec4 g${j} = texelFetch(splats, at, 0), q${j} = texelFetch(splats, ivec2(at.x + 1, at.y), 0);
  dx = X - g${j}.x, column = g${j}.z * dx * dx, slope = g${j}.w * dx;
  dy = Y - g${j}.y;
  ${rows.map((r) => `${r ? 'dy += 1.0; ' : ''}vec4 m${r}_${j} = column + (slope + q${j}.x * dy) * dy;`).join('\n  ')}`;

const opening = (tile) => `
void main() {
  ivec2 corner = ivec2(gl_FragCoord.xy) * ivec2(4, ${ROWS}), tile = corner / ivec2(${tile.w}, ${tile.h}), at;
  ivec4 e;
  ivec2 list = texelFetch(lists, texel(tile.y * across + tile.x), 0).xy;
  int begin = list.x, end = begin + int(float(list.y + 3) * 0.25), i;
  vec4 X = float(corner.x) + vec4(0.5, 1.5, 2.5, 3.5), dx, column, slope, t;
  float Y = float(corner.y) + 0.5, dy;`;

/** Code for the four entries of the texel that is e, with the numbers from j on. */
const ofFour = (j, code) => numbers(4).map((k) => code(j + k, 'xyzw'[k])).join('');

/** A step of a network that sorts: the lesser of two variables goes into the first. */
const exchange = (x, y) => `t = min(${x}, ${y}); ${y} = max(${x}, ${y}); ${x} = t;`;
const sortFour = (v) => [[0, 1], [2, 3], [0, 2], [1, 3], [1, 2]].map(([i, j]) => exchange(v[i], v[j])).join(' ');

/** Puts four sorted variables into the n sorted ones of a. The least K stay: the first part of a bitonic merge, and its rest. */
function merge(a, n, v, K) {
  const m = Math.min(n + 4, K);
  if (n === 0) return a.slice(0, m).map((x, i) => `${x} = ${v[i]};`).join(' ');
  const lines = numbers(m).filter((i) => m - 1 - i < 4).map((i) => `${a[i]} = ${i < n ? `min(${a[i]}, ${v[m - 1 - i]})` : v[m - 1 - i]};`);
  let size = 1;
  while (size < m) size *= 2;
  const pad = size - m; // as if so many lesser ones were in front
  for (let d = size / 2; d >= 1; d /= 2) for (let i = pad; i < size; i++) if ((i & d) === 0) lines.push(exchange(a[i - pad], a[i + d - pad]));
  return lines.join(' ');
}

const HELD = 2; // so many texels of a list are read once, for both walks; more take long to compile

/**
 * The picture of a model with K splats a pixel. The first walk over the list keeps the K least exponents of each pixel, the second
 * takes all splats that are not above the K-th. A list of at most K needs no first walk. Arrays would be slow, so each exponent has a
 * variable. Alpha is a fourth channel.
 */
export function picture(K, tile, alpha) {
  const per = alpha ? 4 : 2, sums = ['sd', 'sr', 'sg', 'sb', ...(alpha ? ['sa'] : [])], s = ['s0', 's1', 's2', 's3'];
  const of = (r) => numbers(K).map((k) => `a${k}_${r}`);
  const insert = (j, n) => rows.map((r) => `${s.map((x, k) => `${x} = m${r}_${j + k};`).join(' ')} ${sortFour(s)} ${merge(of(r), n, s, K)}`).join('\n');
  const bound = `t = ${rows.map((r) => `min(a${K - 1}_${r}, a0_${r} + FAINT)`).reduce((a, b) => `max(${a}, ${b})`)}; bound = max(max(t.x, t.y), max(t.z, t.w));`;
  const add = (j, c) => `${alpha ? `at = texel((e.${c} & 0xffffff) * ${per}); t = vec4(texelFetch(splats, ivec2(at.x + 2, at.y), 0).x);` : ''}
  ${rows.map((r) => `w = mix(exp2(-m${r}_${j}), vec4(0.0), greaterThan(m${r}_${j}, most${r})); sd${r} += w; sr${r} += w * q${j}.y; sg${r} += w * q${j}.z; sb${r} += w * q${j}.w;${alpha ? ` sa${r} += w * t;` : ''}`).join('\n')}`;
  return `${block}
const float NEVER = 3.0e38;
const float FLOOR = 1e-4; // of the denominator
const float FAINT = 12.0; // a weight of 2^-12 of the greatest is not seen
${opening(tile)}
  ${numbers(HELD).map((h) => `e = four(begin + ${h} < end ? begin + ${h} : 0); ivec4 e${h} = e; ${ofFour(4 * h, (j, c) => exponents(j, c, per))}`).join('\n')}
  vec4 ${rows.map((r) => `most${r} = vec4(cut)`).join(', ')};
  int stop = end;
  if (list.y > ${K}) {
    vec4 ${rows.flatMap((r) => of(r).map((a) => `${a} = vec4(NEVER)`)).join(', ')}, s0, s1, s2, s3;
    ${numbers(HELD).map((h) => insert(4 * h, Math.min(4 * h, K))).join('\n')}
    float bound = NEVER;
    ${bound}
    for (i = begin + ${HELD}; i < end; i++) {
      e = four(i);
      if (float(e.x & 0x7f000000) * (cut * ${1 / STEPS / 2 ** 24}) > bound) break;
      ${ofFour(100, (j, c) => exponents(j, c, per))}
      ${insert(100, K)}
      ${bound}
    }
    stop = i;
    // A relative 1e-6 above the K-th exponent: the last bit must not decide.
    ${rows.map((r) => `most${r} = min(min(a${K - 1}_${r} * 1.000001, a0_${r} + FAINT), cut);`).join(' ')}
  }
  vec4 w, ${rows.flatMap((r) => sums.map((v) => `${v}${r} = vec4(${v === 'sd' ? 'FLOOR' : '0.0'})`)).join(', ')};
  ${numbers(HELD).map((h) => `${alpha ? `e = e${h};` : ''} ${ofFour(4 * h, add)}`).join('\n')}
  for (i = begin + ${HELD}; i < stop; i++) {
    e = four(i);
    ${ofFour(100, (j, c) => exponents(j, c, per) + add(j, c))}
  }
  ${rows.map((r) => sums.slice(1).map((v) => `${v}${r} = max(${v}${r} / sd${r}, 0.0);`).join(' ')).join('\n')}
  if (gamma != 1.0) {
    vec4 power = vec4(gamma);
    ${rows.map((r) => sums.slice(1).map((v) => `${v}${r} = pow(${v}${r}, power);`).join(' ')).join('\n')}
  }
  ${rows.map((r) => `row${r} = packed_(sr${r}, sg${r}, sb${r})${alpha ? ` | level(sa${r}) * 16777216` : ''};`).join('\n')}
}`;
}

/** How many splats with s ≤ cut are at each pixel, in 255ths. */
export const density = (tile) => `${block}${opening(tile)}
  vec4 ${rows.map((r) => `c${r} = vec4(0.0)`).join(', ')};
  for (i = begin; i < end; i++) {
    e = four(i);
    ${ofFour(0, (j, c) => `${exponents(j, c, 2)}
    ${rows.map((r) => `c${r} += vec4(lessThanEqual(m${r}_${j}, vec4(cut)));`).join(' ')}`)}
  }
  ${rows.map((r) => `row${r} = packed_(c${r} / 255.0, c${r}, c${r});`).join('\n')}
}`;

// What lies behind a picture with alpha: squares of 8 px of the canvas.
const board = `
float board(vec2 at) { return ((int(at.x) >> 3) + (int(at.y) >> 3) & 1) == 0 ? 0.6 : 0.8; }`;

/** Pass 2 unpacks the pixels, and shows the error or the density as colours. */
export const present = (alpha, show) => `#version 300 es
precision highp float;
precision highp int;
precision highp isampler2DArray;
precision highp sampler2D;

uniform isampler2DArray blocks;
uniform sampler2D other; // the picture to compare with, with colours multiplied by alpha
uniform float share;     // what alpha is multiplied by
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
  vec2 block = floor(at * vec2(0.25, ${1 / ROWS})), in_ = floor(at) - block * vec2(4.0, ${ROWS}.0);
  ivec4 four = texelFetch(blocks, ivec3(vec3(block, in_.y)), 0);
  int v = in_.x < 1.5 ? (in_.x < 0.5 ? four.x : four.y) : (in_.x < 2.5 ? four.z : four.w);
  vec3 c = vec3(v & 255, v & 0xff00, v & 0xff0000) * vec3(${1 / 255}, ${1 / 255 / 256}, ${1 / 255 / 65536});
  float a = 1.0;
${alpha ? `  a = min(float(v >> 24 & 255) / 255.0 / share, 1.0); // colours over mid grey
  c = clamp(c - 0.5 * (1.0 - a), 0.0, a);` : ''}
${{
  error: `  vec4 wanted = texelFetch(other, ivec2(p / size * vec2(textureSize(other, 0))), 0);
  float half_ = 0.5 * (a - wanted.a); // the mean over black and over white
  c = min(max(abs(c - wanted.rgb - half_), abs(half_)) * 4.0, 1.0);`,
  density: '  c = heat(log2(1.0 + c.r * 255.0) * (4.0 / 5.0));',
}[show] ?? (alpha ? '  c += (1.0 - a) * board(at);' : '')}
  bool outside = any(lessThan(p, vec2(0.0))) || any(greaterThanEqual(p, size));
  colour = outside ? vec4(0.0) : vec4(c, 1.0);
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
