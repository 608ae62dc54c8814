"""Copies what the pages need from node_modules to static/vendor: the font, Leaflet, small libraries, and the icons that are used.

Run by `make setup` after npm. Nothing of this is in git. Fails loudly when an icon that a page names does not exist.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

from PIL import Image, ImageDraw

BLUE, WHITE = "#0b3a6f", "#ffffff"
ROOT = Path(__file__).resolve().parents[1]
MODULES, VENDOR = ROOT / "node_modules", ROOT / "static" / "vendor"
FILES = {
    "leaflet/dist/leaflet.js": "leaflet.js",
    "leaflet/dist/leaflet.css": "leaflet.css",
    "topojson-client/dist/topojson-client.min.js": "topojson-client.js",
    "mgrs/dist/mgrs.esm.js": "mgrs.js",
    "idb/build/index.js": "idb.js",
    "exifr/dist/lite.esm.js": "exifr.js",
} | {f"@fontsource/sarabun/files/sarabun-{script}-{weight}-normal.woff2": f"fonts/sarabun-{script}-{weight}.woff2"
     for script in ("thai", "latin") for weight in (400, 600, 700)}  # fmt: skip
NAMED = re.compile(r"""icon\("([a-z0-9-]+)"|(?:tab|act)\("[a-z.]+", "([a-z0-9-]+)\"""")
IN_PYTHON = re.compile(r'STATUS_ICON = \{(.*?)\}', re.S)


def icons_used() -> set[str]:
    """The names of all icons in templates and in the table of conditions."""
    found = {a or b for page in (ROOT / "templates").rglob("*.html") for a, b in NAMED.findall(page.read_text())}
    table = IN_PYTHON.search((ROOT / "blueprints" / "shown.py").read_text())
    return found | set(re.findall(r': "([a-z0-9-]+)"', table.group(1) if table else ""))


def sprite(names: set[str]) -> str:
    """One SVG with a symbol for each icon (lucide, ISC licence)."""
    symbols = []
    for name in sorted(names):
        source = (MODULES / "lucide-static" / "icons" / f"{name}.svg").read_text()
        inner = source[source.index(">", source.index("<svg")) + 1 : source.rindex("</svg>")]
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" '
                       f'stroke-linejoin="round">{" ".join(inner.split())}</symbol>')  # fmt: skip
    return f'<svg xmlns="http://www.w3.org/2000/svg"><!-- lucide, ISC licence -->{"".join(symbols)}</svg>\n'


def draw_icons(folder: Path) -> None:
    """The app's icon (static/icons/icon.svg) in the sizes that phones want; the maskable one fills its square and keeps to the middle."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, size, part in (("icon-180", 180, 1.0), ("icon-192", 192, 1.0), ("icon-512", 512, 1.0), ("maskable-512", 512, 0.72)):
        large = 4 * size
        picture = Image.new("RGBA", (large, large), (0, 0, 0, 0))
        draw = ImageDraw.Draw(picture)
        draw.rounded_rectangle((0, 0, large - 1, large - 1), 0 if part < 1 else large * 14 / 64, BLUE)
        unit, middle = large / 64 * part, large / 2

        def at(x: float, y: float, unit: float = unit, middle: float = middle) -> tuple[float, float]:
            return middle + (x - 32) * unit, middle + (y - 32) * unit

        draw.ellipse((*at(15, 10), *at(49, 44)), WHITE)
        draw.polygon([at(16.4, 33), at(32, 54), at(47.6, 33)], WHITE)
        draw.ellipse((*at(22, 17), *at(42, 37)), BLUE)
        draw.ellipse((*at(27.5, 22.5), *at(36.5, 31.5)), "#ffd166")
        picture.resize((size, size), Image.Resampling.LANCZOS).save(folder / f"{name}.png", optimize=True)


def main() -> int:
    for source, target in FILES.items():
        path = VENDOR / target
        path.parent.mkdir(parents=True, exist_ok=True)
        text = (MODULES / source).read_bytes()
        path.write_bytes(re.sub(rb"\n//# sourceMappingURL=.*", b"", text) if path.suffix == ".js" else text)
    shutil.copytree(MODULES / "leaflet/dist/images", VENDOR / "images", dirs_exist_ok=True)
    draw_icons(VENDOR / "icons")
    (VENDOR / "icons.svg").write_text(sprite(icons_used()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
