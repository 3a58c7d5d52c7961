#version 450
#extension GL_GOOGLE_include_directive : require

// Counts the splat-tile pairs of a band: the pairs of each tile and the pairs of each splat.
// Grid: one invocation per splat; with SHARE the workgroup shares wide splats.
// Reads geometry, extent. Adds to tile_count, which is zeroed before. Writes pair_count.
// All atomics are on integers, so the counts do not depend on the order.

#include "quad.glsl"
#include "number.glsl"
#include "exponent.glsl"

// Not on CPUs: on lavapipe the barriers cost more than sharing saves.
layout(constant_id = 3) const bool SHARE = true;
layout(constant_id = 4) const uint LANES = 64u;
layout(local_size_x_id = 4) in;

READ_QUADS(0, geometry)
layout(set = 0, binding = 1, std430) readonly buffer extent_block { uvec2 extent[]; };
layout(set = 0, binding = 2, std430) buffer tile_count_block { uint tile_count[]; };
layout(set = 0, binding = 3, std430) writeonly buffer pair_count_block { uint pair_count[]; };

#include "bin.glsl"

shared uint wide_pairs[LANES];

// 1 when the ellipse reaches the tile.
uint count_tile(vec4 g, vec3 conic, uvec2 tile, uint top) {
    if (!reaches(tile_exponent(g.xy, conic, tile, top))) {
        return 0u;
    }
    atomicAdd(tile_count[(tile.y - row_begin) * tiles_across() + tile.x], 1u);
    return 1u;
}

// Counts the tiles of the wide splats. All invocations of the workgroup must call it.
void share_wide() {
    uint lane = gl_LocalInvocationID.x;
    barrier();

    for (uint k = 0u; k < wide_count; k++) {
        uint splat = wide[k];
        uvec4 box = band_box(extent[splat]);
        vec4 g = QUAD(geometry, splat * SPLAT_QUADS);
        vec3 conic = vec3(g.zw, QUAD(geometry, splat * SPLAT_QUADS + 1u).x);
        uint top = top_of(splat);
        uint run = run_of(area(box));
        uint end = min((lane + 1u) * run, area(box));
        uint columns = box.y - box.x;
        uvec2 tile = uvec2(box.x + lane * run % columns, box.z + lane * run / columns);
        uint pairs = 0u;
        for (uint t = lane * run; t < end; t += AT_ONCE) {
            uint at = t;
            FOUR_TIMES(
                if (at < end) {
                    pairs += count_tile(g, conic, tile, top);
                }
                tile = tile_after(tile, box);
                at++;
            )
        }
        atomicAdd(wide_pairs[k], pairs);
    }
    barrier();
    if (lane < wide_count) {
        pair_count[wide[lane]] = wide_pairs[lane];
    }
}

void main() {
    uint i = INVOCATION;
    uint lane = gl_LocalInvocationID.x;
    if (SHARE) {
        wide_pairs[lane] = 0u;
        if (lane == 0u) {
            wide_count = 0u;
        }
        barrier();
    }

    uvec4 box = uvec4(0u);
    if (i < splats) {
        box = band_box(extent[i]);
    }
    uint pairs = 0u;
    ONLY_IF(walks_alone(i, area(box))) {
        vec4 g = QUAD(geometry, i * SPLAT_QUADS);
        vec3 conic = vec3(g.zw, QUAD(geometry, i * SPLAT_QUADS + 1u).x);
        uint top = top_of(i);
        for (uint y = box.z; y < box.w; y++) {
            for (uint x = box.x; x < box.y; x++) {
                pairs += count_tile(g, conic, uvec2(x, y), top);
            }
        }
    }
    if (i < splats && (!SHARE || area(box) <= WIDE)) {
        pair_count[i] = pairs;
    }
    if (SHARE) {
        share_wide();
    }
}
