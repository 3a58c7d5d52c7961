// SSIM of one pixel from its moments m = (mu_C, mu_T, E[C^2+T^2], E[CT]), and its derivatives with respect to the
// first, third and fourth moment. With B1 = mu_C^2 + mu_T^2 + C1, B2 = var_C + var_T + C2, A1 = 2 mu_C mu_T + C1 and
// A2 = 2 cov + C2: S = A1 A2 / (B1 B2).

#ifndef SSIM_GLSL
#define SSIM_GLSL

const float C1 = 0.0001;
const float C2 = 0.0009;

// (dS/dmu_C, dS/dE[C^2+T^2], dS/dE[CT], S)
vec4 similarity(vec4 m) {
    float squares = m.x * m.x + m.y * m.y;
    float product = m.x * m.y;
    float A1 = 2.0 * product + C1;
    float A2 = 2.0 * (m.w - product) + C2;
    float B1 = squares + C1;
    float B2 = m.z - squares + C2;
    float scale = 1.0 / (B1 * B2);
    float S = A1 * A2 * scale;
    float mean = 2.0 * (m.y * (A2 - A1) * scale - m.x * S * (1.0 / B1 - 1.0 / B2));
    return vec4(mean, -S / B2, 2.0 * A1 * scale, S);
}

#endif
