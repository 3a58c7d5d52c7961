// The numbers of a step for the host, written by loss_part or loss_sum. STATE and REPORT are the bindings.

layout(set = 0, binding = STATE, std430) readonly buffer state_block {
    uint pairs_needed;
    uint longest;
    uvec2 offset;
    uvec2 faults[]; // by picture: broken, overflow
};
struct Report {
    ERROR_SUMS error_sums;
    float similarity;
    uint pairs;
    uint broken;
    uint overflow;
    uint longest;
};
layout(set = 0, binding = REPORT, std430) writeonly buffer report_block { Report reports[]; }; // by picture

void tell(vec4 sums, uint cell) {
    reports[cell].error_sums = ERROR_SUMS(sums);
    reports[cell].similarity = sums.w;
    reports[cell].pairs = pairs_needed;
    reports[cell].broken = faults[cell].x;
    reports[cell].overflow = faults[cell].y;
    reports[cell].longest = longest;
}
