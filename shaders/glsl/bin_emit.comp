#version 450
#extension GL_GOOGLE_include_directive : require

// Writes each splat-tile pair of a band into the list of its tile, in any order (bin_sort orders it).
// Grid: one invocation a splat. Reads geometry, extent, pair_start; advances tile_cursor; writes pairs.
// A pair is (key << 24 | splat, slot of its record). The key is a lower bound of the least exponent over the tile in units
// of cut/256: sorted by it, rasterize can stop when no later splat can enter the top K.
// Invariant: pairs past the capacity are dropped, and a record slot may lie past it too; the host reads pairs_needed, grows the lists and does the step again.

#include "quad.glsl"
#include "number.glsl"
#include "exponent.glsl"

layout(local_size_x = 64) in;

READ_QUADS(0, geometry)
layout(set = 0, binding = 1, std430) readonly buffer extent_block { uvec2 extent[]; };
layout(set = 0, binding = 2, std430) buffer tile_cursor_block { uint tile_cursor[]; };
layout(set = 0, binding = 3, std430) readonly buffer pair_start_block { uint pair_start[]; };
layout(set = 0, binding = 4, std430) writeonly buffer pairs_block { uvec2 pairs[]; };

#include "bin.glsl"

void main() {
    uint i = INVOCATION;
    if (i >= splats) {
        return;
    }
    uvec4 box = band_box(extent[i]);
    ONLY_IF(box.z < box.w) {
        vec4 g = QUAD(geometry, i * SPLAT_QUADS);
        vec3 conic = vec3(g.zw, QUAD(geometry, i * SPLAT_QUADS + 1u).x);
        uint record = pair_start[i];
        for (uint y = box.z; y < box.w; y++) {
            for (uint x = box.x; x < box.y; x++) {
                float least = tile_exponent(g.xy, conic, uvec2(x, y));
                if (reaches(least)) {
                    uint slot = atomicAdd(tile_cursor[(y - row_begin) * tiles_across() + x], 1u);
                    uint key = uint(clamp(least * (256.0 / cut) - 0.05, 0.0, 255.0));
                    if (slot < capacity) {
                        pairs[slot] = uvec2(key << 24u | i, record);
                    }
                    record++;
                }
            }
        }
    }
}
