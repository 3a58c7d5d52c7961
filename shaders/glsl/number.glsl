// Whether a float is a number, and the number of an invocation.

#ifndef NUMBER_GLSL
#define NUMBER_GLSL

// |v| < limit, which is false for NaN. By bits: a compiler with fast math (MoltenVK's) may fold a comparison as if there were no NaN. limit is positive.
bool below(float v, float limit) {
    return (floatBitsToUint(v) & 0x7fffffffu) < floatBitsToUint(limit);
}

// Which of many things an invocation has, in kernels with one for each. Many devices take no more than 65 535 workgroups along an axis, which is
// 4.19 M splats; beyond that they go on in a second row (over in engine/pass.go). A macro, because the size of a workgroup is declared later.
#define INVOCATION (gl_GlobalInvocationID.y * gl_NumWorkGroups.x * gl_WorkGroupSize.x + gl_GlobalInvocationID.x)

#endif
