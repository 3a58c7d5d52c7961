// What bin_count and bin_emit share: the walk over the tiles of the band that a splat's ellipse reaches.

layout(push_constant) uniform Push {
    uint splats;
    uint width;
    uint height;
    uint row_begin; // tile rows of the band
    uint row_end;
    uint capacity; // pairs that the lists can hold
    float cut;
};

uint tiles_across() {
    return (width + TILE - 1u) / TILE;
}

// Tile columns x0..x1 and tile rows y0..y1 (ends exclusive) of a splat inside the band.
uvec4 band_box(uvec2 box) {
    return uvec4(box.x & 0xffffu, box.x >> 16u, max(box.y & 0xffffu, row_begin), min(box.y >> 16u, row_end));
}

float tile_exponent(vec2 centre, vec3 conic, uvec2 tile) {
    vec2 lo = vec2(tile * TILE) + 0.5;
    vec2 hi = min(lo + float(TILE - 1u), vec2(width, height) - 0.5);
    return least_exponent(centre, conic, lo, hi);
}

// The ellipse reaches the tile; the margin covers the rounding of a pixel's own exponent.
bool reaches(float least) {
    return least <= cut * 1.00001;
}
