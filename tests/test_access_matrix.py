"""Every route x method x role x relation, against tests/access_matrix.csv: a route without a line fails, so a new one cannot be forgotten.

A cell says what happens: y (the view is reached), 403, 404, or login. Relations: own (the person's own record or branch), near (another
agency's in the same province), far (another province); "-" where the address names nothing. Methods that a route does not declare are
405 for everybody, HEAD is GET, and OPTIONS tells nothing to who may not call the route. Each request has the person's cookie and a token of
theirs: pages know the first, the open interface the second. WRITE_MATRIX=1 writes what is, to be read by a person.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import os
import re
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

import database
from models import Account, Agency, Conflict, Mutation, Photo, Round, Token, utcnow
from survey import album
from survey.exchange import runner, staging
from tests.conftest import NARATHIWAT, RATCHABURI, ROOT, Browser, make_camera, make_site, picture, register, send

MATRIX = ROOT / "tests" / "access_matrix.csv"
ROLES = ("centre_admin", "analyst", "inspector", "viewer", "province_admin", "agency", "surveyor", "anonymous")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
HEADER = ("rule", "method", "relation", *ROLES)
OWNER, BANK = "เทศบาลเมืองนราธิวาส", "ธนาคารสาขานราธิวาส"


def records(account: Account, position: tuple[float, float], owner: str, colour: int) -> dict[str, Any]:
    """A record of each kind with a photo, recorded by one person for one owner."""
    place = {"latitude": position[0], "longitude": position[1]}
    upload, _ = album.accept(picture((colour, 9, 9)), account)
    site = make_site(account, **place, owner_agency=owner)
    camera = make_camera(account, site)
    send(account, "camera", {}, camera.id, base={"rev": camera.rev}, photos={"add": [{"sha256": upload.sha256}]})
    point = send(account, "point", {"location": "สามแยก", **place, "project_status": "not_started", "reason": "มืด", "camera_count": 1})
    report = send(account, "report", {"agency": owner, "province": site.province, "usage": "เก่า"})
    conflict = Conflict.create(mutation=Mutation.get(Mutation.record_id == site.id).id, record_kind="site", record_id=site.id, province=site.province, field="place",
                               stands="ก", offered="ข")  # fmt: skip
    return {"site_id": site.id, "camera_id": camera.id, "point_id": point["record_id"], "report_id": report["record_id"], "conflict_id": conflict.id,
            "photo_id": Photo.get(Photo.record_id == camera.id).id, "sha256": upload.sha256}  # fmt: skip


@pytest.fixture
def world(person: Callable[..., Account], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, dict[str, Any]]:
    """The ids that an address may name, by relation."""
    if not database.is_sqlite():
        pytest.skip("each request is rolled back, which SQLite allows across a request; the rules are the same on both databases")
    bank = register(BANK, kind="bank", province="96")
    register(OWNER, kind="town_municipality")
    me, near, far = person("surveyor", "96"), person("surveyor", "96", name="another-surveyor"), person("surveyor", "70")
    found = {"own": records(me, NARATHIWAT, OWNER, 1), "near": records(near, NARATHIWAT, BANK, 2), "far": records(far, RATCHABURI, "เทศบาลเมืองราชบุรี", 3)}
    typed = [Agency.create(name=f"ชื่อใหม่ {p}", province=p, confirmed=False, search_text=f"ชื่อใหม่{p}") for p in ("96", "70")]
    accounts = (me.id, person("province_admin", "96", name="second-seat").id, far.id)
    Round.create(number=1, name="รอบที่ 1", starts_on=dt.date(2026, 1, 1), deadline=dt.date(2027, 1, 1), opened_by=person("centre_admin").id)
    monkeypatch.setattr(runner, "start", lambda _id: None)  # no thread may work beside a request that is taken back
    lists = (person("agency", "96", agency=OWNER), person("province_admin", "96", name="second-seat"), person("province_admin", "70"))
    for relation, account in zip(found, lists, strict=True):
        (tmp_path / "list.csv").write_text("ชื่อจุดติดตั้ง,ละติจูด,ลองจิจูด\nแยกตลาด,6.4255,101.8253\n")
        found[relation]["import_id"] = staging.upload(tmp_path / "list.csv", "list.csv", account).id
    for relation, account, agency in zip(found, accounts, (typed[0].id, bank.id, typed[1].id), strict=True):
        token_of(account, relation)
        found[relation] |= {"account_id": account, "agency_id": agency, "mutation_id": uuid.uuid4(), "record_id": found[relation]["site_id"],
                            "code": "70" if relation == "far" else "96"}  # fmt: skip
    return found


def token_of(account_id: uuid.UUID, name: str) -> str:
    """A token of an account, also of one that could not make it itself."""
    found = {"account": account_id, "name": name, "expires_at": utcnow() + dt.timedelta(days=1)}
    Token.get_or_create(token_hash=hashlib.sha256(name.encode()).hexdigest(), defaults=found)
    return name


def posted(rule: str, role: str, relation: str, world: dict[str, dict[str, Any]]) -> dict[str, str] | None:
    """What a form has to name, so that the address alone decides."""
    if rule.startswith("/review") and rule.endswith("/merge"):
        return {"into": str(world["near"]["site_id"])}
    if rule.endswith("/tokens/revoke"):
        found = Token.get_or_none(Token.name == (role if rule.startswith("/account/") else relation))
        return {"token": str(found.id if found else uuid.uuid4())}
    return None


def who(role: str, app: Flask, person: Callable[..., Account]) -> tuple[FlaskClient, str]:
    """A client that is logged in as the role (of Narathiwat, where it has a province), and its CSRF token."""
    if role == "anonymous":
        client = app.test_client()
        return client, re.search(r'name="csrf_token" value="([^"]+)"', client.get("/login").text)[1]  # type: ignore[index]  # it is there
    account = person(role, *([] if role in ("centre_admin", "analyst", "viewer") else ["96"]), **({"agency": OWNER} if role == "agency" else {}))
    client = Browser(app, account).client
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token_of(account.id, role)}"
    return client, str(client.get("/sync/session").json["csrf"])


def address(rule: str, ids: dict[str, Any]) -> str:
    path = re.sub(r"<any\(([a-z]+)[^)]*\):[a-z_]+>", r"\1", rule)
    path = path.replace("<page>", "number" if rule.startswith("/analysis") else "site").replace("<kind>", "site").replace("<int:number>", "1")
    of_kind = re.match(r"/api/v1/([a-z]+)s/", rule)
    ids = ids | {"record_id": ids[f"{of_kind[1]}_id"]} if of_kind else ids
    path = path.replace("<picture>", "home").replace("<version>", "0").replace("<part>", "th.vtt").replace("<letter>", "letter.pdf")
    return re.sub(r"<(?:[a-z]+:)?([a-z0-9_]+)>", lambda m: str(ids[m[1]]), path)


def outcome(client: FlaskClient, token: str, method: str, path: str, data: dict[str, str] | None = None) -> str:
    """What a request comes to; whatever it changed is taken back."""
    with database.db.atomic("IMMEDIATE") as transaction:
        answer = client.open(path, method=method, data=data, headers={"X-CSRFToken": token, "Sec-Fetch-Site": "same-origin"})
        transaction.rollback()
    answer.close()
    assert answer.status_code < 500, (method, path, answer.status_code)
    if answer.status_code == 401 or (answer.status_code == 302 and answer.headers["Location"].startswith("/login")):
        return "login"
    return str(answer.status_code) if answer.status_code in (403, 404, 405) else "y"


def calls(app: Flask) -> list[tuple[str, str, str]]:
    """(rule, method, relation) of all that can be called."""
    found = []
    for rule in app.url_map.iter_rules():
        named = set(rule.arguments) & {"record_id", "site_id", "camera_id", "point_id", "report_id", "photo_id", "conflict_id", "account_id", "agency_id", "import_id"}
        named |= {"code"} if rule.rule.startswith("/progress") and "code" in rule.arguments else set()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            found += [(rule.rule, method, relation) for relation in (("own", "near", "far") if named else ("-",))]
    return sorted(found)


def expected() -> dict[tuple[str, str, str], dict[str, str]]:
    with MATRIX.open(encoding="utf-8", newline="") as file:
        return {(row["rule"], row["method"], row["relation"]): row for row in csv.DictReader(file)}


def test_every_route_has_its_lines_and_no_line_is_left_over(app: Flask) -> None:
    assert set(calls(app)) == set(expected()) or os.environ.get("WRITE_MATRIX")


@pytest.mark.parametrize("role", ROLES)
def test_who_gets_where(app: Flask, person: Callable[..., Account], world: dict[str, dict[str, Any]], role: str) -> None:
    client, token = who(role, app, person)
    found = {}
    for rule, method, relation in calls(app):
        ids = world["own" if relation == "-" else relation]
        if rule == "/logout":
            found[rule, method, relation] = "login" if role == "anonymous" else "y"  # it would end this very session; tested in test_app
            continue
        found[rule, method, relation] = outcome(client, token, method, address(rule, ids), posted(rule, role, relation, world))
    if os.environ.get("WRITE_MATRIX"):
        write(role, found)
    lines = expected()
    wrong = {key: (got, lines[key][role]) for key, got in found.items() if key in lines and got != lines[key][role]}
    assert wrong == {}


def write(role: str, found: dict[tuple[str, str, str], str]) -> None:
    lines = expected() if MATRIX.exists() else {}
    for key, got in found.items():
        lines.setdefault(key, dict(zip(HEADER, [*key, *[""] * len(ROLES)], strict=True)))[role] = got
    with MATRIX.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEADER, lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines[key] for key in sorted(lines) if key in found)


@pytest.mark.parametrize("role", ["anonymous", "surveyor", "centre_admin"])
def test_other_methods_reach_nothing(app: Flask, person: Callable[..., Account], world: dict[str, dict[str, Any]], role: str) -> None:
    client, token = who(role, app, person)
    by_path: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        by_path.setdefault(rule.rule, set()).update(rule.methods or ())
    for rule, methods in by_path.items():
        path = address(rule, world["own"])
        for method in set(METHODS) - methods:
            assert outcome(client, token, method, path) in ("405", "login"), (method, path)
        if rule != "/logout" and role == "anonymous" and "GET" in methods and expected()[rule, "GET", "-" if (rule, "GET", "-") in expected() else "own"][role] == "login":
            assert outcome(client, token, "HEAD", path) == "login" and outcome(client, token, "OPTIONS", path) == "login", path


def test_control_a_route_that_forgets_its_roles_would_be_seen(app: Flask, person: Callable[..., Account], world: dict[str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.view_functions["accounts.index"], "access", ("surveyor", "province_admin"))
    client, token = who("surveyor", app, person)
    assert outcome(client, token, "GET", "/accounts") != expected()["/accounts", "GET", "-"]["surveyor"]
