// A test for numbers that are not finite, and the index of an invocation.

#ifndef NUMBER_GLSL
#define NUMBER_GLSL

// |v| < limit, false for NaN; limit is positive. The bits are compared, because a compiler with fast math (MoltenVK's)
// may treat a comparison of floats as if there were no NaN.
bool below(float v, float limit) {
    return (floatBitsToUint(v) & 0x7fffffffu) < floatBitsToUint(limit);
}

// The index of an invocation in kernels with one invocation per splat. Many devices take at most 65 535 workgroups
// along an axis, which is 4.19 M splats; further workgroups are in a second row (engine/pass.go). It is a macro,
// because the workgroup size is declared after this file is included.
#define INVOCATION (gl_GlobalInvocationID.y * gl_NumWorkGroups.x * gl_WorkGroupSize.x + gl_GlobalInvocationID.x)

#endif
