#version 450
#extension GL_GOOGLE_include_directive : require

// Computes the centre and the conic of each splat in pixels, and the box of tiles that its ellipse s <= cut can reach.
// A strided step looks only at the pixels (spacing * j + offset). Their centres are those of a picture of its own, whose
// pixel is `spacing` px wide.
// Grid: one invocation per splat. Reads params, state. Writes geometry, extent.
// Several pictures of one size lie one below the other in tile rows. Centres are those of the own picture, boxes count
// the tile rows of all pictures.
// Invariant: a splat with any quantity that is not finite gets an empty box and is never rendered. So does a splat that
// its picture does not have yet.
// Delicate: sine and cosine are computed in rotation.glsl, so that the picture does not depend on the vendor.

#include "quad.glsl"
#include "number.glsl"

layout(local_size_x = 64) in;

// Planes x, y, t1, t2, rot, features.
layout(set = 0, binding = 0, std430) readonly buffer params_block { float params[]; };
layout(set = 0, binding = 1, std430) writeonly buffer geometry_block { vec4 geometry[]; };
layout(set = 0, binding = 2, std430) writeonly buffer extent_block { uvec2 extent[]; }; // x0 | x1 << 16, y0 | y1 << 16
layout(set = 0, binding = 3, std430) readonly buffer state_block {
    uint counters[2];
    uvec2 offset; // px, the first pixel that the step looks at
} state;

layout(push_constant) uniform Push {
    uint splats;
    uint stride; // splats that a plane of params can hold
    uint width; // of the rendered picture
    uint height;
    float inverse_scale; // training height / rendered height, times spacing: multiplies t
    float cut;
    uint across; // width and height of the whole picture, of which a strided step renders a part of the pixels
    uint down;
    float spacing; // px between neighbouring rendered pixels
    uint present;     // splats of each picture
    uint cell_splats; // splats that each picture has room for
    uint cell_rows;   // tile rows of each picture
};

#include "rotation.glsl"

// The tiles with pixel centres in lo..hi, as first | end << 16, out of `count` tiles.
uint tile_range(float lo, float hi, uint count) {
    float first = clamp(ceil((lo - (float(TILE) - 0.5)) / float(TILE)), 0.0, float(count));
    float end = clamp(floor((hi - 0.5) / float(TILE)) + 1.0, first, float(count));
    return uint(first) | uint(end) << 16u;
}

void main() {
    uint i = INVOCATION;
    if (i >= splats) {
        return;
    }
    vec2 shift = vec2(state.offset) + 0.5 - 0.5 * spacing; // 0 when every pixel is rendered
    vec2 centre = (vec2(params[i] * float(across), params[stride + i] * float(down)) - shift) / spacing;
    vec2 t = vec2(params[2u * stride + i], params[3u * stride + i]) * inverse_scale;
    vec2 r = rotation(params[4u * stride + i]);
    vec3 conic = halved_conic(t, r);
    // Half-widths of the box of the ellipse. The floor keeps sigma below 1e6 px, and the margin covers rounding.
    vec2 variance = 1.0 / max(t * t, vec2(1e-12));
    vec2 halfwidth = sqrt(2.0 * cut * vec2(dot(variance, r * r), dot(variance, r.yx * r.yx))) * 1.0001 + 0.01;

    float size = abs(centre.x) + abs(centre.y) + conic.x + abs(conic.y) + conic.z;
    uint cell = i / cell_splats;
    bool drawn = below(size, 1e30) && i - cell * cell_splats < present;
    uvec2 box = uvec2(0u);
    if (drawn) {
        box.x = tile_range(centre.x - halfwidth.x, centre.x + halfwidth.x, (width + TILE - 1u) / TILE);
        box.y = tile_range(centre.y - halfwidth.y, centre.y + halfwidth.y, cell_rows) + cell * cell_rows * 0x10001u;
    }
    extent[i] = box;
    geometry[i * SPLAT_QUADS] = vec4(centre, conic.xy);
    vec4 quad = vec4(conic.z, 0.0, 0.0, 0.0);
    for (uint c = 0u; c < CHANNELS; c++) {
        uint at = (c + 1u) % 4u;
        if (at == 0u) {
            geometry[i * SPLAT_QUADS + 1u + c / 4u] = quad;
            quad = vec4(0.0);
        }
        quad[at] = params[(5u + c) * stride + i];
    }
    geometry[i * SPLAT_QUADS + 1u + CHANNELS / 4u] = quad;
}
