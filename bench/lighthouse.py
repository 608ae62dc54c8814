"""Lighthouse (from npm, fetched when this runs; needs no global install) on home page, log-in, first page, form: scores, and what keeps them below 100."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from bench.phone import logged_in  # noqa: E402  (the project's own path comes first)
from tests.browser.conftest import ARGUMENTS, CHROMIUM  # noqa: E402
from tests.serving import serving  # noqa: E402

LIGHTHOUSE = "lighthouse@12.8.2"  # the last one for Node 20
CATEGORIES = ("performance", "accessibility", "best-practices")
SEEN = ("first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift", "speed-index")


def scores(address: str, cookie: str, folder: Path) -> dict[str, Any]:
    """One run of Lighthouse as a phone (slow 4G and a processor 4 times slower, both simulated)."""
    out = folder / "report.json"
    command = ["npm", "exec", "--yes", LIGHTHOUSE, "--", address, "--quiet", "--output=json", f"--output-path={out}",
               f"--only-categories={','.join(CATEGORIES)}", f"--chrome-path={CHROMIUM}", f"--chrome-flags=--headless=new {' '.join(ARGUMENTS)}"]  # fmt: skip
    if cookie:
        command.append("--extra-headers=" + json.dumps({"Cookie": cookie}))
    subprocess.run(command, cwd=folder, check=True, timeout=240)
    return dict(json.loads(out.read_text()))


def main() -> int:
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, serving(Path(folder) / "served") as server:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            cookie = "; ".join(f"{c['name']}={c['value']}" for c in logged_in(browser, server.url).cookies())
            browser.close()
        for name, path, cookies in (("public home", "/", ""), ("log-in", "/login", ""), ("home", "/", cookie), ("form", "/sites/new", cookie)):
            said = scores(server.url + path, cookies, Path(folder))
            assert said["finalDisplayedUrl"].endswith(path), said["finalDisplayedUrl"]
            print(f"{name}: " + ", ".join(f"{c} {round(100 * (said['categories'][c]['score'] or 0))}" for c in CATEGORIES))
            print("  " + ", ".join(f"{a} {said['audits'][a]['displayValue']}" for a in SEEN), flush=True)
            for category in CATEGORIES:
                for ref in said["categories"][category]["auditRefs"]:
                    audit = said["audits"][ref["id"]]
                    if ref["weight"] and audit["score"] is not None and audit["score"] < 0.9 and ref["id"] not in SEEN:
                        items = audit.get("details", {}).get("items", [])[:3]
                        nodes = [item.get("node", {}).get("snippet") or item.get("description") or item.get("url") for item in items]
                        print(f"  below: {category}: {ref['id']}: {audit['title']} {nodes}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
