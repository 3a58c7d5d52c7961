// Cosine, sine and conic of one splat, with the same results on the devices of every vendor.

#ifndef ROTATION_GLSL
#define ROTATION_GLSL

// (cos, sin) by Taylor polynomials on [-pi/4, pi/4]. The reduction subtracts pi/2 in three parts. The first two parts
// are so short that their products with the number of quarter turns are exact. For |angle| < 1000 the error is
// below 2e-7, with or without fused multiply-add.
vec2 rotation(float angle) {
    float turns = round(angle * 0.636619772);
    precise float x = ((angle - turns * 1.5703125) - turns * 4.83751297e-4) - turns * 7.54978995e-8;
    float q = x * x;
    float s = x * (1.0 + q * (-1.66666667e-1 + q * (8.33333333e-3 + q * (-1.98412698e-4 + q * 2.75573192e-6))));
    float c = 1.0 + q * (-0.5 + q * (4.16666667e-2 + q * (-1.38888889e-3 + q * 2.48015873e-5)));
    int quarter = int(turns) & 3;
    vec2 r = (quarter & 1) == 0 ? vec2(c, s) : vec2(-s, c);
    return (quarter & 2) == 0 ? r : -r;
}

// (a/2, b, c/2) of the model from the inverse deviations t and r = (cos, sin).
vec3 halved_conic(vec2 t, vec2 r) {
    vec2 q = t * t;
    return vec3(0.5 * (q.x * r.x * r.x + q.y * r.y * r.y), (q.x - q.y) * r.x * r.y, 0.5 * (q.x * r.y * r.y + q.y * r.x * r.x));
}

#endif
