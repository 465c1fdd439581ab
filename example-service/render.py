"""Draws one map tile for one message. render.mjs is the same program in JavaScript."""

import json
import os
import re
import sys
import tempfile
import uuid
from pathlib import Path

from tile import draw_tile, encode_png, land_share, preview, read_lands

MAX_ZOOM = 6
MAX_INTEGER = 2**53 - 1
RETRY = 1
REJECT = 3


class Failure(Exception):
    def __init__(self, exit_code, line):
        super().__init__(line)
        self.exit_code = exit_code


def retry(line):
    return Failure(RETRY, line)


def reject(line):
    return Failure(REJECT, "rejected: " + line)


def refuse_constant(name):
    raise ValueError(name + " is not JSON")


def read_message():
    text = os.environ.get("Message")
    if text is None:
        with open(os.environ["MessageFile"], "rb") as file:
            text = file.read().decode("utf-8", "replace")
    try:
        # In JSON 1 and 1.0 are one number, and NaN is none: so says JavaScript too.
        message = json.loads(text, parse_int=float, parse_constant=refuse_constant)
    except (ValueError, RecursionError):
        raise reject("the message is not JSON") from None
    if not isinstance(message, dict):
        raise reject("the message is not a JSON object")
    return message


def is_integer(value):
    return isinstance(value, float) and value.is_integer() and abs(value) <= MAX_INTEGER


def check_message(message):
    tile = [message.get(key) for key in ("z", "x", "y")]
    source = message.get("source", "world")
    busy_for = message.get("sourceBusyFor", 0.0)
    if not all(map(is_integer, tile)):
        raise reject("z, x and y must be integers")
    z, x, y = map(int, tile)
    if z < 0 or z > MAX_ZOOM:
        raise reject(f"zoom {z} is not between 0 and {MAX_ZOOM}")
    if min(x, y) < 0 or max(x, y) >= 2**z:
        raise reject(f"tile {z}/{x}/{y} is outside the world")
    if not isinstance(source, str) or not re.fullmatch("[a-z0-9-]+", source):
        raise reject("source must match /^[a-z0-9-]+$/")
    if not is_integer(busy_for) or busy_for < 0:
        raise reject("sourceBusyFor must be a whole number")
    return (z, x, y), source, int(busy_for)


def wait_for_source(busy_for):
    count = os.environ.get("ApproximateReceiveCount", "")
    attempt = int(count) if re.fullmatch("[0-9]{1,9}", count) else 1
    if attempt <= busy_for:
        raise retry(f"source is busy (attempt {attempt} of {busy_for + 1} needed)")


def read_source(name):
    try:
        text = Path(__file__).with_name(name + ".geojson").read_text(encoding="utf-8")
    except OSError:
        raise retry(f"source {name}.geojson is not there") from None
    try:
        return read_lands(text)
    except Exception:
        raise retry(f"source {name}.geojson is not usable GeoJSON") from None


def write_tile(z, x, y, png):
    # Another copy of the same message may be at work: whoever looks at the folder
    # only ever sees a whole tile, whichever of the copies comes last.
    tiles = os.environ.get("TILES") or Path(tempfile.gettempdir(), "tiles")
    folder = Path(tiles, str(z), str(x))
    temporary = folder / f".{y}.{uuid.uuid4()}.tmp"
    folder.mkdir(parents=True, exist_ok=True)
    temporary.write_bytes(png)
    temporary.replace(folder / f"{y}.png")


def summary(z, x, y, pixels, continents, png):
    share = land_share(pixels)
    land = f"{share // 10}.{share % 10} % land"
    count = "1 continent" if len(continents) == 1 else f"{len(continents)} continents"
    where = f"{count} ({', '.join(continents)})" if continents else "open sea"
    return f"tile {z}/{x}/{y}: {land}, {where}, {len(png)} bytes, drawn by python3"


def main():
    tile, source, busy_for = check_message(read_message())
    wait_for_source(busy_for)
    pixels, continents = draw_tile(read_source(source), *tile)
    png = encode_png(pixels)
    write_tile(*tile, png)
    sys.stdout.reconfigure(encoding="utf-8")
    print("\n".join([*preview(pixels), summary(*tile, pixels, continents, png)]))


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        print(failure, file=sys.stderr)
        sys.exit(failure.exit_code)
    except Exception as error:
        print(f"failed: {error}", file=sys.stderr)
        sys.exit(RETRY)
