// Numbers that the host sets for each step. They are in a small buffer, so that the recorded commands never change.

#ifndef STEP_GLSL
#define STEP_GLSL

#include "loss.glsl"

struct Step {
    Weights weights;
    float unscale; // 1 / loss scale
    float rate_xy;
    float rate_scale;
    float rate_rot;
    float rate_feat;
    float beta1;
    float beta2;
    float correction1; // 1 / (1 - beta1^t)
    float correction2; // 1 / (1 - beta2^t)
    float epsilon;
    uint offset_x; // px, of the first pixel that the step looks at (splat_project)
    uint offset_y;
};

#endif
