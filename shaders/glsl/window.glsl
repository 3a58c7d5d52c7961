// The 11-tap Gaussian window of SSIM, sigma 1.5 px (Wang et al., 2004), as a transposed filter: ten running sums that
// shift as they accumulate. Each sample is loaded once.

#ifndef WINDOW_GLSL
#define WINDOW_GLSL

const uint RADIUS = 5u;

// Taps at distance 5, 4, 3, 2, 1, 0 from the centre. The eleven taps of the window sum to 1.
const float TAP[6] = float[6](0.00102838008, 0.00759875814, 0.0360007721, 0.109360687, 0.213005537, 0.266011731);

// One step for type T: `state` is 10 running sums, `q` the new sample, `result` the sum centred RADIUS samples back.
#define FILTER_STEP(T, result, state, q) \
    { \
        T p0 = TAP[0] * (q), p1 = TAP[1] * (q), p2 = TAP[2] * (q), p3 = TAP[3] * (q), p4 = TAP[4] * (q), p5 = TAP[5] * (q); \
        result = state[0] + p0; \
        state[0] = state[1] + p1; \
        state[1] = state[2] + p2; \
        state[2] = state[3] + p3; \
        state[3] = state[4] + p4; \
        state[4] = state[5] + p5; \
        state[5] = state[6] + p4; \
        state[6] = state[7] + p3; \
        state[7] = state[8] + p2; \
        state[8] = state[9] + p1; \
        state[9] = p0; \
    }

// The index of a value between two passes: [channel][8 columns][row][column]. This order has few page changes both down
// a column and along a row. The next row is BLOCK further.
const uint BLOCK = 8u;

uint blurred_at(uint channel, uint width, uint rows, uint row, uint x) {
    return ((channel * ((width + BLOCK - 1u) / BLOCK) + x / BLOCK) * rows + row) * BLOCK + x % BLOCK;
}

// The maps of the last CARRIED rows of a chunk are kept for the chunk below, over the whole width. Two such sets of
// rows, used in turn, come before the maps of the two blocks in progress.
const uint CARRIED = 2u * RADIUS;

uint carried_quads(uint width) {
    return CHANNELS * ((width + BLOCK - 1u) / BLOCK) * BLOCK * CARRIED;
}

#endif
