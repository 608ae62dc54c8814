"""Every Thai text of the code and the templates has an English one that can take its place."""

from __future__ import annotations

import gettext
import io
import re
from pathlib import Path

import pytest
from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]
ENGLISH = ROOT / "translations" / "en" / "LC_MESSAGES" / "messages.po"
THAI = re.compile(r"[\u0e00-\u0e7f]")
MAY_BE_THAI = {"ภาษาไทย"}  # the language switch names each language in itself
NOT_SOURCES = {"node_modules", "static", "tests", "instance"}


def is_source(folder: str) -> bool:
    return (name := Path(folder).name) not in NOT_SOURCES and not name.startswith((".", "_"))


def collect() -> Catalog:
    """The texts that `make messages` collects."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    keywords = {**DEFAULT_KEYWORDS, "N_": None}
    texts = Catalog()
    for filename, line, text, comments, context in extract_from_dir(ROOT, methods, options, keywords=keywords, directory_filter=is_source):
        texts.add(text, None, [(filename, line)], auto_comments=comments, context=context)
    return texts


@pytest.fixture(scope="module")
def sources() -> list[Message]:
    return [message for message in collect() if message.id]


@pytest.fixture(scope="module")
def english() -> Catalog:
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en", abort_invalid=True)


def forms(text: str | tuple[str, ...] | list[str] | None) -> list[str]:
    """A text as a list of its forms: one, or singular and plural."""
    return [text or ""] if isinstance(text, str | None) else list(text)


def placeholders(text: str) -> list[str]:
    """What is filled in: %(name)s, %% and {0}, in any order."""
    return sorted(re.findall(r"%(?:\(\w*\))?.?|\{[^}]*\}?|\}", text))


def pairs(english: Catalog) -> list[tuple[str, str]]:
    """(Thai, English) of each form of each message."""
    return [pair for message in english if message.id for pair in zip(forms(message.id), forms(message.string), strict=True)]


def test_texts_of_code_and_templates_are_collected(sources: list[Message]) -> None:
    folders = {Path(filename).parts[0] for message in sources for filename, _ in message.locations}
    assert folders >= {"blueprints", "models.py", "survey", "templates"}


def test_every_text_has_an_english_translation(sources: list[Message], english: Catalog) -> None:
    translated = {(message.context, tuple(forms(message.id))) for message in english if message.id and all(forms(message.string)) and not message.fuzzy}
    assert [message.id for message in sources if (message.context, tuple(forms(message.id))) not in translated] == []


def test_translations_fill_in_what_their_sources_fill_in(english: Catalog) -> None:
    assert [(thai, text) for thai, text in pairs(english) if placeholders(thai) != placeholders(text)] == []


@pytest.mark.parametrize(("thai", "text"), [
    ("%(n)s ตัว", "%(m)s cameras"),  # another name
    ("%(n)s ตัว", "%(n) cameras"),  # the type is lost
    ("ส่ง {0}%%", "Sending {0}%"),  # a percent sign that is no longer doubled
    ("ตอบ {0} จาก {1}", "{0} of {0}"),  # one of them twice
    ("{0} ภาพ", "{0 photos"),  # not closed
])  # fmt: skip
def test_a_placeholder_that_was_mistyped_is_noticed(thai: str, text: str) -> None:
    assert placeholders(thai) != placeholders(text)


def test_no_thai_is_left_in_english(english: Catalog) -> None:
    assert [text for _, text in pairs(english) if THAI.search(text) and text not in MAY_BE_THAI] == []


def test_instructions_name_buttons_as_they_are_labelled(english: Catalog) -> None:
    labels = {thai: text for thai, text in pairs(english) if text}
    named = [(text, labels[label]) for thai, text in labels.items() for label in re.findall("“([^”]+)”", thai) if label in labels]
    assert named
    assert [(text, label) for text, label in named if f"“{label}”" not in text] == []


@pytest.mark.parametrize(("minutes", "shown"), [(1, "1 minute ago"), (5, "5 minutes ago")])
def test_compiled_catalogue_tells_one_from_many(english: Catalog, minutes: int, shown: str) -> None:
    compiled = io.BytesIO()
    write_mo(compiled, english)
    compiled.seek(0)
    text = "%(num)s นาทีที่แล้ว"
    assert gettext.GNUTranslations(compiled).ngettext(text, text, minutes) % {"num": minutes} == shown
