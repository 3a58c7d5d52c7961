// Shared by bin_count and bin_emit: the walk over the tiles of the band that the ellipse of a splat reaches.
// Each invocation walks the tiles of its own splat. With SHARE the whole workgroup walks the tiles of a wide splat:
// each invocation takes a run of consecutive tiles.

layout(push_constant) uniform Push {
    uint splats;
    uint width;
    uint height;
    uint row_begin; // tile rows of the band
    uint row_end;
    uint capacity; // pairs that the lists can hold
    float cut;
    uint cell_splats; // splats that each picture has room for
    uint cell_rows;   // tile rows of each picture
};

const uint WIDE = 64u; // a splat whose box has more tiles is wide
// Tiles per iteration. With 4, 64 splats that all cover a band of 65 000 tiles stay within the 65 535 iterations of
// lavapipe's loops.
const uint AT_ONCE = 4u;
// Unrolled by hand: spirv-opt drops `precise` from all copies but the first when it unrolls a loop.
#define FOUR_TIMES(statements) { statements } { statements } { statements } { statements }

shared uint wide[LANES]; // wide splats, in any order
shared uint wide_count;

uint tiles_across() {
    return (width + TILE - 1u) / TILE;
}

// Tile columns x0..x1 and tile rows y0..y1 (ends exclusive) of a splat inside the band.
uvec4 band_box(uvec2 box) {
    return uvec4(box.x & 0xffffu, box.x >> 16u, max(box.y & 0xffffu, row_begin), min(box.y >> 16u, row_end));
}

uint area(uvec4 box) {
    return box.x < box.y && box.z < box.w ? (box.y - box.x) * (box.w - box.z) : 0u;
}

// The first tile row of the picture of splat i.
uint top_of(uint i) {
    return i / cell_splats * cell_rows;
}

// top is the first tile row of the picture.
float tile_exponent(vec2 centre, vec3 conic, uvec2 tile, uint top) {
    precise vec2 lo = vec2(uvec2(tile.x, tile.y - top) * TILE) + 0.5;
    precise vec2 hi = min(lo + float(TILE - 1u), vec2(width, height) - 0.5);
    return least_exponent(centre, conic, lo, hi);
}

// Whether the ellipse reaches the tile. The margin covers the rounding of a pixel's own exponent.
bool reaches(float least) {
    precise float most = cut * 1.00001;
    return least <= most;
}

// Returns whether the invocation of splat i walks its tiles. A wide splat is added to `wide` instead.
bool walks_alone(uint i, uint tiles) {
    if (SHARE && tiles > WIDE) {
        wide[atomicAdd(wide_count, 1u)] = i;
    }
    return tiles > 0u && (!SHARE || tiles <= WIDE);
}

// The number of tiles of a wide splat that an invocation takes, a multiple of AT_ONCE.
uint run_of(uint tiles) {
    return ((tiles + LANES - 1u) / LANES + AT_ONCE - 1u) / AT_ONCE * AT_ONCE;
}

uvec2 tile_after(uvec2 tile, uvec4 box) {
    return tile.x + 1u == box.y ? uvec2(box.x, tile.y + 1u) : uvec2(tile.x + 1u, tile.y);
}
