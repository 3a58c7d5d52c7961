// The terms of the loss: the weights, and the value and the slope of every term that is a sum over samples. All kernels
// of the loss call these functions. shaders/loss.go has the same fields in Go.

#ifndef LOSS_GLSL
#define LOSS_GLSL

// The weight of each term times the loss scale, over the number of samples.
struct Weights {
    float l1;
    float l2; // twice the weight
    float ssim;
};

// One sum over samples for each of these terms: a vec2, or a vec3 if there is a third term.
#define ERROR_SUMS vec2

// The values of the terms at one sample. error is C-T.
ERROR_SUMS errors_of(float error) {
    return ERROR_SUMS(abs(error), error * error);
}

// The derivative of the terms by the colour of the sample.
float slope_of(Weights weights, float error) {
    return weights.l1 * sign(error) + weights.l2 * error;
}

// The sums, and in w the sum of SSIM.
vec4 with_similarity(ERROR_SUMS sums, float similarity) {
    return vec4(sums, 0.0, similarity);
}

#endif
