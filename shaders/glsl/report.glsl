// The numbers of a step for the host, written by loss_part or loss_sum. STATE and REPORT are the bindings.

layout(set = 0, binding = STATE, std430) readonly buffer state_block {
    uint pairs_needed;
    uint broken;
    uint overflow;
    uint longest;
};
layout(set = 0, binding = REPORT, std430) writeonly buffer report_block {
    ERROR_SUMS error_sums;
    float similarity;
    uint pairs;
    uint broken;
    uint overflow;
    uint longest;
} report;

void tell(vec4 sums) {
    report.error_sums = ERROR_SUMS(sums);
    report.similarity = sums.w;
    report.pairs = pairs_needed;
    report.broken = broken;
    report.overflow = overflow;
    report.longest = longest;
}
