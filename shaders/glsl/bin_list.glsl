// Shared by bin_sort and bin_merge.

layout(push_constant) uniform Push {
    uint tiles_across;
    uint rows; // tile rows of the band
    uint capacity;
};

const uint COUNTED = 384u; // lists up to this are sorted by counting alone: on lavapipe merging costs more up to here
const uint RUN = 32u;      // others are sorted in runs of this length, then merged

// The length of the sorted runs that bin_sort leaves of a list.
uint sorted_run(uint length) {
    return length <= COUNTED ? COUNTED : RUN;
}
