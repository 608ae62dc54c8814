"""Rules of this house that no linter knows: where queries on the survey's records start, and what must not be written at all."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from models import RECORDS
from tests.conftest import ROOT

SURVEY_MODELS = {model.__name__ for model in RECORDS.values()} | {"Photo", "Conflict", "Audit", "Invitation"}
STARTS = {"select", "get", "get_or_none", "get_by_id", "raw", "filter"}
SOURCES = sorted([*ROOT.glob("*.py"), *(ROOT / "survey").rglob("*.py"), *(ROOT / "blueprints").rglob("*.py")])

# Who may look at records without `visible(user, …)`, and why. Nothing of what these find is shown to a person as it is.
WITHOUT_A_READER = {
    "survey/scope.py": "decides what is visible",
    "survey/demo_photos.py": "makes the data",
    "survey/sync.py": "the way in: asks scope.may for the record that a message names",
    "survey/standing.py": "prepared looks of the way in",
    "survey/merge.py": "merges into the record that sync has allowed",
    "survey/operations.py": "asks scope.may for each record that it changes",
    "survey/album.py": "photos of a record that the caller has found through scope",
    "survey/receipts.py": "counts the sender's own messages",
    "survey/audit.py": "writes and verifies the chain; shows nothing",
    "survey/disclosure.py": "the operator's report after a leak; notes of who was shown what",
    "survey/retention.py": "erases by rule; shows nothing",
    "survey/register.py": "edits each record through receive() as the user, after scope.may",
    "survey/invitations.py": "finds an invitation by its code, or that of an account which the caller has found through scope",
    "survey/audit_reading.py": "finds ids that narrow rows which scope has already chosen",
    "survey/suggestions.py": "cameras of sites that scope has chosen",
    "survey/overview.py": "counts within sites that scope has chosen",
    "survey/listing.py": "cameras of sites that scope has chosen",
    "survey/exchange/applying.py": "each row goes through receive() as the importer; undo looks at what that import made",
    "survey/exchange/grouping.py": "groups the importer's own rows; candidates for duplicates come from visible()",
    "survey/mapped.py": "only whether a site that visible() gave has a camera in a condition",
    "survey/matters.py": "looks at records that the inbox found through visible(); shows codes, not other records",
    "survey/review.py": "cameras of sites that visible() gave; asks scope.may for each record that is decided",
    "survey/rounds.py": "finds the areas whose totals are to be counted anew; shows nothing",
    "survey/totals.py": "counts; who sees which total is scope.totals_area",
    "survey/progress.py": "counts the status updates of a province that the caller has chosen through scope",
    "survey/reports/source.py": "only whether a record that is counted has photos",
    "survey/told.py": "only asks whether somebody was told",
}


def starts_of_queries(source: str) -> list[tuple[int, str]]:
    """(line, model) of each query that a module starts on a model of the survey."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in STARTS:
            base = node.func.value
            if isinstance(base, ast.Name) and base.id in SURVEY_MODELS | {"model"}:
                found.append((node.lineno, base.id))
            elif isinstance(base, ast.Subscript) and isinstance(base.value, ast.Name) and base.value.id == "RECORDS":
                found.append((node.lineno, "RECORDS[…]"))
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_queries_on_records_start_with_visible(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    found = starts_of_queries(path.read_text())
    assert name in WITHOUT_A_READER or not found, f"{name}: start with scope.visible(user, …), or say in this test why not: {found}"


def test_no_exception_is_left_over() -> None:
    assert {n for n in WITHOUT_A_READER if not starts_of_queries((ROOT / n).read_text())} <= {"survey/receipts.py", "survey/told.py", "survey/disclosure.py"}


def test_control_a_query_that_starts_elsewhere_would_be_seen() -> None:
    assert starts_of_queries("from models import Site\nx = list(Site.select().where(Site.province == '96'))") == [(2, "Site")]


FORBIDDEN = [  # (what, where it may stand all the same, what it would catch)
    (r"\bexecute_sql\(|\.raw\(", ("database.py", "backup.py"), "db.execute_sql(text)"),  # raw SQL
    (r"\.cursor\(|\bconn\.execute\(", ("database.py", "totals.py"), "db.cursor().execute(text)"),
    (r"\bSQL\((?!\")", ("source.py", "mapped.py", "search.py"), "peewee.SQL(name)"),  # (there constants of theirs)
    (r"\batomic\(|\.transaction\(", ("database.py",), "with db.atomic():"),  # deferred transactions: write() is the way
    (r"remember\s*=\s*True", (), "login_user(user, remember=True)"),  # Flask-Login's own cookie
    (r"\bMarkup\((?![\"'])", ("account.py", "manual.py"), "Markup(name)"),  # markup that is no constant (there a QR code, and our own Markdown)
    (r"render_template_string", (), "render_template_string(text)"),
    (r"\bpickle\b|\byaml\.load\b|\beval\(|\bexec\(", (), "eval(text)"),
]


@pytest.mark.parametrize(("pattern", "allowed", "example"), FORBIDDEN, ids=[p for p, _, _ in FORBIDDEN])
def test_what_must_not_be_written(pattern: str, allowed: tuple[str, ...], example: str) -> None:
    wrong = [p.relative_to(ROOT).as_posix() for p in SOURCES if p.name not in allowed and re.search(pattern, p.read_text())]
    assert wrong == [] and re.search(pattern, example)


def test_templates_never_switch_escaping_off_and_hold_no_scripts_or_styles() -> None:
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text()
        assert not re.search(r"\|\s*safe\b|autoescape false|<script(?![^>]*src=)|<style|\sstyle=|\son[a-z]+=\"", text), path
