"""Which cameras could have seen a place at a time: within their range and direction, and inside the retention of their footage.

Asked with a case number and a reason, and on record: the answer says where footage lies and whom to ask. Directions are degrees from north.
"""

from __future__ import annotations

import datetime as dt
import math
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from models import GONE, Account, Camera, Mutation, Site, StatusUpdate, utcnow
from survey import audit, clock, places, scope
from survey.answers import read_text
from survey.errors import Refusal
from survey.places import distance_m
from survey.rounds import read_date

ALL_ROUND = ("ptz", "fisheye", "multi_sensor", "mobile")  # turn, or look everywhere
RANGE_M, ANGLE = 50.0, 90.0  # believed of a camera whose range or angle nobody measured
FAR_M, FARTHEST_M = 500.0, 20_000.0  # most cameras look no farther than the first; a form takes no more than the second
ON_THE_SPOT_M = 1.0  # so near a camera there is no direction
BLIND = ("removed", "not_found", "not_commissioned")
MOST = 300


@dataclass
class Observed:
    """A camera's condition as somebody observed it at a time (naive UTC)."""

    status: str
    at: dt.datetime


@dataclass
class Seeing:
    """A camera that could have seen it: metres away, what had to be believed, whether footage should be there (None: not known), and its
    condition at that time: the last that was observed before it, or, when nobody had looked yet, the first after it."""

    camera: Camera
    site: Site
    metres: int
    assumed: list[str]
    kept: bool | None
    condition: Observed


def bearing(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """The direction from one point to another, 0 ≤ degrees < 360 from north: the initial bearing of the great circle."""
    phi1, phi2, apart = math.radians(lat1), math.radians(lat2), math.radians(lon2 - lon1)
    east = math.sin(apart) * math.cos(phi2)
    north = math.cos(phi1) * math.sin(phi2) - math.sin(phi1) * math.cos(phi2) * math.cos(apart)
    return math.degrees(math.atan2(east, north)) % 360


def covers(at: tuple[float, float], place: tuple[float, float], facing: float | None, angle: float | None, range_m: float | None, kind: str | None) -> bool:
    """Whether a camera at `at` covers `place` (degrees WGS 84): in range, and inside its sector around `facing`.

    A camera whose direction nobody wrote down, and one that turns or looks everywhere, looks all round.
    """
    metres = distance_m(*at, *place)
    if metres > (RANGE_M if range_m is None else range_m):
        return False
    if kind in ALL_ROUND or facing is None or metres < ON_THE_SPOT_M:
        return True
    half = (ANGLE if angle is None else angle) / 2
    off = abs((bearing(*at, *place) - facing + 180) % 360 - 180)
    return half >= 180 or off <= half


def is_kept(retention_days: int | None, moment: dt.datetime, now: dt.datetime) -> bool | None:
    """Whether footage of `moment` should still be there; None when the retention is not known."""
    if retention_days is None:
        return None
    return retention_days > 0 and moment >= now - dt.timedelta(days=retention_days)


def read_moment(day: str, hour: str) -> dt.datetime:
    """A day and a time of Bangkok ("15/12/2569", "14:05") as naive UTC. Raises Refusal: date, clock_time, future_time."""
    on = read_date(day)
    hours, _, minutes = hour.strip().replace(".", ":").partition(":")
    if on is None:
        raise Refusal("date")
    if not (hours.isdecimal() and minutes.isdecimal() and int(hours) < 24 and int(minutes) < 60):
        raise Refusal("clock_time")
    moment = dt.datetime(on.year, on.month, on.day, int(hours), int(minutes)) - clock.BANGKOK
    if moment > utcnow():
        raise Refusal("future_time")
    return moment


def who(user: Account, latitude: float, longitude: float, moment: dt.datetime, case: str, reason: str, network: str | None = None) -> list[Seeing]:
    """The cameras that could have seen a place at a moment (naive UTC), nearest first, of those that the user may see.

    Raises Refusal: case_needed, reason_needed, position_outside …; every question is in the audit log before it is answered.
    """
    case_number, why = read_text(case, 80), read_text(reason, 300)
    if case_number is None:
        raise Refusal("case_needed")
    if why is None:
        raise Refusal("reason_needed")
    wrong = places.check_position(latitude, longitude)
    if wrong:
        raise Refusal(wrong.code, **wrong.params)
    detail = {"case": case_number, "reason": why, "moment": moment.isoformat(), "position": [round(latitude, 5), round(longitude, 5)]}
    audit.record("footage.asked", user, "place", None, detail, network, user.province)
    place, now = (latitude, longitude), utcnow()
    reaching = [(camera, at) for camera in _near(user, latitude, longitude) if (at := _position(user, camera, camera.site)) is not None
                and covers(at, place, camera.bearing, camera.view_angle, camera.view_range_m, camera.camera_type)]  # fmt: skip
    conditions = conditions_at(user, [camera for camera, _ in reaching], moment)
    found = []
    for camera, at in reaching:
        if conditions[camera.id].status not in BLIND:
            assumed = [name for name, value in (("bearing", camera.bearing), ("view_angle", camera.view_angle), ("view_range_m", camera.view_range_m))
                       if value is None and not (camera.camera_type in ALL_ROUND and name != "view_range_m")]  # fmt: skip
            kept = is_kept(camera.site.retention_days, moment, now)
            found.append(Seeing(camera, camera.site, round(distance_m(*at, *place)), assumed, kept, conditions[camera.id]))
    order = {True: 0, None: 1, False: 2}
    return sorted(found, key=lambda seeing: (order[seeing.kept], seeing.metres))


def conditions_at(user: Account, cameras: Sequence[Camera], moment: dt.datetime) -> dict[uuid.UUID, Observed]:
    """The condition of each camera at a moment, from its status updates, its history, and what stands now."""
    seen = {camera.id: [Observed(camera.status, camera.status_at)] for camera in cameras}
    updates = scope.visible(user, StatusUpdate).where(StatusUpdate.camera.in_(list(seen)), StatusUpdate.review_state.not_in(GONE))
    for update in updates if seen else ():
        seen[update.camera_id].append(Observed(update.status, update.captured_at))
    edits = Mutation.select(Mutation.record_id, Mutation.changes, Mutation.captured_at).where(Mutation.kind == "camera", Mutation.record_id.in_(list(seen)))
    for edit in edits if seen else ():
        if "status" in edit.changes:
            seen[edit.record_id].append(Observed(edit.changes["status"][1], edit.captured_at))
    found = {}
    for ident, observed in seen.items():
        before = [one for one in observed if one.at <= moment]
        found[ident] = max(before, key=lambda one: one.at) if before else min(observed, key=lambda one: one.at)
    return found


def _position(user: Account, camera: Camera, site: Site) -> tuple[float, float] | None:
    latitude, longitude, exact = scope.shown_position(user, site)
    if exact and None not in (camera.latitude, camera.longitude):
        return camera.latitude, camera.longitude
    return None if latitude is None or longitude is None else (latitude, longitude)


def _near(user: Account, latitude: float, longitude: float) -> list[Any]:
    """The cameras that may reach a place: all within FAR_M, and farther ones that say they look so far."""
    boxes = []
    for metres in (FAR_M, FARTHEST_M):
        tall = metres / 111_000 + 0.01  # a coarse position may be off by some 700 m
        wide = tall / max(0.2, math.cos(math.radians(latitude)))
        boxes.append(Site.latitude.between(latitude - tall, latitude + tall) & Site.longitude.between(longitude - wide, longitude + wide))
    query = scope.visible(user, Camera).where(Camera.review_state.not_in(GONE), Site.review_state.not_in(GONE))
    near = list(query.where(boxes[0]).limit(10 * MOST))
    known = {camera.id for camera in near}
    return near + [c for c in query.where(boxes[1], Camera.view_range_m > FAR_M).limit(10 * MOST) if c.id not in known]
