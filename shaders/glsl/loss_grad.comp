#version 450
#extension GL_GOOGLE_include_directive : require

// Last pass of the loss: vertical window sums complete the gradient of SSIM; L1 and L2 join; the result is divided by the
// pixel's denominator, as rasterize_grad wants it.
// Grid: x = columns, y = strips of rows. One invocation slides down one strip of one column, up to four channels at once;
// a picture of more channels takes one dispatch a group of four.
// Reads maps, image, target, step; writes gradient (v/D, then C.v/D) and the workgroup's sums of |C-T| and (C-T)^2 to partial.
// v is dL/dC times the loss scale: unscaled it is 1e-8 at 8K, under the smallest float16.

#include "quad.glsl"
#include "target.glsl"
#include "window.glsl"
#include "step.glsl"

layout(constant_id = 4) const uint GROUP = 0u; // channels 4 GROUP ...
layout(local_size_x = 64) in;

READ_QUADS(0, maps)
READ_PIXELS(1, image)
READ_TARGET(2)
layout(set = 0, binding = 3, std430) readonly buffer step_block { Step step; };
layout(set = 0, binding = 4, std430) buffer gradient_block { uvec2 gradient_raw[]; };
layout(set = 0, binding = 5, std430) writeonly buffer partial_block { vec2 partial[]; };

layout(push_constant) uniform Push {
    uint width;
    uint height;
    uint row_begin;
    uint row_end;
    uint strip;
    uint ring; // tile rows of image and gradient
    uint map_rows;
    uint target_begin; // first tile row of the target that is bound
    uint clamped;      // 1: the picture as it is shown, for evaluation
    uint partial_begin;
};

const uint FIRST = 4u * GROUP;
const uint COUNT = CHANNELS - FIRST < 4u ? CHANNELS - FIRST : 4u;

shared vec2 sums[gl_WorkGroupSize.x];

void main() {
    uint x = gl_GlobalInvocationID.x;
    uint first = row_begin + gl_WorkGroupID.y * strip;
    uint end = x < width ? min(first + strip, row_end) + 2u * RADIUS : first;
    vec3 state[COUNT][10];
    for (uint c = 0u; c < COUNT; c++) {
        for (uint k = 0u; k < 10u; k++) {
            state[c][k] = vec3(0.0);
        }
    }
    vec2 total = vec2(0.0);
    uint from = (first > RADIUS ? first - RADIUS : 0u) % map_rows;
    uint tiles_across = (width + TILE - 1u) / TILE;
    uint slot = first / TILE % ring;
    for (uint incoming = first; incoming < end; incoming++) {
        vec3 slope[COUNT];
        bool inside = incoming >= RADIUS && incoming - RADIUS < height;
        for (uint c = 0u; c < COUNT; c++) {
            vec3 value = vec3(0.0);
            if (inside) {
                value = QUAD(maps, blurred_at(FIRST + c, width, map_rows, from, x)).xyz;
            }
            FILTER_STEP(vec3, slope[c], state[c], value)
        }
        from = inside ? next_in_ring(from, map_rows) : from;
        if (incoming >= first + 2u * RADIUS) {
            uint y = incoming - 2u * RADIUS;
            uint line = tile_line(slot, tiles_across, x / TILE, y % TILE);
            uint pixel = in_line(line, PIXEL_QUADS, GROUP, x % TILE);
            uint last_quad = in_line(line, PIXEL_QUADS, PIXEL_QUADS - 1u, x % TILE);
            line = tile_line(y / TILE - target_begin, tiles_across, x / TILE, y % TILE);
            vec4 wanted = TARGET(in_line(line, TARGET_GROUPS, GROUP, x % TILE));
            if (y % TILE == TILE - 1u) {
                slot = next_in_ring(slot, ring);
            }
            vec4 colour = PIXEL(image, pixel);
            float inverse = 1.0 / PIXEL(image, last_quad)[LAST];
            vec4 v = vec4(0.0);
            float along = 0.0; // C.v / D
            if (GROUP > 0u) {
                along = UNPACKED(gradient, last_quad)[LAST];
            }
            for (uint c = 0u; c < COUNT; c++) {
                float shown = clamped != 0u ? clamp(colour[c], 0.0, 1.0) : colour[c];
                float error = shown - wanted[c];
                total += vec2(abs(error), error * error);
                float similar = slope[c].x + 2.0 * shown * slope[c].y + wanted[c] * slope[c].z;
                v[c] = (step.l1 * sign(error) + step.l2 * error - step.ssim * similar) * inverse;
                along += colour[c] * v[c];
            }
            if (GROUP == PIXEL_QUADS - 1u) {
                v[LAST] = along;
                STORE_PIXEL(gradient, last_quad, v)
            } else {
                STORE_PIXEL(gradient, pixel, v)
                vec4 rest = vec4(0.0);
                rest[LAST] = along;
                STORE_PIXEL(gradient, last_quad, rest)
            }
        }
    }
    sums[gl_LocalInvocationID.x] = total;
    barrier();
    for (uint half_size = gl_WorkGroupSize.x / 2u; half_size > 0u; half_size /= 2u) {
        if (gl_LocalInvocationID.x < half_size) {
            sums[gl_LocalInvocationID.x] += sums[gl_LocalInvocationID.x + half_size];
        }
        barrier();
    }
    if (gl_LocalInvocationID.x == 0u) {
        partial[partial_begin + gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x] = sums[0];
    }
}
