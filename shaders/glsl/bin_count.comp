#version 450
#extension GL_GOOGLE_include_directive : require

// Counts the splat-tile pairs of a band: how many a tile has, how many a splat has.
// Grid: one invocation a splat. Reads geometry, extent; adds to tile_count (zeroed before), writes pair_count.
// Integer atomics only: the counts do not depend on the order.

#include "quad.glsl"
#include "number.glsl"
#include "exponent.glsl"

layout(local_size_x = 64) in;

READ_QUADS(0, geometry)
layout(set = 0, binding = 1, std430) readonly buffer extent_block { uvec2 extent[]; };
layout(set = 0, binding = 2, std430) buffer tile_count_block { uint tile_count[]; };
layout(set = 0, binding = 3, std430) writeonly buffer pair_count_block { uint pair_count[]; };

#include "bin.glsl"

void main() {
    uint i = INVOCATION;
    if (i >= splats) {
        return;
    }
    uvec4 box = band_box(extent[i]);
    uint pairs = 0u;
    ONLY_IF(box.z < box.w) {
        vec4 g = QUAD(geometry, i * SPLAT_QUADS);
        vec3 conic = vec3(g.zw, QUAD(geometry, i * SPLAT_QUADS + 1u).x);
        for (uint y = box.z; y < box.w; y++) {
            for (uint x = box.x; x < box.y; x++) {
                if (reaches(tile_exponent(g.xy, conic, uvec2(x, y)))) {
                    atomicAdd(tile_count[(y - row_begin) * tiles_across() + x], 1u);
                    pairs++;
                }
            }
        }
    }
    pair_count[i] = pairs;
}
