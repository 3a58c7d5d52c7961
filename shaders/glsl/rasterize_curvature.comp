#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require

// The diagonal of the Gauss-Newton matrix of the squared error, for each splat-tile pair: sums over the tile's pixels of
// w^2 and of w^2 |c_k - C|^2 {U^2, V^2, U^4, V^4, U^2 V^2}, with w = alpha_k/D and the coordinates U, V of the pixel in the
// frame of the splat, in units of its deviations. The set of splats that count at a pixel is held fixed.
// Grid: one workgroup per tile of the lists, one invocation per pair of the list at a time.
// Reads geometry, params, tile_start, list, tile_used, pixels (C, D), threshold. Writes records, at the slot that
// bin_emit chose, for gather_grad. Pairs of rows outside work_begin..work_end and pairs that no pixel looked at get
// zeros.

#include "quad.glsl"
#include "exponent.glsl"
#include "rotation.glsl"

layout(local_size_x_id = 3) in;

READ_QUADS(0, geometry)
layout(set = 0, binding = 1, std430) readonly buffer params_block { float params[]; };
layout(set = 0, binding = 2, std430) readonly buffer tile_start_block { uint tile_start[]; };
layout(set = 0, binding = 3, std430) readonly buffer list_block { uvec2 list_raw[]; };
layout(set = 1, binding = 3) uniform usamplerBuffer list_texel;
layout(set = 0, binding = 4, std430) readonly buffer tile_used_block { uint tile_used[]; };
READ_PIXEL_WORDS(5, pixels)
READ_QUADS(6, threshold) // four columns
layout(set = 0, binding = 7, std430) writeonly buffer records_block { vec4 records[]; };

layout(push_constant) uniform Push {
    uint width;
    uint height;
    uint list_begin; // tile row of the first list
    uint work_begin; // tile rows to compute
    uint work_end;
    uint ring; // tile rows of pixels and threshold
    uint base; // the tile row at which the binding begins
    uint stride; // of the planes of params
    uint capacity;
    uint cell_rows; // tile rows of each picture
};

void main() {
    uint tiles_across = (width + TILE - 1u) / TILE;
    uvec2 tile = uvec2(gl_WorkGroupID.x, gl_WorkGroupID.y + list_begin);
    uint slot = gl_WorkGroupID.y * tiles_across + gl_WorkGroupID.x;
    uint begin = min(tile_start[slot], capacity);
    uint end = min(tile_start[slot + 1u], capacity);
    bool work = tile.y >= work_begin && tile.y < work_end;
    uint used = work ? begin + tile_used[tile.y * tiles_across + tile.x] : begin;
    uvec2 corner = uvec2(tile.x, tile.y % cell_rows) * TILE; // in its picture
    uint row_end = min(corner.y + TILE, height);
    uint line_first = tile_line(ring_slot(tile.y, base, ring), tiles_across, tile.x, 0u);

    for (uint i = begin + gl_LocalInvocationID.x; i < end; i += gl_WorkGroupSize.x) {
        uvec2 entry = TEXEL ? texelFetch(list_texel, int(i)).xy : list_raw[i];
        uint id = entry.x & 0xffffffu;
        uint splat = id * SPLAT_QUADS;
        vec4 g = QUAD(geometry, splat);
        vec4 q = QUAD(geometry, splat + 1u);
        float C = q.x;
        float feature[CHANNELS];
        for (uint c = 0u; c < CHANNELS; c++) {
            if (c > 0u && (c + 1u) % 4u == 0u) {
                q = QUAD(geometry, splat + 1u + (c + 1u) / 4u);
            }
            feature[c] = q[(c + 1u) % 4u];
        }
        vec2 r = rotation(params[4u * stride + id]);
        vec2 along = params[2u * stride + id] * r;
        vec2 across = params[3u * stride + id] * vec2(-r.y, r.x);
        float weights = 0.0;
        vec2 squares = vec2(0.0);
        vec3 fourths = vec3(0.0);
        uint last = i < used ? row_end : corner.y;
        uint line = line_first;
        for (uint y = corner.y; y < last; y++) {
            float dy = offset(float(y) + 0.5, g.y);
            uvec4 words[PIXEL_QUADS];
            vec4 limits = vec4(0.0);
            [[unroll]] for (uint x = 0u; x < TILE; x++) {
                if (x % 4u == 0u) {
                    limits = QUAD(threshold, in_line(line, 1u, 0u, x) / 4u);
                }
                if (fetches_words(x)) {
                    for (uint k = 0u; k < PIXEL_QUADS; k++) {
                        words[k] = WORDS(pixels, words_at(in_line(line, PIXEL_QUADS, k, x)));
                    }
                }
                float dx = offset(float(corner.x + x) + 0.5, g.x);
                float s = exponent(exponent_column(g.z, dx), exponent_slope(g.w, dx), C, dy);
                // Beyond the right edge the threshold is negative.
                float w = s <= limits[x % 4u] ? exp(-s) / quad_of_words(words[DENOMINATOR / 4u], x)[DENOMINATOR % 4u] : 0.0;
                float contrast = 0.0; // |c_k - C|^2
                for (uint c = 0u; c < CHANNELS; c++) {
                    float away = feature[c] - quad_of_words(words[c / 4u], x)[c % 4u];
                    contrast = fma(away, away, contrast);
                }
                float square = w * w;
                float share = w > 0.0 ? square * contrast : 0.0;
                vec2 place = vec2(along.x * dx + along.y * dy, across.x * dx + across.y * dy);
                place *= place;
                weights += square;
                squares += share * place;
                fourths += share * vec3(place * place, place.x * place.y);
            }
            line++;
        }
        if (entry.y < capacity) { // beyond it when the lists overflowed
            records[entry.y * RECORD_QUADS] = vec4(weights, squares, fourths.x);
            records[entry.y * RECORD_QUADS + 1u] = vec4(fourths.yz, 0.0, 0.0);
            for (uint n = 2u; n < RECORD_QUADS; n++) {
                records[entry.y * RECORD_QUADS + n] = vec4(0.0);
            }
        }
    }
}
