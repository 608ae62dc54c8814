"""Docs as tests: every setting, command and make target is documented, docs/fields.md is what the models say, layers point downwards."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from flask import Flask

from config import Settings
from survey.fieldbook import as_markdown
from tests.conftest import ROOT

MODULES = sorted([*ROOT.glob("*.py"), *(ROOT / "survey").rglob("*.py"), *(ROOT / "blueprints").rglob("*.py")])
LOWER = {"survey": ("models", "database", "survey", "config"), "models": ("database", "survey.choices", "survey.questions", "survey.texts"),
         "database": (), "config": ()}  # fmt: skip
OURS = {p.stem for p in ROOT.glob("*.py")} | {"survey", "blueprints"}
LEAVES = ("choices", "clock", "questions", "texts", "answers", "errors")  # the vocabulary that models.py itself is written in


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{a.name}" for a in node.names} if node.module in ("survey", "blueprints") else {node.module}
    return {name for name in found if name.split(".")[0] in OURS}


def misplaced(layer: str, path: Path) -> set[str]:
    """Imports of a module that do not point downwards."""
    if layer == "survey" and path.stem in LEAVES:
        return {i for i in imported(path) if i.split(".")[-1] not in LEAVES}
    return {i for i in imported(path) if not any(i == low or i.startswith(low + ".") for low in LOWER[layer])}


@pytest.mark.parametrize("path", [p for p in MODULES if "survey" in p.relative_to(ROOT).parts or p.stem in ("models", "database", "config")], ids=lambda p: p.stem)
def test_imports_point_downwards(path: Path) -> None:
    assert not misplaced("survey" if "survey" in path.relative_to(ROOT).parts else path.stem, path)


@pytest.mark.parametrize("path", [p for p in MODULES if "survey" in p.relative_to(ROOT).parts], ids=lambda p: p.stem)
def test_the_domain_knows_no_http(path: Path) -> None:
    names = {n.module if isinstance(n, ast.ImportFrom) else a.name for n in ast.walk(ast.parse(path.read_text()))
             if isinstance(n, (ast.Import, ast.ImportFrom)) for a in n.names}  # fmt: skip
    assert not {n for n in names if n and n.split(".")[0] in ("flask", "flask_login", "flask_wtf", "flask_babel", "werkzeug", "markupsafe")}


def test_control_an_import_upwards_would_be_noticed(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text("from blueprints import gate\n")
    assert misplaced("survey", wrong)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.stem)
def test_each_file_says_what_it_is_for(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text()))
    assert path.read_text() == "" or (docstring and len(docstring.splitlines()) <= 8)


@pytest.mark.parametrize("path", [p for p in MODULES if "survey" in p.relative_to(ROOT).parts], ids=lambda p: p.stem)
def test_public_functions_of_the_domain_are_documented(path: Path) -> None:
    bare = [n.name for n in ast.parse(path.read_text()).body if isinstance(n, (ast.FunctionDef, ast.ClassDef)) and not n.name.startswith("_") and not ast.get_docstring(n)]
    assert not bare


def test_fields_are_documented_as_they_are() -> None:
    assert (ROOT / "docs" / "fields.md").read_text() == as_markdown(), "run `make fields`"


def test_every_setting_is_documented() -> None:
    source = (ROOT / "config.py").read_text() + (ROOT / "deploy" / "gunicorn.conf.py").read_text()
    named = set(re.findall(r'(?:environ\.get\(|_flag\(|_flag_or_none\()"([A-Z_]+)"', source))
    documented = set(re.findall(r"^\| `([A-Z_]+)`", (ROOT / "docs" / "settings.md").read_text(), re.M))
    assert named | {"PORT"} == documented and len(Settings.__dataclass_fields__) >= 10


def test_every_command_and_target_is_documented(app: Flask) -> None:
    readme = (ROOT / "README.md").read_text() + (ROOT / "CONTRIBUTING.md").read_text()
    for command in ("demo", "migrate", "recount", "user add", "geo import", "import", "backup", "restore", "audit verify", "retention", "breach-report"):
        assert f"flask {command}" in readme or f"flask --app app {command}" in readme, command
    for target in re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.M):
        assert f"make {target}" in readme, target


def test_decisions_are_five_lines_each() -> None:
    entries = re.split(r"^## ", (ROOT / "docs" / "decisions.md").read_text(), flags=re.M)[1:]
    assert entries
    for entry in entries:
        assert 1 <= len([line for line in entry.splitlines()[1:] if line.strip()]) <= 5, entry.splitlines()[0]


def test_the_project_speaks_of_the_project_alone() -> None:
    forbidden = re.compile(r"(/work/|registry\.npmjs|pypi\.org|files\.pythonhosted)", re.I)
    skipped = {".venv", "node_modules", "vendor", ".git", "instance", ".mypy_cache", ".ruff_cache", ".hypothesis", "__pycache__", ".pytest_cache"}
    for path in ROOT.rglob("*"):
        if path.is_file() and not skipped & set(path.relative_to(ROOT).parts) and path.suffix in (".py", ".js", ".md", ".html", ".css", ".toml", ".json", ".txt", ".yml", "") and path != Path(__file__):
            try:
                text = path.read_text()
            except UnicodeDecodeError:
                continue
            assert not forbidden.search(text), path
