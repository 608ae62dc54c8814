"""flask commands: migrate, recount, demo, user, geo import, backup, restore, audit verify, retention, breach-report, fields, address.

`flask import` is in cli_import.py.
"""

from __future__ import annotations

import csv
import datetime as dt
import getpass
import sys
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from playhouse.migrations import Runner

import database
from config import ROOT, Settings

user_commands = AppGroup("user", help="Accounts.")
geo_commands = AppGroup("geo", help="Places.")
audit_commands = AppGroup("audit", help="The log.")


def register(app: Flask) -> None:
    """Adds the commands to `flask`."""
    from cli_import import import_list

    for command in (migrate, recount, demo, fields, address, backup, restore, user_commands, geo_commands, audit_commands, retention, breach_report,
                    import_list):
        app.cli.add_command(command)


def settings() -> Settings:
    """The settings of the application at hand."""
    found: Settings = current_app.config["SETTINGS"]
    return found


def runner() -> Runner:
    """The migration runner over migrations/."""
    return Runner(database.db.obj, str(ROOT / "migrations"))


@click.command()
@with_appcontext
@click.option("--down", is_flag=True, help="Revert all migrations instead.")
def migrate(down: bool) -> None:
    """Bring the database to the newest migration."""
    database.db.connect(reuse_if_open=True)
    if down:
        while applied := [m for m in runner().status() if m.applied]:
            runner().down()
            click.echo(f"reverted {applied[-1].name}")
        return
    from survey import totals

    for name in runner().up():
        click.echo(f"applied {name}")
    if totals.are_missing():
        click.echo(f"counted the records: {totals.recount_all()} numbers")


@click.command()
@with_appcontext
def recount() -> None:
    """Count the kept totals and cells of the map anew from the records, one province after the other."""
    from survey import totals

    database.db.connect(reuse_if_open=True)
    click.echo(f"counted the records: {totals.recount_all()} numbers")


@click.command()
@with_appcontext
@click.option("--sites", default=200, show_default=True, help="How many sites; about three cameras each.")
@click.option("--seed", default=1, show_default=True)
@click.option("--first-use", is_flag=True, help="Only if there is no account yet.")
def demo(sites: int, seed: int, first_use: bool) -> None:
    """Demo accounts and believable Thai data of any size."""
    from survey import demo as demo_data, demo_accounts

    database.db.connect(reuse_if_open=True)
    if first_use and demo_accounts.has_accounts():
        return
    password, made = demo_accounts.make_accounts(settings().demo_password)
    click.echo(f"{demo_data.make(sites, seed)}")
    if made:
        (settings().data / "demo_password").write_text(password)
        (settings().data / "demo_password").chmod(0o600)


@click.command()
@with_appcontext
@click.option("--port", default=8000)
def address(port: int) -> None:
    """Print where the application is to be found and the demo log-ins."""
    from survey import demo_accounts

    click.echo(f"\n  http://localhost:{port}/\n")
    kept = settings().data / "demo_password"
    if kept.exists():
        click.echo("  Demo accounts (password for all: " + kept.read_text() + ")")
        for name, role, where in demo_accounts.account_lines():
            click.echo(f"    {name:22} {role:16} {where}")
        click.echo("  Two-factor log-in is not asked for in the demo.\n")


@click.command()
@with_appcontext
def fields() -> None:
    """Print docs/fields.md, made from the models."""
    from survey.fieldbook import as_markdown

    click.echo(as_markdown(), nl=False)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def backup(file: Path) -> None:
    """Write a whole copy of the SQLite database to FILE while the server goes on. Copy the photos' folder as well."""
    from survey import backup as copies
    from survey.errors import Refusal

    database.db.connect(reuse_if_open=True)
    try:
        copies.copy_to(file)
    except (Refusal, FileExistsError) as error:
        raise click.ClickException(str(error.message if isinstance(error, Refusal) else error)) from None
    click.echo(f"copied to {file}")


@click.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--new-epoch", is_flag=True, help="Only rename the database (after pg_restore).")
@with_appcontext
def restore(file: Path | None, new_epoch: bool) -> None:
    """Put a copy in the place of the SQLite database (stop the server first); phones then bring back what it does not know."""
    from survey import backup as copies
    from survey.errors import Refusal

    if bool(file) == new_epoch:
        raise click.UsageError("FILE, or --new-epoch")
    if file:
        if not settings().database_url.startswith("sqlite:///"):
            raise click.ClickException(str(Refusal("not_sqlite").message))
        database.db.close()
        try:
            copies.replace_by(file, Path(settings().database_url.removeprefix("sqlite:///")))
        except Refusal as refusal:
            raise click.ClickException(str(refusal.message)) from None
    database.db.connect(reuse_if_open=True)
    runner().up()
    click.echo(f"restored; epoch {copies.new_epoch()}")


@user_commands.command("add")
@click.argument("username")
@click.option("--name", required=True, help="The person's name.")
@click.option("--role", required=True)
@click.option("--province", "provinces", multiple=True, help="DOPA code of two digits or Thai name; may be repeated.")
@click.option("--district", "districts", multiple=True, help="DOPA code of four digits; may be repeated.")
@click.option("--agency", help="Name of the agency or surveying unit.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add_user(username: str, name: str, role: str, provinces: tuple[str, ...], districts: tuple[str, ...], agency: str | None, password_stdin: bool) -> None:
    """Make an account; the password is asked for (at least 15 characters)."""
    from survey import delegation
    from survey.errors import Refusal

    database.db.connect(reuse_if_open=True)
    password = sys.stdin.readline().rstrip("\n") if password_stdin else getpass.getpass("Password: ")
    try:
        delegation.add(username, name, role, password, list(provinces), list(districts), agency)
    except Refusal as refusal:
        raise click.ClickException(str(refusal.message)) from None
    click.echo(f"added {username}")


@audit_commands.command("verify")
def audit_verify() -> None:
    """Walk the whole log; says which rows were removed or altered, and ends with 1 then."""
    from survey import audit

    database.db.connect(reuse_if_open=True)
    seen, wrong = audit.verify()
    for sentence in wrong:
        click.echo(sentence)
    click.echo(f"{seen} rows, {len(wrong)} breaks")
    if wrong:
        raise SystemExit(1)


@click.command()
@with_appcontext
def retention() -> None:
    """Erase by rule: contact persons of removed cameras, old log rows, sessions and invitations. Run it daily."""
    from survey import retention as rules

    database.db.connect(reuse_if_open=True)
    done = rules.apply(settings().audit_days, settings().contact_days)
    click.echo(", ".join(f"{name} {number}" for name, number in done.items()))


@click.command("breach-report")
@click.option("--since", required=True, type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]), help="Bangkok's time.")
@click.option("--account", help="Only what this account saw.")
@with_appcontext
def breach_report(since: dt.datetime, account: str | None) -> None:
    """Whose data which account saw, as CSV: for the notice within 72 hours."""
    from survey import clock, disclosure

    database.db.connect(reuse_if_open=True)
    rows = disclosure.report(since - clock.BANGKOK, account)
    writer = csv.DictWriter(sys.stdout, disclosure.COLUMNS)
    writer.writeheader()
    writer.writerows(rows)


@geo_commands.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def geo_import(file: Path) -> None:
    """Read outlines of districts or subdistricts (GeoJSON or TopoJSON), so that positions are put into them."""
    from survey import places
    from survey.errors import Refusal

    try:
        summary = places.import_outlines(file, settings().data)
    except Refusal as refusal:
        raise click.ClickException(str(refusal.message)) from None
    click.echo(f"{summary['level']}: {summary['features']} outlines read, {summary['matched']} matched")
    for name in summary["unmatched"]:
        click.echo(f"  not matched: {name}")
