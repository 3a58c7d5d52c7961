#version 450
#extension GL_GOOGLE_include_directive : require

// Writes each splat-tile pair of a band into the list of its tile, in any order. bin_sort orders the lists.
// Grid: one invocation per splat; with SHARE the workgroup shares wide splats.
// Reads geometry, extent, pair_start. Advances tile_cursor. Writes pairs.
// A pair is (key << 24 | splat, slot of its record). The key is a lower bound of the least exponent over the tile,
// in units of cut/256. In a list sorted by key, rasterize can stop when no later splat can enter the top K.
// Invariants: the records of a splat are in the order of its tiles, whichever invocation walks them. Pairs beyond the
// capacity are dropped. A record slot may also be beyond the capacity. The host then reads pairs_needed and repeats
// the step with lower bands or longer lists.

#include "quad.glsl"
#include "number.glsl"
#include "exponent.glsl"

// Not on CPUs: on lavapipe the barriers cost more than sharing saves.
layout(constant_id = 3) const bool SHARE = true;
layout(constant_id = 4) const uint LANES = 64u;
layout(local_size_x_id = 4) in;

READ_QUADS(0, geometry)
layout(set = 0, binding = 1, std430) readonly buffer extent_block { uvec2 extent[]; };
layout(set = 0, binding = 2, std430) buffer tile_cursor_block { uint tile_cursor[]; };
layout(set = 0, binding = 3, std430) readonly buffer pair_start_block { uint pair_start[]; };
layout(set = 0, binding = 4, std430) writeonly buffer pairs_block { uvec2 pairs[]; };

#include "bin.glsl"

shared uint sums[2u * LANES]; // two halves, read and written in turn

// Writes the pair of splat i and a tile when the ellipse reaches the tile. Returns the record slots used: 0 or 1.
uint emit_tile(uint i, vec4 g, vec3 conic, uvec2 tile, uint top, uint record) {
    float least = tile_exponent(g.xy, conic, tile, top);
    if (!reaches(least)) {
        return 0u;
    }
    uint slot = atomicAdd(tile_cursor[(tile.y - row_begin) * tiles_across() + tile.x], 1u);
    precise float steps = fma(least, 256.0 / cut, -0.05);
    uint key = uint(clamp(steps, 0.0, 255.0));
    if (slot < capacity) {
        pairs[slot] = uvec2(key << 24u | i, record);
    }
    return 1u;
}

// The sum of the values of the invocations before this one.
uint sum_before(uint value) {
    uint lane = gl_LocalInvocationID.x;
    uint from = 0u;
    uint sum = value;
    sums[lane] = sum;
    barrier();
    for (uint step = 1u; step < LANES; step *= 2u) {
        sum += lane >= step ? sums[from + lane - step] : 0u;
        from = LANES - from;
        sums[from + lane] = sum;
        barrier();
    }
    return sum - value;
}

// Emits the pairs of the wide splats. All invocations of the workgroup must call it.
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
        uvec2 first = uvec2(box.x + lane * run % columns, box.z + lane * run / columns);
        uvec2 tile = first;
        uint count = 0u;
        for (uint t = lane * run; t < end; t += AT_ONCE) {
            uint at = t;
            FOUR_TIMES(
                count += at < end && reaches(tile_exponent(g.xy, conic, tile, top)) ? 1u : 0u;
                tile = tile_after(tile, box);
                at++;
            )
        }
        uint record = pair_start[splat] + sum_before(count);
        tile = first;
        for (uint t = lane * run; t < end; t += AT_ONCE) {
            uint at = t;
            FOUR_TIMES(
                if (at < end) {
                    record += emit_tile(splat, g, conic, tile, top, record);
                }
                tile = tile_after(tile, box);
                at++;
            )
        }
        barrier(); // the next sum_before writes sums again
    }
}

void main() {
    uint i = INVOCATION;
    uint lane = gl_LocalInvocationID.x;
    if (SHARE) {
        if (lane == 0u) {
            wide_count = 0u;
        }
        barrier();
    }

    uvec4 box = uvec4(0u);
    if (i < splats) {
        box = band_box(extent[i]);
    }
    ONLY_IF(walks_alone(i, area(box))) {
        vec4 g = QUAD(geometry, i * SPLAT_QUADS);
        vec3 conic = vec3(g.zw, QUAD(geometry, i * SPLAT_QUADS + 1u).x);
        uint record = pair_start[i];
        uint top = top_of(i);
        for (uint y = box.z; y < box.w; y++) {
            for (uint x = box.x; x < box.y; x++) {
                record += emit_tile(i, g, conic, uvec2(x, y), top, record);
            }
        }
    }
    if (SHARE) {
        share_wide();
    }
}
