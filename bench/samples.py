"""Run the photo code over a folder of sample files: python bench/samples.py DIR

Each file is looked at and copied in a forked child, so that a crash is seen as one and the peak of memory is
the file's own. With an expected.csv beside the files (columns: file, usable_gps, lat, lon, display_width,
display_height) positions and sizes are compared. Exits with 1 if a file departs from what is promised.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import resource
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from PIL import Image  # noqa: E402  # after the path

from survey import photos  # noqa: E402
from survey.containers import PIXEL_LIMITS  # noqa: E402
from survey.errors import Refusal  # noqa: E402

LONGEST = 2048  # pixels of the shown copy
SECONDS, MEGABYTES, DEGREES = 5.0, 400.0, 1e-5
GIVE_UP = 60  # seconds of processor time, after which a child is ended
READABLE = re.compile(rb"[\x20-\x7e]{12,}")


def main(folder: Path) -> int:
    table = folder / "expected.csv"
    expected = {row["file"]: row for row in csv.DictReader(table.open(newline=""))} if table.exists() else {}
    files = sorted(file for file in folder.iterdir() if file.is_file() and file.suffix.lower() != ".csv")
    results = [(file, examine(file), expected.get(file.name, {})) for file in files]
    departing = 0
    for file, result, wanted in results:
        wrong = departures(result, wanted)
        departing += bool(wrong)
        print(line(file.name, result, wrong))
    for name in sorted(expected.keys() - {file.name for file in files}):
        departing += 1
        print(f"{name}: DEPARTS: listed in expected.csv, not in the folder")
    totals([result for _, result, _ in results], departing)
    return 1 if departing or not files else 0


def examine(file: Path) -> dict:
    """What became of one file, in a child of its own: {outcome, …, seconds, megabytes}."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        os.close(reading)
        resource.setrlimit(resource.RLIMIT_CPU, (GIVE_UP, GIVE_UP))
        signal.alarm(2 * GIVE_UP)
        with os.fdopen(writing, "w") as out:
            json.dump(look_and_copy(file.read_bytes()), out)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        told = answer.read()
    _, status, usage = os.wait4(child, 0)
    code = os.waitstatus_to_exitcode(status)
    result = json.loads(told) if code == 0 and told else {"outcome": "crashed", "reason": f"exit {code}"}
    return {"seconds": 0.0, **result, "megabytes": usage.ru_maxrss / 1024}


def spent() -> float:
    """Seconds of processor time so far, of this process and the programs it called: the same on a busy machine as on an idle one."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def look_and_copy(data: bytes) -> dict:
    """The work that is measured, and the check of what came out of it."""
    start = spent()
    result: dict = {"outcome": "accepted", "reason": "", "wrong": []}
    try:
        picture = photos.inspect(data)
        claims = picture.claims
        result |= {"position": [claims.latitude, claims.longitude], "size": [picture.width, picture.height]}
        result |= {"flags": picture.flags, "decodable": picture.decodable, "type": picture.media_type}
        result["looked"] = spent() - start
        if picture.flags:
            result |= {"outcome": "flagged", "reason": ",".join(picture.flags)}
        try:
            copy = photos.make_copy(data, LONGEST)
        except Refusal as refusal:
            result["reason"] = ",".join(filter(None, (result["reason"], f"no copy: {refusal.code}")))
        else:
            result["seconds"] = spent() - start
            result["reason"] += " (copy of what is there)" if copy.damaged else ""
            result["wrong"] = leftovers(data, copy.jpeg) + shape(copy.jpeg, picture)
            if not picture.decodable:
                result["wrong"].append("decoded although it is not to be")
    except Refusal as refusal:
        result |= {"outcome": "refused", "reason": refusal.code}
    except Exception as error:  # a crash in Python, which is what this is to find
        result |= {"outcome": "crashed", "reason": repr(error)[:200]}
    result.setdefault("seconds", spent() - start)
    return result


def departures(result: dict, wanted: dict) -> list[str]:
    """What one result breaks of the promises; `wanted` is its row of expected.csv, or empty."""
    wrong = list(result.get("wrong", []))
    if result["outcome"] == "crashed":
        wrong.append("crashed: " + result["reason"])
    if result["seconds"] > SECONDS:
        wrong.append(f"took {result['seconds']:.1f} s")
    if result["megabytes"] >= MEGABYTES:
        wrong.append(f"needed {result['megabytes']:.0f} MB")
    if "position" in result:
        wrong += wrong_position(*result["position"], result["flags"], wanted)
        sides = [int(wanted.get(key) or 0) for key in ("display_width", "display_height")]
        if all(sides) and sides != result["size"]:
            wrong.append(f"upright size is {sides[0]}x{sides[1]}")
        width, height = result["size"]
        if result["decodable"] and width * height > PIXEL_LIMITS[result["type"]]:
            wrong.append("a bomb is called decodable")
    elif result["reason"] != "photo_type" and wanted.get("usable_gps", "").startswith("yes"):
        wrong.append("a photo with a position is not kept")
    return wrong


def wrong_position(
    latitude: float | None, longitude: float | None, flags: list[str], wanted: dict
) -> list[str]:
    """What is wrong with a position that was read, or with there being none (None, None)."""
    usable = wanted.get("usable_gps", "")
    if latitude is None or longitude is None:
        if latitude is not longitude:
            return ["half a position"]
        return ["its position is not found"] if usable.startswith("yes") else []
    if not (abs(latitude) <= 90 and abs(longitude) <= 180) or latitude == longitude == 0:
        return ["an impossible position"]
    if usable == "no":
        return ["has a position where none is usable"]
    if usable == "suspect" and not any(flag.startswith("position_") for flag in flags):
        return ["a suspect position is not marked"]
    if not usable:
        return []
    off = max(abs(latitude - float(wanted["lat"])), abs(longitude - float(wanted["lon"])))
    return [f"its position is off by {off:.6f}°"] if off > DEGREES else []


def leftovers(original: bytes, copy: bytes) -> list[str]:
    """What of the original a copy carries besides the picture: metadata, texts, what came after its end."""
    wrong = []
    with Image.open(io.BytesIO(copy), formats=("JPEG",)) as image:
        if image.getexif() or {"exif", "xmp", "icc_profile", "comment", "mp"} & image.info.keys():
            wrong.append(f"the copy has metadata: {sorted(image.info)}")
    markers, end = segments(copy)
    if extra := markers - {0xE0, 0xDB, 0xC0, 0xC4, 0xDA}:
        wrong.append("the copy has segments " + " ".join(f"FF{marker:02X}" for marker in sorted(extra)))
    if end != len(copy) or not copy.endswith(b"\xff\xd9"):
        wrong.append("the copy goes on after its end")
    plain = io.BytesIO()  # the tables of every JPEG hold readable runs too
    Image.new("RGB", (8, 8)).save(plain, "JPEG", quality=photos.QUALITY)
    known = plain.getvalue()
    kept = [text for text in set(READABLE.findall(original)) if text in copy and text not in known]
    if original.startswith(b"\xff\xd8"):
        after = original[segments(original)[1] :]
        step = max(16, len(after) // 1000)
        pieces = (after[at : at + 16] for at in range(0, len(after) - 16, step))
        kept += [piece for piece in pieces if len(set(piece)) > 4 and piece in copy and piece not in known]
    if kept:
        wrong.append(f"the copy has {len(kept)} pieces of the original, such as {kept[0][:40]!r}")
    return wrong


def segments(jpeg: bytes) -> tuple[set[int], int]:
    """The markers of a JPEG's first picture and where it ends (its length, if it has no end)."""
    markers, at = set(), 2
    while 0 <= (at := jpeg.find(b"\xff", at)) < len(jpeg) - 1:
        marker = jpeg[at + 1]
        if marker == 0xD9:
            return markers, at + 2
        if marker in (0x00, 0xFF, 0x01) or 0xD0 <= marker <= 0xD8:
            at += 1 if marker == 0xFF else 2
            continue
        markers.add(marker)
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
    return markers, len(jpeg)


def shape(copy: bytes, picture: photos.Picture) -> list[str]:
    """A copy lies as the upright picture does and is no larger than asked for."""
    with Image.open(io.BytesIO(copy), formats=("JPEG",)) as image:
        width, height = image.size
    scale = min(1.0, LONGEST / max(picture.width, picture.height))
    if abs(width - picture.width * scale) > 1.5 or abs(height - picture.height * scale) > 1.5:
        return [f"the copy is {width}x{height}"]
    return []


def line(name: str, result: dict, wrong: list[str]) -> str:
    latitude, longitude = result.get("position", (None, None))
    place = f"{latitude:.6f},{longitude:.6f}" if latitude is not None else "-"
    size = "x".join(map(str, result.get("size", ["-"])))
    row = f"{name[:40]:40} {result['outcome']:8} {place:22} {size:13} {result['seconds']:5.2f} s "
    row += f"{result['megabytes']:4.0f} MB  {result['reason']}"
    return row + (f"  DEPARTS: {'; '.join(wrong)}" if wrong else "")


def totals(results: list[dict], departing: int) -> None:
    outcomes = [result["outcome"] for result in results]
    kinds = ("accepted", "flagged", "refused", "crashed")
    print("\n" + ", ".join(f"{outcomes.count(kind)} {kind}" for kind in kinds) + f" of {len(results)} files")
    if results:
        slowest, looked, peak = (
            max(result.get(key, 0) for result in results) for key in ("seconds", "looked", "megabytes")
        )
        print(f"slowest {slowest:.2f} s, looking alone at most {looked:.2f} s; peak {peak:.0f} MB")
    print(f"{departing} depart")


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1])))
