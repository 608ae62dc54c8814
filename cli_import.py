"""`flask import FILE`: brings in an owner's list, or with --dry-run only says what would come of it. The last line is one JSON object."""

from __future__ import annotations

import json
import time
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

import click
import peewee
from flask.cli import with_appcontext

import database
from models import Account, Import, ImportRow, Site
from survey.errors import Refusal
from survey.exchange import applying, layout, runner, staging, told
from survey.exchange.areas import area_code
from survey.exchange.examine import Summary, examine
from survey.exchange.files import Book, open_book
from survey.exchange.layout import Plan
from survey.exchange.rows import Options


@click.command("import")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would come of it; nothing is stored and no account is needed.")
@click.option("--as", "username", help="The account that brings it in: its area counts, and it becomes the recorder.")
@click.option("--province", help="Province (code or name) of rows that do not say theirs; rows of another one are errors.")
@click.option("--owner", default="", help="Owner agency of rows that do not name theirs.")
@click.option("--sheet", "sheets", multiple=True, help="Only this sheet (name, or number from 1); may be repeated.")
@click.option("--header-row", type=int, help="Number of the row of headings, where it was not found (0: there is none).")
@click.option("--column", "columns", multiple=True, metavar="FIELD=HEADING", help="What a column is, where it was not found; may be repeated.")
@click.option("--encoding", default="", help="Encoding of delimited text: utf-8, cp874, cp949, big5 …")
@click.option("--anywhere", is_flag=True, help="Points outside Thailand are welcome (no warning).")
@click.option("--resume", is_flag=True, help="No FILE: go on with lists whose server or command was killed.")
@with_appcontext
def import_list(file: Path | None, dry_run: bool, username: str | None, province: str | None, owner: str, sheets: tuple[str, ...], header_row: int | None,
                columns: tuple[str, ...], encoding: str, anywhere: bool, resume: bool) -> None:  # fmt: skip
    """Bring in an owner's list of cameras: XLSX, XLS, ODS or CSV, with whatever headings it has."""
    database.db.connect(reuse_if_open=True)
    began = time.monotonic()
    if resume:
        _go_on()
        return
    if file is None:
        raise click.UsageError("FILE")
    try:
        options = Options(_account(username), owner, _province(province), anywhere, alone=dry_run and not Site.table_exists())
        book, plans = _planned(file, encoding, sheets, header_row, columns)
        if not any(plan.read for plan in plans):
            raise Refusal("import_no_list")
        if not dry_run:
            _bring_in(file, book, plans, options, encoding, began)
            return
        summary = Summary()
        summary.note(plans)
        for _ in examine(book.rows, plans, options, summary):
            pass
        summary.seconds = round(time.monotonic() - began, 2)
    except Refusal as refusal:
        raise click.ClickException(str(refusal.message)) from None
    for line in told.lines(book, plans, summary):
        click.echo(line)
    click.echo(json.dumps(told.as_object(book, summary, dry_run), ensure_ascii=False))


def _bring_in(file: Path, book: Book, plans: list[Plan], options: Options, encoding: str, began: float) -> None:
    """Stages, checks and applies the list, saying how far it is."""
    if options.account is None:
        raise click.UsageError("--as ACCOUNT, or --dry-run")
    staged = staging.upload(file, file.name, options.account, encoding)
    said = {"owner": options.owner, "province": options.province, "anywhere": options.anywhere}
    staging.keep_plans(staged, plans, said, options.account)
    staged = _work(staged.id)
    summary = Summary(**{name: value for name, value in staged.summary.items() if name != "file"})
    for name in ("skipped", "errors", "warnings", "passed_over"):
        setattr(summary, name, Counter(getattr(summary, name)))
    for line in told.lines(book, plans, summary):
        click.echo(line)
    try:
        applying.begin(staged, options.account)
    except Refusal:
        staging.discard(staged, options.account)
        raise
    _work(staged.id)
    summary.seconds = round(time.monotonic() - began, 2)
    click.echo(json.dumps(told.as_object(book, summary, False) | _outcome(staged.id), ensure_ascii=False))


def _outcome(import_id: uuid.UUID) -> dict[str, Any]:
    """What was taken in, by the database."""
    states = applying.counted(import_id)
    rows = ImportRow.select().where(ImportRow.source == import_id, ImportRow.state == "applied")
    sites = rows.where(ImportRow.is_new == True, ImportRow.kind == "camera").count()  # noqa: E712  (a column, not a bool)
    cameras = rows.select(peewee.fn.SUM(ImportRow.camera_count)).scalar() or 0
    return {"import": str(import_id), "imported": states["applied"], "sites": sites, "cameras": int(cameras), "error_rows": states["error"]}


def _work(import_id: uuid.UUID) -> Import:
    """Does the step at hand to its end."""
    runner.run(import_id)
    staged: Import = Import.get_by_id(import_id)
    if staged.problem:
        raise Refusal(staged.problem)
    return staged


def _go_on() -> None:
    """Takes up what was interrupted, one list after the other."""
    for left in list(Import.select().where(Import.state.in_(staging.WORKING))):
        runner.run(left.id)
        staged = Import.get_by_id(left.id)
        click.echo(json.dumps({"import": str(left.id), "was": left.state, "is": staged.state, **applying.counted(left.id)}, ensure_ascii=False))


def _account(username: str | None) -> Account | None:
    if username is None:
        return None
    account = Account.get_or_none(Account.username == username.strip().lower())
    if account is None:
        raise click.ClickException(f"--as: {username}?")
    return account


def _province(text: str | None) -> str:
    code = area_code(text, "") if text else ""
    if code is None:
        raise Refusal("unknown_area")
    return code


def _planned(file: Path, encoding: str, sheets: tuple[str, ...], header_row: int | None, columns: tuple[str, ...]) -> tuple[Book, list[Plan]]:
    """How the file is read, after what the options say."""
    book = open_book(file, encoding)
    plans = layout.look_at(book)
    if sheets:
        wanted = [p for n, p in enumerate(plans, 1) if p.name in sheets or str(n) in sheets]
        if not wanted:
            raise Refusal("import_no_sheet")
        for plan in plans:
            plan.read = plan in wanted
    for plan in plans:
        if header_row is not None and (plan.read or len(plans) == 1):
            plan.__dict__.update(layout.by_person(plan, header_row).__dict__)
        layout.choose(plan, dict(c.split("=", 1) for c in columns if "=" in c))
    return book, plans
