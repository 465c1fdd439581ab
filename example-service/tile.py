"""GeoJSON polygons to the pixels of one map tile. tile.mjs is the same in JavaScript."""

import json
import math
import struct
import zlib

# ---- Equal in tile.mjs and tile.py: both must draw the same pixels. ----------
TILE = 256
MARGIN = 8  # the water lines of land just beyond the tile reach into it
SIDE = TILE + 2 * MARGIN
WORLD = 2**24  # the world's width and height in whole grid units
MAX_LATITUDE = 85.05112877980659
PALETTE = "8cc3d4 82bacc a0d0dd b5dde5 3f6170 9dbd7c e6cb8b 7dab7a dcb07e cf9270 f5f7f6 b9c07a"
SEA, GRID, OFFSHORE, INSHORE, COAST, LAND = 0, 1, 2, 3, 4, 5
TINTS = ["meadow", "sand", "forest", "ochre", "clay", "ice", "olive"]
FAR = 255
STRAIGHT = 3  # distances count 3 for a step and 4 for a diagonal step
DIAGONAL = 4
GRID_STEP = 64
PREVIEW_COLUMNS = 32
PREVIEW_ROWS = 8
QUADRANTS = "·▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"
# ------------------------------------------------------------------------------


# Sine and logarithm may differ in the last bit from one language to the next.
# On whole grid units the difference is gone, and what follows is integer work.
def project(point):
    longitude, latitude = point[:2]
    clamped = max(-MAX_LATITUDE, min(MAX_LATITUDE, latitude))
    sine = math.sin(clamped * math.pi / 180)
    x = (longitude + 180) / 360
    y = 0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi)
    return math.floor(x * WORLD + 0.5), math.floor(y * WORLD + 0.5)


def to_land(feature):
    properties = feature["properties"]
    tint = properties.get("tint")
    edges = []
    for ring in feature["geometry"]["coordinates"]:
        points = [project(point) for point in ring]
        for start, end in zip(points, points[1:]):
            edges.append(start + end if start[1] < end[1] else end + start)
    return {
        "continent": properties.get("continent", properties.get("name", "unnamed")),
        "color": LAND + (TINTS.index(tint) if tint in TINTS else 0),
        "edges": edges,
    }


def read_lands(text):
    features = json.loads(text)["features"]
    return [to_land(feature) for feature in features if feature["geometry"]["type"] == "Polygon"]


def crossings(edges, y):
    return sorted(
        x0 + (y - y0) * (x1 - x0) // (y1 - y0) for x0, y0, x1, y1 in edges if y0 <= y < y1
    )


def rasterise(lands, z, x, y):
    """Every cell of the tile and its margin: 0 for water, else 1 + the land's index."""
    unit = WORLD // (TILE * 2**z)
    left = (x * TILE - MARGIN) * unit + unit // 2
    top = (y * TILE - MARGIN) * unit + unit // 2

    def column(at):
        return max(0, min(SIDE, -((left - at) // unit)))

    cells = [0] * (SIDE * SIDE)
    for index, land in enumerate(lands):
        for row in range(SIDE):
            xs = crossings(land["edges"], top + row * unit)
            for start, end in zip(xs[::2], xs[1::2]):
                first, last = column(start), column(end)
                cells[row * SIDE + first : row * SIDE + last] = [index + 1] * (last - first)
    return cells


def distances(cells):
    """A chamfer distance transform: one sweep forwards, one sweep backwards. What a
    sweep carries round the end of a row has faded before it has crossed the margin."""
    far = [0 if cell > 0 else FAR for cell in cells]

    def sweep(at, step):
        straight = min(far[at - step], far[at - step * SIDE]) + STRAIGHT
        diagonal = min(far[at - step * (SIDE + 1)], far[at - step * (SIDE - 1)]) + DIAGONAL
        far[at] = min(far[at], straight, diagonal)

    for at in range(SIDE + 1, len(far)):
        sweep(at, 1)
    for at in range(len(far) - SIDE - 2, -1, -1):
        sweep(at, -1)
    return far


def water_color(distance, column, row):
    if distance <= STRAIGHT:
        return COAST
    if distance <= 3 * STRAIGHT:
        return INSHORE
    if distance <= 6 * STRAIGHT:
        return OFFSHORE
    return GRID if column % GRID_STEP == 0 or row % GRID_STEP == 0 else SEA


def draw_tile(lands, z, x, y):
    cells = rasterise(lands, z, x, y)
    far = distances(cells)
    pixels = bytearray(TILE * TILE)
    seen = set()
    for i in range(len(pixels)):
        row, column = divmod(i, TILE)
        at = (row + MARGIN) * SIDE + column + MARGIN
        land = lands[cells[at] - 1] if cells[at] > 0 else None
        if land:
            seen.add(land["continent"])
        pixels[i] = land["color"] if land else water_color(far[at], column, row)
    return pixels, sorted(seen)


def land_share(pixels):
    """The land's share of the tile in thousandths, rounded."""
    land = sum(pixel >= LAND for pixel in pixels)
    return math.floor(land * 1000 / len(pixels) + 0.5)


def preview(pixels):
    """A character shows four points of the tile, one in each of its quarters."""
    width = TILE // PREVIEW_COLUMNS // 2
    height = TILE // PREVIEW_ROWS // 2

    def bit(column, row):
        at = (row * height + height // 2) * TILE + column * width + width // 2
        return pixels[at] >= LAND

    def character(column, row):
        top = bit(column, row) + 2 * bit(column + 1, row)
        bottom = bit(column, row + 1) + 2 * bit(column + 1, row + 1)
        return QUADRANTS[top + 4 * bottom]

    return [
        "".join(character(2 * column, 2 * row) for column in range(PREVIEW_COLUMNS))
        for row in range(PREVIEW_ROWS)
    ]


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def encode_png(pixels):
    # Eight bits a pixel, each the number of a palette entry.
    header = struct.pack(">IIBBBBB", TILE, TILE, 8, 3, 0, 0, 0)
    rows = b"".join(b"\0" + pixels[at : at + TILE] for at in range(0, len(pixels), TILE))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"PLTE", bytes.fromhex(PALETTE))
        + chunk(b"IDAT", zlib.compress(rows, 9))
        + chunk(b"IEND", b"")
    )
