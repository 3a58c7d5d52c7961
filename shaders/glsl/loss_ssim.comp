#version 450
#extension GL_GOOGLE_include_directive : require

// The whole loss with SSIM in one kernel, for GPUs. No intermediate result goes through memory. blur_moments, blur_ssim
// and loss_grad do the same in three passes, which suits the cache of a CPU; a GPU would move 1.3 GB at 2048 x 2048.
// Grid: x = runs of COLUMNS - 20 columns, y = strips of rows. A picture of more than four channels takes one dispatch
// per group of four.
// A workgroup slides down its strip. Each invocation of the first half holds one column of the colours: its filter
// gives vertical sums of the moments. The second half completes these sums along the row in shared memory, computes
// SSIM and its derivatives, and sums the derivatives along the row and, with the same filter, down the column. Both
// halves work at the same time, on different rows. Ten columns at each side and ten rows above and below are computed
// only because the windows of other pixels reach them.
// Reads pixels (C, D), target, step. Writes gradient (v/D, then C.v/D; tile rows from grad_begin on), the sums of
// the workgroup to partial_error (ERROR_SUMS in loss.glsl), and its sum of SSIM to partial_ssim. The gradient is zero beyond the
// right edge of the picture. v is dL/dC times the loss scale.
// Delicate: with two filters in the registers of one invocation, only 2 waves per SIMD would fit on GFX9;
// therefore each half of the workgroup has one filter.

#include "quad.glsl"
#include "target.glsl"
#include "window.glsl"
#include "ssim.glsl"
#include "step.glsl"

layout(constant_id = 5) const uint GROUP = 0u; // channels from 4 GROUP on
layout(constant_id = 6) const uint COLUMNS = 64u;
layout(local_size_x_id = 6, local_size_y_id = 7) in; // COLUMNS x twice the channels of the group

READ_PIXELS(0, pixels)
READ_TARGET(1)
layout(set = 0, binding = 2, std430) readonly buffer step_block { Step step; };
UPDATE_PIXELS(3, gradient)
layout(set = 0, binding = 4, std430) writeonly buffer partial_error_block { ERROR_SUMS partial_error[]; };
layout(set = 0, binding = 5, std430) writeonly buffer partial_ssim_block { float partial_ssim[]; };

layout(push_constant) uniform Push {
    uint width;
    uint height;
    uint row_begin; // rows to complete
    uint row_end;
    uint strip;        // rows per workgroup
    uint ring;         // tile rows of pixels
    uint base;         // the tile row at which the binding begins
    uint grad_begin;   // first tile row of gradient
    uint target_begin; // first tile row of the target that is bound
    float shown;       // 0 in training; in evaluation the exponent that takes clamped samples to display
    uint error_begin;
    uint ssim_begin;
};

const uint FIRST = 4u * GROUP;
const uint COUNT = CHANNELS - FIRST < 4u ? CHANNELS - FIRST : 4u;
const uint REACH = 2u * RADIUS;
// When row y of the colours enters, the moments of row y - RADIUS are complete. Their SSIM enters the second filter one
// iteration later.
const uint LAG = 2u * REACH + 1u;

shared vec4 moments[COUNT * COLUMNS]; // of a row, summed down the columns; after the loop the sums of the invocations
shared float slopes[3u * COUNT * COLUMNS]; // derivatives of SSIM in a row
shared float pulls[COUNT * COLUMNS]; // dL/dC in a row

float colour_at(uint at, uint n) {
    if (TEXEL) {
        return texelFetch(pixels_texel, int(at))[n];
    }
    return HALF ? unpackHalf2x16(pixels_raw[at][n / 2u])[n % 2u] : uintBitsToFloat(pixels_raw[2u * at + n / 2u][n % 2u]);
}

// A sample with gamma undone, in evaluation; unchanged in training.
float as_seen(float v) {
    if (GAMMA) {
        ONLY_IF(shown != 0.0) {
            v = as_shown(v, shown);
        }
    }
    return v;
}

// The sum of v(k - RADIUS) ... v(k + RADIUS) through the window.
#define ALONG_ROW(result, v, k) \
    result = TAP[5] * v[k]; \
    for (uint d = 1u; d <= RADIUS; d++) { \
        result += TAP[5u - d] * (v[(k) - d] + v[(k) + d]); \
    }

void main() {
    uint lane = gl_LocalInvocationID.x;
    bool down = gl_LocalInvocationID.y < COUNT; // the first half
    uint n = down ? gl_LocalInvocationID.y : gl_LocalInvocationID.y - COUNT;
    uint place = n * COLUMNS + lane;
    uint first = row_begin + gl_WorkGroupID.y * strip;
    uint end = min(first + strip, row_end);
    // Left of the picture x wraps around and is greater than any width.
    uint x = gl_WorkGroupID.x * (COLUMNS - 2u * REACH) + lane - REACH;
    bool inside = x < width;
    bool own = lane >= REACH && lane < COLUMNS - REACH;
    bool full = lane >= RADIUS && lane < COLUMNS - RADIUS; // the whole window is in the workgroup
    uint tiles_across = (width + TILE - 1u) / TILE;
    uint slot = ring_slot((first > REACH ? first - REACH : 0u) / TILE, base, ring);
    uint slot_out = ring_slot(first / TILE, base, ring);
    vec4 state[10];
    for (uint k = 0u; k < 10u; k++) {
        state[k] = vec4(0.0);
    }
    ERROR_SUMS total = ERROR_SUMS(0.0);
    float similar_total = 0.0;

    for (uint i = 0u; i < end - first + LAG; i++) {
        // The first contents of shared memory and the rows above the strip leave the filters before the first row is
        // complete.
        vec4 incoming = vec4(0.0);
        if (first + i >= REACH && first + i - REACH < height) {
            uint y = first + i - REACH;
            if (down && inside) {
                uint line = tile_line(slot, tiles_across, x / TILE, y % TILE);
                float c = colour_at(in_line(line, PIXEL_QUADS, GROUP, x % TILE), n);
                line = tile_line(y / TILE - target_begin, tiles_across, x / TILE, y % TILE);
                float t = as_seen(TARGET(in_line(line, CHANNELS, FIRST + n, x % TILE)));
                c = as_seen(shown != 0.0 ? clamp(c, 0.0, 1.0) : c);
                incoming = vec4(c, t, c * c + t * t, c * t);
            }
            if (y % TILE == TILE - 1u) {
                slot = next_in_ring(slot, ring);
            }
        }
        if (!down && own) {
            for (uint k = 0u; k < 3u; k++) {
                ALONG_ROW(incoming[k], slopes, k * COUNT * COLUMNS + place)
            }
        }
        vec4 sum;
        FILTER_STEP(vec4, sum, state, incoming)
        bool complete = i >= LAG;
        uint y = first + i - LAG; // the row that is complete
        if (down) {
            moments[place] = sum;
        } else if (complete && own && inside) {
            uint line = tile_line(slot_out, tiles_across, x / TILE, y % TILE);
            float drawn = colour_at(in_line(line, PIXEL_QUADS, GROUP, x % TILE), n);
            line = tile_line(y / TILE - target_begin, tiles_across, x / TILE, y % TILE);
            float wanted = as_seen(TARGET(in_line(line, CHANNELS, FIRST + n, x % TILE)));
            drawn = as_seen(shown != 0.0 ? clamp(drawn, 0.0, 1.0) : drawn);
            float error = drawn - wanted;
            total += errors_of(error);
            float similar = sum.x + 2.0 * drawn * sum.y + wanted * sum.z;
            pulls[place] = slope_of(step.weights, error) - step.weights.ssim * similar;
        }
        barrier();
        if (!down && full) {
            vec4 m;
            ALONG_ROW(m, moments, place)
            bool there = inside && first + i >= 3u * RADIUS && first + i - 3u * RADIUS < height;
            vec4 s = there ? similarity(m) : vec4(0.0);
            slopes[place] = s.x;
            slopes[COUNT * COLUMNS + place] = s.y;
            slopes[2u * COUNT * COLUMNS + place] = s.z;
            if (own && i >= 3u * RADIUS && first + i - 3u * RADIUS < end) {
                similar_total += s.w;
            }
        }
        // Evaluation writes no gradient.
        if (down && n == 0u && complete && own && shown == 0.0 && x < tiles_across * TILE) {
            uint line = tile_line(slot_out, tiles_across, x / TILE, y % TILE);
            vec4 colour = PIXEL(pixels, in_line(line, PIXEL_QUADS, GROUP, x % TILE));
            float D = PIXEL(pixels, in_line(line, PIXEL_QUADS, DENOMINATOR / 4u, x % TILE))[DENOMINATOR % 4u];
            float inverse = inside ? 1.0 / D : 0.0;
            line = tile_line(y / TILE - grad_begin, tiles_across, x / TILE, y % TILE);
            uint pull_at = in_line(line, PIXEL_QUADS, PULL / 4u, x % TILE);
            vec4 v = vec4(0.0);
            float along = 0.0; // C.v / D
            if (GROUP > 0u) {
                along = PIXEL(gradient, pull_at)[PULL % 4u];
            }
            for (uint c = 0u; c < COUNT; c++) {
                v[c] = inside ? pulls[c * COLUMNS + lane] * inverse : 0.0;
                along += inside ? colour[c] * v[c] : 0.0;
            }
            if (PULL / 4u == GROUP) {
                v[PULL % 4u] = along;
            } else {
                vec4 rest = vec4(0.0);
                rest[PULL % 4u] = along;
                STORE_PIXEL(gradient, pull_at, rest)
            }
            STORE_PIXEL(gradient, in_line(line, PIXEL_QUADS, GROUP, x % TILE), v)
        }
        if (complete && y % TILE == TILE - 1u) {
            slot_out = next_in_ring(slot_out, ring);
        }
        barrier();
    }

    if (!down) {
        moments[place] = with_similarity(total, similar_total);
    }
    barrier();
    if (down && n == 0u) {
        for (uint c = 1u; c < COUNT; c++) {
            moments[lane] += moments[c * COLUMNS + lane];
        }
    }
    barrier();
    for (uint half_size = COLUMNS / 2u; half_size > 0u; half_size /= 2u) {
        if (down && n == 0u && lane < half_size) {
            moments[lane] += moments[lane + half_size];
        }
        barrier();
    }
    if (gl_LocalInvocationIndex == 0u) {
        uint group = gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x;
        partial_error[error_begin + group] = ERROR_SUMS(moments[0]);
        partial_ssim[ssim_begin + group] = moments[0].w;
    }
}
