"""Believable Thai data of any size, for trying out, screenshots and benchmarks. Names of persons are plainly examples.

Rows are made in bulk, not through `receive()`; a test holds what this makes against what `receive()` would have made.
"""

from __future__ import annotations

import datetime as dt
import random
import secrets
import time
import uuid
from collections.abc import Iterator
from typing import Any

from database import insert_rows
from models import (
    Account,
    Agency,
    Camera,
    ContactNotice,
    Declaration,
    Expectation,
    Mutation,
    ProblemReport,
    ProposedPoint,
    Record,
    Round,
    Site,
    StatusUpdate,
    utcnow,
    write,
)  # fmt: skip
from survey import agencies, clock, demo_photos, messages, passwords, places, rounds, standing, totals
from survey.questions import asked
from survey.search import fold

SPOTS = ("แยกไฟแดงหน้า{}", "หน้าตลาด{}", "ปากซอย{} ๓", "วงเวียน{}", "สะพานข้ามคลอง{}", "หน้าโรงเรียนบ้าน{}", "หน้าวัด{}", "ทางเข้าหมู่บ้าน{}",
         "จุดตรวจ{}", "หน้าโรงพยาบาล{}", "สวนสาธารณะ{}", "สถานีขนส่ง{}", "หน้าร้านทองตลาด{}", "จุดกลับรถ{}")  # fmt: skip
SPOT_TYPES = ("road", "market", "road", "road", "road", "school", "religious", "community", "checkpoint", "hospital", "park", "transport", "gold_shop", "road")
OWNERS = (("เทศบาลเมือง{}", "town_municipality"), ("เทศบาลตำบล{}", "subdistrict_municipality"), ("อบต.{}", "sao"), ("สภ.{}", "police"),
          ("ที่ทำการปกครองอำเภอ{}", "district_office"), ("ธนาคารสาขา{}", "bank"), ("ร้านสะดวกซื้อสาขา{}", "chain"), ("ร้านทองตลาด{}", "shop"))  # fmt: skip
STATUSES = ("working",) * 68 + ("degraded",) * 12 + ("not_working",) * 13 + ("under_repair",) * 3 + ("not_verified",) * 2 + ("not_found", "removed")
PROBLEMS = {"degraded": ("blurred", "no_night_vision", "obstructed", "wrong_time"), "not_working": ("no_image", "no_power", "cable_cut", "recorder_fault")}
BRANDS = ("Hikvision", "Dahua", "Uniview", "Hanwha", "Axis", "HIP")
RETURNED = "โปรดถ่ายภาพจุดติดตั้งเพิ่ม และตรวจพิกัดอีกครั้ง"
DAYS = 60  # the survey period that the demo pretends
ROUND_STEPS = ((-60, "ประชุมชี้แจงจังหวัดและหน่วยสำรวจ"), (7, "หน่วยงานรายงานว่าบันทึกครบถ้วน"), (14, "จังหวัดตรวจและรับรองข้อมูล"), (21, "ส่งส่วนกลาง"))
TOWNS = 30  # places a province's sites gather around
BATCH = 2000


def make(sites: int, seed: int = 1) -> dict[str, Any]:
    """Makes `sites` sites with about three cameras each, updates, proposed points, reports and a few photos; returns counts and seconds."""
    began, rng = time.perf_counter(), random.Random(seed)
    counts: dict[str, Any] = {"sites": 0, "cameras": 0, "updates": 0, "points": 0, "reports": 0, "photos": 0}
    shares = _shares(sites, rng)
    recorders = _recorders(rng)
    began_round = _round(next(iter(recorders.values())))
    for province, number in shares.items():
        country = _Province(province, rng, recorders[province])
        for chunk in range(0, number, BATCH):
            made = _chunk(country, min(BATCH, number - chunk), rng)
            for name, value in made.items():
                counts[name] += value
    _expect(began_round, rng)
    counts["photos"] = demo_photos.make(rng, min(40, max(2, sites // 20)))
    counts["seconds"] = round(time.perf_counter() - began, 1)
    return counts


def _shares(sites: int, rng: random.Random) -> dict[str, int]:
    """How many sites each province gets: by its number of subdistricts, Bangkok eightfold, the two demo provinces at least a few."""
    weights = {p.code: sum(len(places.subdistricts(d.code)) for d in places.districts(p.code)) * (8 if p.code == "10" else 1) for p in places.provinces()}
    for code in ("96", "70"):
        weights[code] *= 3 if sites < 5000 else 1
    chosen = rng.choices(list(weights), list(weights.values()), k=sites)
    return {code: chosen.count(code) for code in weights if code in set(chosen)}


def _recorders(rng: random.Random) -> dict[str, Account]:
    """A surveyor for each province; those without a demo log-in have a password that nobody knows."""
    found = {}
    nobody = passwords.hash_password(secrets.token_hex(16))
    for place in places.provinces():
        username = "police." + place.name_en.lower().replace(" ", "-")
        account = Account.get_or_none(Account.username == username)
        if account is None:
            unit = "สน.กลาง" if place.code == "10" else f"สภ.เมือง{place.name}"
            with write():
                agency = agencies.resolve(unit, place.code, "police")
                Agency.update(confirmed=True).where(Agency.id == agency).execute()
                account = Account.create(username=username, name=f"ชุดสำรวจ {unit} (ตัวอย่าง)", role="surveyor", password_hash=nobody,
                                         provinces=[place.code], province=place.code, agency=agency)  # fmt: skip
        found[place.code] = account
    return found


def _round(opener: Account) -> Round:
    """The round that the demo's records belong to; the one that is there, if any."""
    there = rounds.current()
    if there is not None:
        return there
    today = clock.today()
    steps = [{"on": (today + dt.timedelta(days=days)).isoformat(), "text": text} for days, text in ROUND_STEPS]
    with write():
        return Round.create(number=1, name=f"รอบที่ 1/{today.year + 543}", starts_on=today - dt.timedelta(days=DAYS + 1), deadline=today + dt.timedelta(days=21),
                            steps=steps, opened_by=opener.id)  # fmt: skip


def _expect(began: Round, rng: random.Random) -> None:
    """What provinces expect, and what some of their agencies have declared."""
    with write():
        for province, counted in totals.by_area("camera", "complete", None, began.number).items():
            number = sum(sum(states.values()) for states in counted.values())
            said = {"round": began.number, "province": province, "agency": None}
            Expectation.delete().where(Expectation.round == began.number, Expectation.province == province, Expectation.agency.is_null()).execute()
            Expectation.insert(number=int(number * rng.choice((1.05, 1.2, 1.5, 1.9))), set_by=began.opened_by_id, set_at=utcnow(), **said).execute()
            owners = [code for code in totals.by_code("camera", "owner_agency", [province], began.number) if code]
            Declaration.delete().where(Declaration.round == began.number, Declaration.province == province).execute()
            by = {"declared_by": began.opened_by_id, "declared_at": utcnow()}
            rows = [said | {"agency": uuid.UUID(owner), "state": rng.choice(("complete", "in_progress"))} | by for owner in owners if rng.random() < 0.5]
            insert_rows(Declaration, rows)


class _Province:
    """What the sites of a province share: towns, owners, stations, recorder."""

    def __init__(self, code: str, rng: random.Random, recorder: Account) -> None:
        self.code, self.recorder = code, recorder
        districts = places.districts(code)
        self.towns = []
        for latitude, longitude in _points_inside(code, rng):
            district = rng.choice(districts)
            below = places.subdistricts(district.code)
            self.towns.append((latitude, longitude, district, rng.choice(below)))
        self.owners = []
        with write():
            for template, kind in OWNERS:
                for town in rng.sample(self.towns, 3):
                    name = template.format(town[2].name if kind in ("town_municipality", "police", "district_office") else town[3].name)
                    agency = agencies.resolve(name, code)
                    Agency.update(kind=kind, confirmed=True).where(Agency.id == agency).execute()
                    self.owners.append((agency, name, agencies.SECTOR_OF_KIND[kind], kind))
        self.stations = [o for o in self.owners if o[3] == "police"]


def _points_inside(code: str, rng: random.Random) -> Iterator[tuple[float, float]]:
    """TOWNS random positions inside a province."""
    south, west, north, east = places.bounds(code)
    found = 0
    for _ in range(20_000):
        latitude, longitude = rng.uniform(south, north), rng.uniform(west, east)
        if places.place_of(latitude, longitude).province == code:
            yield latitude, longitude
            found += 1
            if found == TOWNS:
                return
    raise LookupError(f"no positions inside province {code}")


def _chunk(country: _Province, number: int, rng: random.Random) -> dict[str, int]:
    """One transaction of sites with all that belongs to them."""
    with write():
        rev = standing.next_rev()
        rows: dict[type[Record], list[dict[str, Any]]] = {Site: [], Camera: [], StatusUpdate: [], ProposedPoint: [], ProblemReport: []}
        for n in range(number):
            site = _site(country, rng, rev)
            rev += 1
            rows[Site].append(site)
            cameras = [_camera(site, rng, rev + k, k) for k in range(rng.choices((1, 2, 3, 4, 6), (14, 26, 30, 18, 12))[0])]
            rev += len(cameras)
            site["search_text"] = "|".join([site["search_text"], *(fold(c["label"]) for c in cameras)])
            rows[Camera] += cameras
            for camera in cameras:
                if rng.random() < 0.1:
                    rows[StatusUpdate].append(_update(site, camera, rng, rev))
                    rev += 1
            if n % 20 == 0:
                rows[ProposedPoint].append(_point(country, rng, rev))
                rev += 1
            if n % 400 == 0:
                rows[ProblemReport].append(_report(country, rng, rev))
                rev += 1
        totals.put(totals.of_rows(rows))
        kinds = {Site: "site", Camera: "camera", StatusUpdate: "update", ProposedPoint: "point", ProblemReport: "report"}
        for model, made in rows.items():
            insert_rows(model, made)
            insert_rows(Mutation, (_mutation(kinds[model], row) for row in made))
        insert_rows(ContactNotice, [{"site": row["id"], "named_at": row["created_at"]} for row in rows[Site] if row.get("contact_name")])
        return {f"{kind}s": len(rows[model]) for model, kind in kinds.items()}


def _common(model: type[Record], rev: int, recorder: Account, moment: dt.datetime, answers: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    questions = asked(model)
    row: dict[str, Any] = dict.fromkeys(questions) | answers
    wanted = [name for name, q in questions.items() if q.counts and q.is_asked(row)]
    state = rng.choices(("pending", "approved", "returned"), (60, 38, 2))[0]
    reviewed = None if state == "pending" else min(moment + dt.timedelta(days=1 + 6 * rng.random()), utcnow())
    return {
        "id": uuid.UUID(int=rng.getrandbits(128), version=4), "number": rev, "rev": rev, "recorder": recorder.id, "unit": recorder.agency_id,
        "review_state": state, "on_behalf": False, "not_known": [], "extra": {}, "flags": [],
        "answered": sum(row[n] is not None for n in wanted), "to_answer": len(wanted), "captured_at": moment, "created_at": moment, "updated_at": moment,
        "review_note": RETURNED if state == "returned" else None, "matters": None, "reviewed_at": reviewed,
    } | row  # fmt: skip


def _moment(rng: random.Random) -> dt.datetime:
    """A working hour in the survey period, naive UTC."""
    day = utcnow().replace(hour=1, minute=0, second=0, microsecond=0) - dt.timedelta(days=1 + int(rng.random() ** 1.5 * DAYS))
    return day + dt.timedelta(seconds=rng.randrange(9 * 3600))


def _site(country: _Province, rng: random.Random, rev: int) -> dict[str, Any]:
    for _ in range(4):
        latitude, longitude, district, subdistrict = rng.choice(country.towns)
        latitude, longitude = round(rng.gauss(latitude, 0.008), 6), round(rng.gauss(longitude, 0.008), 6)
        if places.place_of(latitude, longitude).province == country.code:
            break
    else:
        latitude, longitude = round(country.towns[0][0], 6), round(country.towns[0][1], 6)
    spot = rng.randrange(len(SPOTS))
    owner, owner_name, sector, _ = rng.choice(country.owners)
    linked = rng.choices(("linked", "linkable", "not_linkable", "unknown"), (35, 30, 25, 10))[0]
    full = rng.random() < 0.7  # the others have only what is required
    name = SPOTS[spot].format(subdistrict.name)
    answers: dict[str, Any] = {
        "install_point": name, "owner_agency": owner, "owner_sector": sector, "province": country.code, "district": district.code,
        "subdistrict": subdistrict.code, "latitude": latitude, "longitude": longitude, "position_accuracy_m": round(rng.uniform(3, 30), 1),
        "position_source": "device", "place_type": SPOT_TYPES[spot],
    }  # fmt: skip
    if full:
        networked = linked in ("linked", "linkable")
        answers |= {
            "place": name, "address": f"หมู่ที่ {rng.randint(1, 12)} ตำบล{subdistrict.name}", "police_station": rng.choice(country.stations)[0],
            "user_agencies": [str(rng.choice(country.stations)[0])], "contact_name": "เจ้าหน้าที่ดูแลระบบ (ตัวอย่าง)", "contact_phone": "02-000-0000",
            "area_type": ["roadside"] if spot % 2 else ["roadside", "junction"],
            "recorder_brand": rng.choice(BRANDS), "recorder_model": f"NVR-{rng.choice((8, 16, 32))}",
            "network_linked": linked, "control_centre": f"ศูนย์ควบคุม {owner_name}" if networked else None,
            "network_type": rng.choice(("fibre", "broadband", "cellular", "radio_link")) if networked else None,
            "network_provider": rng.choice(("NT", "AIS", "True")) if networked else None,
            "retention_days": rng.choice((0, 7, 15, 30, 30, 30, 60, 90)), "storage_method": ["nvr"], "disclosure": ["officials_only", "police_only"],
            "requests_per_month": float(rng.randint(0, 12)), "access_days": rng.choice((0, 1, 3, 7)), "access_steps": "ยื่นหนังสือพร้อมบันทึกประจำวัน",
            "sufficiency": rng.choice(("sufficient", "insufficient", "insufficient", "not_assessed")), "installed_budget_year": rng.randint(2010, 2025),
        }  # fmt: skip
    row = _common(Site, rev, country.recorder, _moment(rng), answers, rng)
    row["search_text"] = "|".join(fold(t) for t in (name, owner_name, places.full_name(country.code), places.full_name(district.code), str(rev)))
    return row


def _camera(site: dict[str, Any], rng: random.Random, rev: int, place: int) -> dict[str, Any]:
    status = rng.choice(STATUSES)
    system = rng.choice(("ip", "ip", "analog", "hd_analog", "unknown"))
    answers = {
        "label": f"CAM-{place + 1:02}", "status": status, "camera_brand": rng.choice(BRANDS), "camera_system": system, "install_year": rng.randint(2008, 2025),
        "camera_type": rng.choice(("fixed", "fixed", "dome", "ptz", "lpr")),
        "connection": rng.choice(("wired", "wired", "wireless")),
        "mobile_view": rng.choice(("yes", "no", "unknown")), "faces_public": "outdoor", "bearing": float(rng.randrange(0, 360, 15)),
        "effectiveness_day": rng.randint(2, 5), "effectiveness_night": rng.randint(1, 4),
        "maintenance": rng.choice(("warranty", "contract", "own_staff", "none")),
        "problems": [rng.choice(PROBLEMS[status])] if status in PROBLEMS else None,
    }  # fmt: skip
    moment = site["captured_at"] + dt.timedelta(minutes=2 * place + 2)
    recorder = Account(id=site["recorder"], agency=site["unit"])
    return _common(Camera, rev, recorder, moment, answers, rng) | {"site": site["id"], "status_at": moment}


def _update(site: dict[str, Any], camera: dict[str, Any], rng: random.Random, rev: int) -> dict[str, Any]:
    moment = min(camera["captured_at"] + dt.timedelta(days=rng.randint(1, 20)), utcnow() - dt.timedelta(hours=1))
    recorder = Account(id=site["recorder"], agency=site["unit"])
    answers = {"status": rng.choice(STATUSES), "latitude": site["latitude"], "longitude": site["longitude"], "position_accuracy_m": 8.0}
    answers["problems"] = [rng.choice(PROBLEMS[answers["status"]])] if answers["status"] in PROBLEMS else None
    row = _common(StatusUpdate, rev, recorder, moment, answers, rng) | {"camera": camera["id"]}
    camera.update(status=row["status"], problems=row["problems"], status_at=moment, rev=rev, updated_at=moment)
    return row


def _point(country: _Province, rng: random.Random, rev: int) -> dict[str, Any]:
    latitude, longitude, district, subdistrict = rng.choice(country.towns)
    answers = {
        "location": f"จุดเสี่ยง{subdistrict.name}", "latitude": round(latitude, 6), "longitude": round(longitude, 6), "position_source": "map",
        "province": country.code, "district": district.code, "subdistrict": subdistrict.code, "project_status": rng.choice(("awaiting_budget", "not_started")),
        "reason": "ไม่มีกล้องครอบคลุม เคยเกิดเหตุ", "reason_type": ["crime", "blind_spot"], "camera_count": rng.randint(1, 8), "budget_source": "งบจังหวัด",
        "budget_amount": f"{rng.randint(5, 80) * 10_000}.00", "budget_year": clock.today().year + 1, "priority": rng.randint(1, 3),
    }  # fmt: skip
    return _common(ProposedPoint, rev, country.recorder, _moment(rng), answers, rng)


def _report(country: _Province, rng: random.Random, rev: int) -> dict[str, Any]:
    answers = {
        "agency": rng.choice(country.owners)[0], "province": country.code, "linking": "ระบบต่างยี่ห้อ เชื่อมโยงกันไม่ได้", "linking_severity": 2,
        "maintenance": "หมดสัญญาบำรุงรักษา ไม่มีงบประมาณซ่อม", "maintenance_severity": 3, "suggestions": "ขอให้กำหนดมาตรฐานกลาง",
    }  # fmt: skip
    return _common(ProblemReport, rev, country.recorder, _moment(rng), answers, rng)


def _mutation(kind: str, row: dict[str, Any]) -> dict[str, Any]:
    """The history's first line of a record that the demo made."""
    ident = uuid.uuid5(row["id"], "demo")
    return {
        "id": ident, "rev": row["number"], "kind": kind, "op": "save", "record_id": row["id"], "parent_id": None, "owner": row["recorder"], "device_id": "demo",
        "payload": "{}", "payload_sha256": "0" * 64, "applied": True, "changes": {}, "conflicts": {}, "flags": [],
        "answer": {"ok": True, "receipt_no": messages.receipt_number(ident)}, "captured_at": row["captured_at"], "received_at": row["created_at"],
    }  # fmt: skip
