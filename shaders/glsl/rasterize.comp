#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require

// Renders the tiles of a band: at each pixel the K splats of the least exponents, normalised by the sum of their
// weights.
// Grid: one workgroup per tile, 16 x (16 / PIXELS) invocations, each for PIXELS pixels of one column.
// Reads geometry, tile_start, list. Writes pixels (colours, then D), threshold, tile_used (the number of list entries
// that any pixel looked at).

#include "quad.glsl"
#include "exponent.glsl"
#include "rasterize.glsl"

// For a picture that the host only reads: no threshold, no tile_used, and nothing after the colours of a pixel. That saves
// stores and barriers. BYTES: a pixel is a word with a byte for each of up to four channels.
layout(constant_id = 9) const bool SHOWN = false;
layout(constant_id = 10) const bool BYTES = false;

layout(push_constant) uniform Push {
    uint width;
    uint height;
    uint row_begin;  // first tile row rendered
    uint list_begin; // tile row of the first list
    uint ring; // tile rows of pixels and threshold
    uint base; // the tile row at which the binding begins
    uint capacity;
    float cut;
    uint cell_rows; // tile rows of each picture
};

shared uint used;

// The step of 0..255 nearest to v: floor(255 v + 0.5), as the host rounds. float32 cannot hold the product, so v has two
// parts whose products are exact, and the comparisons with them correct the step. NaN gives 0.
uint byte_of(float v) {
    uint bits = floatBitsToUint(v);
    float high = uintBitsToFloat(bits & 0xfffff000u);
    precise float low = 255.0 * (v - high);
    precise float product = 255.0 * high;
    precise float near = floor((product + low) + 0.5);
    precise float rest = product - (near - 0.5);
    precise float beyond = rest - 1.0;
    uint n = uint(clamp(near, 0.0, 255.0)) + (beyond >= -low ? 1u : 0u) - (rest < -low ? 1u : 0u);
    bool between = bits - 1u < 0x3f7fffffu; // 0 < v < 1
    return between ? n : (bits >= 0x3f800000u && bits <= 0x7f800000u ? 255u : 0u);
}

void main() {
    uint tiles_across = (width + TILE - 1u) / TILE;
    uvec2 tile = uvec2(gl_WorkGroupID.x, gl_WorkGroupID.y + row_begin);
    uint slot = (tile.y - list_begin) * tiles_across + tile.x;
    uint begin = min(tile_start[slot], capacity);
    uint end = min(tile_start[slot + 1u], capacity);
    uint x = tile.x * TILE + gl_LocalInvocationID.x;
    uint y = tile.y % cell_rows * TILE + gl_LocalInvocationID.y * PIXELS; // in its picture
    vec2 at = vec2(x, y) + 0.5;
    if (!SHOWN) {
        if (gl_LocalInvocationIndex == 0u) {
            used = 0u;
        }
        barrier();
    }

    uint looked = draw(begin, end, at, cut);
    if (!SHOWN) {
        atomicMax(used, looked);
    }
    uint line = tile_line(ring_slot(tile.y, base, ring), tiles_across, tile.x, gl_LocalInvocationID.y * PIXELS);
    uint column = gl_LocalInvocationID.x;
    for (uint p = 0u; p < PIXELS; p++) {
        if (y + p < height) {
            bool inside = x < width;
            // Beyond the right edge no splat counts.
            if (!SHOWN) {
                threshold[in_line(line + p, 1u, 0u, column)] = inside ? limit[p] : -1.0;
            }
            float inverse = inside ? 1.0 / D[p] : 0.0;
            if (BYTES) {
                uint word = 0u;
                for (uint c = 0u; c < CHANNELS && c < 4u; c++) {
                    word |= byte_of(sum[p][c] * inverse) << 8u * c;
                }
                uint at = in_line(line + p, 1u, 0u, column);
                pixels_raw[at / 2u][at % 2u] = word;
                continue;
            }
            vec4 quad = vec4(0.0);
            for (uint c = 0u; c < CHANNELS; c++) {
                quad[c % 4u] = sum[p][c] * inverse;
                if (c % 4u == 3u) {
                    STORE_PIXEL(pixels, in_line(line + p, PIXEL_QUADS, c / 4u, column), quad)
                    quad = vec4(0.0);
                }
            }
            if (SHOWN && !HALF && CHANNELS == 3u) {
                uint own = 2u * in_line(line + p, PIXEL_QUADS, 0u, column);
                pixels_raw[own] = floatBitsToUint(quad.xy);
                pixels_raw[own + 1u].x = floatBitsToUint(quad.z);
                continue;
            }
            quad[DENOMINATOR % 4u] = D[p];
            STORE_PIXEL(pixels, in_line(line + p, PIXEL_QUADS, DENOMINATOR / 4u, column), quad)
            // The loss does not write beyond the right edge, and 0 times the contents of new memory may be NaN.
            if (!SHOWN && PULL / 4u != DENOMINATOR / 4u && !inside) {
                STORE_PIXEL(pixels, in_line(line + p, PIXEL_QUADS, PULL / 4u, column), vec4(0.0))
            }
        }
    }
    if (!SHOWN) {
        barrier();
        if (gl_LocalInvocationIndex == 0u) {
            tile_used[tile.y * tiles_across + tile.x] = used;
        }
    }
}
