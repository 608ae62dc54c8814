"""Collects the Thai source texts for translations/en: new ones are added empty, those that are gone are dropped, the rest stays.

Run by `make messages`. The header is ours and short, so that a run without changes changes nothing.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from babel.messages import pofile
from babel.messages.frontend import CommandLineInterface

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE = ROOT / "translations" / "en" / "LC_MESSAGES" / "messages.po"
HEADER = '''# English texts; the source texts are Thai. `make messages` collects them.
msgid ""
msgstr ""
"Project-Id-Version: Samruat\\n"
"Language: en\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

'''


def collect(into: Path) -> None:
    """Writes all source texts of the project to a template file."""
    CommandLineInterface().run(["pybabel", "-q", "extract", "-F", str(ROOT / "babel.cfg"), "-k", "N_", "--no-location", "-o", str(into), str(ROOT)])


def main() -> int:
    template = ROOT / ".setup-messages.pot"
    collect(template)
    with template.open("rb") as file:
        wanted = pofile.read_po(file)
    with CATALOGUE.open("rb") as file:
        known = pofile.read_po(file, locale="en")
    empty = 0
    for message in wanted:
        if message.id:
            translated = known.get(message.id)
            message.string = translated.string if translated else message.string
            empty += not message.string
    written = io.BytesIO()
    pofile.write_po(written, wanted, sort_output=True, width=0, omit_header=True)
    CATALOGUE.write_text(HEADER + written.getvalue().decode())
    print(f"{len([m for m in wanted if m.id])} texts, {empty} without English")
    return 0


if __name__ == "__main__":
    sys.exit(main())
