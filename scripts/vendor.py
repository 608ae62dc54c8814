"""Copies what the pages need from node_modules to static/vendor: the font, Leaflet, small libraries, and the icons that are used.

Run by `make setup` after npm. Nothing of this is in git. Fails loudly when an icon that a page names does not exist.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODULES, VENDOR = ROOT / "node_modules", ROOT / "static" / "vendor"
FILES = {
    "leaflet/dist/leaflet.js": "leaflet.js",
    "leaflet/dist/leaflet.css": "leaflet.css",
    "topojson-client/dist/topojson-client.min.js": "topojson-client.js",
    "mgrs/dist/mgrs.esm.js": "mgrs.js",
} | {f"@fontsource/sarabun/files/sarabun-{script}-{weight}-normal.woff2": f"fonts/sarabun-{script}-{weight}.woff2"
     for script in ("thai", "latin") for weight in (400, 600, 700)}  # fmt: skip
NAMED = re.compile(r"""icon\("([a-z0-9-]+)"|tab\("[a-z.]+", "([a-z0-9-]+)\"""")
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


def main() -> int:
    for source, target in FILES.items():
        path = VENDOR / target
        path.parent.mkdir(parents=True, exist_ok=True)
        text = (MODULES / source).read_bytes()
        path.write_bytes(re.sub(rb"\n//# sourceMappingURL=.*", b"", text) if path.suffix == ".js" else text)
    shutil.copytree(MODULES / "leaflet/dist/images", VENDOR / "images", dirs_exist_ok=True)
    (VENDOR / "icons.svg").write_text(sprite(icons_used()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
