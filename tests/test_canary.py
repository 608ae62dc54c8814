"""Every text field of two provinces and three agencies holds a word of its own; whatever a role can open must not hold a word that it may not see.

The policy is written down here once more, apart from survey/scope.py: what is forbidden is not asked of the code that is tested.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import html
import io
import itertools
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from PIL import Image
from pypdf import PdfReader

from blueprints import exports
from models import RECORDS, Account, Agency, Camera, Import, Photo, ProblemReport, ProposedPoint, Site, Token, Upload, utcnow
from survey import album
from survey.api.resources import resources
from survey.questions import asked
from tests.conftest import NARATHIWAT, RATCHABURI, Browser, picture, send

LABELS = ("control_centre", "budget_source")  # names of bodies, not of places or persons
NOT_NAMED = {"mutation_id", "conflict_id", "filename", "build", "letter", "version", "picture", "part", "chapter"}  # addresses that only posts have, and files
HOPS = 700  # pages that one role opens at most
TEXTS = ("text", "longtext")


@dataclass(frozen=True)
class Word:
    """A word that stands in one field: whose record it is and how private the field is."""

    text: str
    province: str
    owner: str
    recorder: str
    field: str
    private: str  # "", personal, sensitive, stream, phone (position), account, exif, point (an agency sees only its own)


class Words:
    def __init__(self) -> None:
        self.all: list[Word] = []

    def make(self, private: str, whose: dict[str, str], field: str = "") -> str:
        self.all.append(Word(f"canary{len(self.all):04}q", private=private, field=field, **whose))
        return self.all[-1].text


def answers_with(words: Words, kind: str, whose: dict[str, str]) -> dict[str, Any]:
    """All answers of a kind of record: words in texts, and the first choice of what offers choices."""
    found: dict[str, Any] = {}
    for name, q in asked(RECORDS[kind]).items():
        private = "point" if kind == "point" else "personal" if q.personal else "stream" if q.kind == "url" else "sensitive" if q.sensitive else ""
        if q.kind in TEXTS:
            found[name] = words.make(private, whose, name)
        elif q.kind == "url":
            found[name] = f"https://{words.make(private, whose)}.example/live"
        elif q.choices and name not in ("status", "owner_sector"):
            found[name] = ["other"] if q.kind == "many" and "other" in q.choices else [next(iter(q.choices))] if q.kind == "many" else "other" if "other" in q.choices else next(iter(q.choices))
    return found


@pytest.fixture
def words(person: Callable[..., Account]) -> Words:
    """Records of two provinces, three owners, by different surveyors, each field with a word of its own."""
    made = Words()
    for n, (province, position, owner) in enumerate((("96", NARATHIWAT, "เทศบาลหนึ่ง"), ("96", NARATHIWAT, "ธนาคารสอง"), ("70", RATCHABURI, "เทศบาลสาม"))):
        whose = {"province": province, "owner": owner, "recorder": f"recorder-{n}"}
        account = person("surveyor", province, name=whose["recorder"])
        Account.update(phone=made.make("account", whose)).where(Account.id == account.id).execute()
        exif = Image.Exif()
        exif[0x010F], exif[0x010E] = made.make("", whose), made.make("exif", whose)
        exif[0x8825] = {1: "N", 2: (6.0, 25.0, 10.0 + n / 7), 3: "E", 4: (101.0, 49.0, 20.0 + n / 7)}
        upload, _ = album.accept(picture((n, 200, 9), exif=exif), account)
        place = {"latitude": position[0] + n / 100, "longitude": position[1]}
        site = send(account, "site", {**answers_with(made, "site", whose), **place, "owner_agency": owner, "contact_phone": f"02-283-47{n}7", "user_agencies": [], "restricted": "no"})
        made.all.append(Word(f"02-283-47{n}7", field="contact_phone", private="personal", **whose))
        photo = {"sha256": upload.sha256, "caption": made.make("", whose), "latitude": 6.4, "longitude": 101.70037 + n / 1000, "accuracy_m": 7}
        camera = send(account, "camera", {**answers_with(made, "camera", whose), "site_id": site["record_id"], "status": "not_working"}, photos={"add": [photo]})
        made.all.append(Word(f"{101.70037 + n / 1000:.5f}", field="position", private="phone", **whose))
        update = answers_with(made, "update", whose)
        send(account, "update", {**update, "camera_id": camera["record_id"], "status": "not_working", "latitude": 6.3, "longitude": 101.60037 + n / 1000})
        made.all.append(Word(f"{101.60037 + n / 1000:.5f}", field="position", private="phone", **whose))
        send(account, "point", {**answers_with(made, "point", whose), **place, "camera_count": 2, "province": province, "project_status": "not_started"})
        send(account, "report", {**answers_with(made, "report", whose), "agency": owner, "province": province})
        send(account, "site", {"place": made.make("", whose)}, Site.get(Site.id == site["record_id"]).id, base={"rev": site["rev"]})
    return made  # (words of positions are longitudes: "6.40100" also stands in the seconds of a time)


def forbidden(word: Word, role: str, name: str, owner: str) -> bool:
    """The policy: whether this role, of Narathiwat where it has a province, must not see the word."""
    here = word.province == "96"
    own = word.recorder == name
    match role:
        case "centre_admin":
            return False  # the original photo with its EXIF too
        case "analyst" | "inspector":
            return word.private not in ("", "point") or (role == "inspector" and not here)
        case "province_admin":
            return not here
        case "surveyor":
            return not here or (word.private in ("stream", "phone") and not own) or word.private in ("account", "exif")
        case "agency":
            return word.owner != owner or word.private in ("account", "exif", "phone", "point")
        case "viewer":  # totals only; these stand beside a number in the analysis: linked to which centre, money from where
            return word.field not in LABELS
        case _:
            return True


def crawl(client: Any, starts: list[str]) -> dict[str, str]:
    """What every page and answer says that can be reached by links from `starts`."""
    said: dict[str, str] = {}
    waiting, known = list(starts), set(starts)
    while waiting and len(said) < HOPS:
        path = waiting.pop(0)
        answer = client.get(path)
        text = answer.get_data().decode("utf-8", "replace")
        answer.close()  # a file that was sent
        said[path] = html.unescape(text)
        if not answer.content_type.startswith("text/html"):
            continue
        for link in re.findall(r'(?:href|src|action|data-suggest)="([^"#]+)', text):
            target = urlsplit(urljoin(f"http://localhost{path}", html.unescape(link)))
            there = target.path + (f"?{target.query}" if target.query else "")
            if target.netloc == "localhost" and there not in known and not target.path.startswith("/static/") and "server=1" not in target.query:
                known.add(there)
                waiting.append(there)
    return said


def starting_points(client: Any) -> list[str]:
    """The first page, and what only scripts ask for."""
    found = ["/", "/more", "/sites", "/points", "/reports", "/conflicts", "/audit", "/accounts", "/sync/session", "/sync/package?since=0", "/agencies/suggest?q=canary",
             "/agencies/suggest?q=", "/phones", "/sites?q=canary", "/sites?near=6.4255,101.8253", "/status?q=canary", "/privacy/contacts"]  # fmt: skip
    for kind, model in RECORDS.items():  # also what no link leads to: addresses that somebody guessed or kept
        found += [f"/{kind}s/{r.id}{end}" for r in model.select() for end in ("", "/edit", "/status", "/withdraw")]
    known = {"site_id": Site, "camera_id": Camera, "point_id": ProposedPoint, "report_id": ProblemReport, "photo_id": Photo, "import_id": Import, "account_id": Account, "agency_id": Agency}
    for rule in client.application.url_map.iter_rules():  # every address that there is, with whatever it may name
        if "GET" not in (rule.methods or ()) or rule.endpoint in ("assets.static", "auth.login") or rule.endpoint.startswith("api."):  # (that has its own crawl)
            continue
        fills: dict[str, list[str]] = {name: [str(r.id) for r in model.select()] for name, model in known.items()}
        fills |= {"code": ["96", "70"], "kind": ["site", "point", "report"], "number": ["1"], "record_id": [str(r.id) for m in (Site, ProposedPoint, ProblemReport) for r in m.select()],
                  "size": ["view"], "page": ["home", "number", "effectiveness", "linkage", "points", "footage", "problems", "quality"], "sha256": [u.sha256 for u in Upload.select()]}  # fmt: skip
        assert rule.arguments <= set(fills) or rule.arguments & NOT_NAMED, f"say what {rule.rule} may name"
        if rule.arguments <= set(fills):
            found += [client.application.url_map.bind("localhost").build(rule.endpoint, dict(zip(rule.arguments, each, strict=True)))
                      for each in itertools.product(*(fills[name] for name in rule.arguments))]  # fmt: skip
    found += ["/map/data?box=5,97,21,106&zoom=18", "/map/data?box=5,97,21,106&zoom=8", "/places/at?latitude=6.4255&longitude=101.8253", "/sites?q=6.42"]
    return list(dict.fromkeys(found))


ROLES = [("centre_admin", ""), ("analyst", ""), ("inspector", ""), ("viewer", ""), ("province_admin", ""), ("surveyor", "recorder-0"), ("surveyor", "another"),
         ("agency", "เทศบาลหนึ่ง"), ("anonymous", "")]  # fmt: skip


@pytest.mark.parametrize(("role", "who"), ROLES, ids=["-".join(filter(None, pair)) for pair in ROLES])
def test_nobody_finds_a_word_that_is_not_theirs(app: Flask, words: Words, person: Callable[..., Account], role: str, who: str) -> None:
    said = pages_of(app, person, role, who)
    seen = "\n".join(said.values())
    leaks = [(word, [path for path, text in said.items() if word.text in text][:3]) for word in words.all if forbidden(word, role, who, who) and word.text in seen]
    assert leaks == []
    allowed = [word for word in words.all if not forbidden(word, role, who, who)]
    missing = [word for word in allowed if word.text not in seen and word.private != "phone"]
    assert len(missing) <= len(allowed) * 0.1, missing  # the crawl really went everywhere
    assert len(said) > (40 if allowed else 5)


def pages_of(app: Flask, person: Callable[..., Account], role: str, who: str) -> dict[str, str]:
    if role == "anonymous":
        client = app.test_client()
        return crawl(client, starting_points(client)) | exports_of(client)
    where = [] if role in ("centre_admin", "analyst", "viewer") else ["96"]
    named = {"agency": who} if role == "agency" else {"name": who} if who else {}
    browser = Browser(app, person(role, *where, **named))
    return crawl(browser.client, starting_points(browser.client)) | exports_of(browser.client) | interface_of(app, browser.account)


def interface_of(app: Flask, account: Account) -> dict[str, str]:
    """What the open interface says to a token of this account, also to one that could not make it: every list to its end, every record by its id."""
    defaults = {"account": account.id, "name": "ระบบ", "expires_at": utcnow() + dt.timedelta(days=1)}
    Token.get_or_create(token_hash=hashlib.sha256(str(account.id).encode()).hexdigest(), defaults=defaults)
    client, said = app.test_client(use_cookies=False), {}
    waiting = ["/api/v1/totals", "/api/v1/openapi.json"]
    for name, resource in resources().items():
        waiting += [f"/api/v1/{name}?limit=2&gone=true", *(f"/api/v1/{name}/{r.id}" for r in resource.model.select())]
    while waiting:
        path = waiting.pop()
        answer = client.get(path, headers={"Authorization": f"Bearer {account.id}"})
        assert answer.status_code in (200, 403, 404), (path, answer.text)
        said[path] = json.dumps(answer.json, ensure_ascii=False)
        waiting += filter(None, [answer.json.get("next")])
    return said


def exports_of(client: Any) -> dict[str, str]:
    """What every export holds; a workbook as the texts of its parts."""
    token = (client.get("/sync/session").json or {}).get("csrf", "")
    said = {}
    for form in exports.FORMATS:
        with client.post("/exports", data={"format": form}, headers={"X-CSRFToken": token}) as answer:
            data = answer.get_data()
        if data.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(data)) as parts:
                data = b"".join(parts.read(name) for name in parts.namelist())
        said[f"export {form}"] = html.unescape(data.decode("utf-8", "replace"))
    letter = {"office": "-", "subject": "-", "to": "-", "opening": "-", "closing": "-", "urgency": "", "secrecy": "", "digits": "western"}
    answer = client.post("/official-report", data=letter, headers={"X-CSRFToken": token})
    if answer.content_type == "application/pdf":
        paper = PdfReader(io.BytesIO(answer.data))
        said["report"] = "\n".join([paper.attachments["data.json"][0].decode(), *(page.extract_text() for page in paper.pages)])
    return said


def test_an_export_holds_the_survey_and_nothing_sensitive_even_for_administrators(app: Flask, words: Words, person: Callable[..., Account]) -> None:
    said = "\n".join(exports_of(Browser(app, person("centre_admin")).client).values())
    assert [word for word in words.all if word.private in ("stream", "sensitive", "phone", "exif", "account") and word.text in said] == []
    ordinary = [word for word in words.all if word.private in ("personal", "point") and word.text not in said]
    assert ordinary == []
    near = "\n".join(exports_of(Browser(app, person("province_admin", "96")).client).values())
    assert {word.province for word in words.all if word.text in near} == {"96"}


def test_the_open_interface_holds_no_more_than_an_export(app: Flask, words: Words, person: Callable[..., Account]) -> None:
    for account in (person("centre_admin"), person("province_admin", "96")):
        said, sent = "\n".join(interface_of(app, account).values()), "\n".join(exports_of(Browser(app, account).client).values())
        assert [word for word in words.all if word.text in said and word.text not in sent] == []
        assert [word for word in words.all if word.private in ("stream", "sensitive", "phone", "exif", "account") and word.text in said] == []
        assert [word for word in words.all if word.private in ("personal", "point") and word.text in sent and word.text not in said] == []
        assert len([word for word in words.all if word.text in said]) > 50
    for role in ("analyst", "inspector", "viewer", "surveyor", "agency"):
        said = interface_of(app, person(role, *([] if role in ("analyst", "viewer") else ["96"]), **({"agency": "เทศบาลหนึ่ง"} if role == "agency" else {})))
        assert {json.loads(text).get("error") for text in said.values()} == {"not_allowed"}


def test_control_a_sensitive_answer_in_the_interface_would_be_found(app: Flask, words: Words, person: Callable[..., Account], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("survey.api.resources.shared", asked)
    said = "\n".join(interface_of(app, person("centre_admin")).values())
    assert {word.private for word in words.all if word.text in said} >= {"stream", "sensitive"}


def test_the_exports_of_an_agency_hold_its_own_words_and_nothing_of_others(app: Flask, words: Words, person: Callable[..., Account]) -> None:
    said = exports_of(Browser(app, person("agency", "96", agency="เทศบาลหนึ่ง")).client)
    seen = {name: [word for word in words.all if word.text in text] for name, text in said.items()}
    assert {word.owner for found in seen.values() for word in found} == {"เทศบาลหนึ่ง"}
    assert not [word for found in seen.values() for word in found if word.private not in ("", "personal")]
    assert all(seen[name] for name in ("export xlsx", "export csv-camera", "export csv-report", "export geojson-camera", "export photos-camera"))


def test_control_a_leak_would_be_found(app: Flask, words: Words, person: Callable[..., Account], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("blueprints.shown.scope.may_read", lambda *_: True)
    seen = "\n".join(pages_of(app, person, "inspector", "").values())
    assert any(word.text in seen for word in words.all if word.private == "personal" and word.province == "96")


def test_error_messages_tell_nothing(app: Flask, words: Words, person: Callable[..., Account]) -> None:
    stranger = person("surveyor", "70")
    client = Browser(app, stranger).client
    token = client.get("/sync/session").json["csrf"]
    for kind, model in RECORDS.items():
        for record in model.select():
            for method, path in (("POST", f"/{kind}s/{record.id}/edit"), ("POST", f"/{kind}s/{record.id}/withdraw"), ("POST", f"/{kind}s/{record.id}/cameras/new")):
                answer = client.open(path, method=method, headers={"X-CSRFToken": token}, data={"record_id": str(record.id)})
                theirs = [w for w in words.all if w.province == "96" and w.text in answer.get_data(as_text=True)]
                assert theirs == [] and answer.status_code < 500, path
            message = {"kind": kind, "op": "save", "record_id": str(record.id), "answers": {}, "owner": str(stranger.id),
                       "base": {"rev": 1}, "captured_at": "2026-11-01T00:00:00Z"}  # fmt: skip
            said = client.put(f"/sync/mutations/{record.id}", data=json.dumps(message), headers={"X-CSRFToken": token}).get_data(as_text=True)
            assert not [w for w in words.all if w.province == "96" and w.text in said]
