"""Marks Thai source texts for translation where they are declared; whoever shows them translates. English: translations/en."""

from __future__ import annotations


def N_(text: str) -> str:  # noqa: N802  (gettext's own name for "translate later")
    """Returns the text as it is; `make messages` collects it."""
    return text
