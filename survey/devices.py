"""Phones: what each still holds at its last contact, so that the province sees where unsent work lies, also on one that never comes back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import peewee

from models import Account, Device, utcnow, write
from survey import scope
from survey.answers import without_control_characters
from survey.errors import Refusal
from survey.messages import read_time

DRILL = ("installed", "storage", "camera", "position", "saved_offline", "restarted", "sent", "receipt")  # the steps of the training drill
MOST_WAITING = 1_000_000


def note(account: Account, said: Mapping[str, Any], browser: str) -> Device:
    """Keeps what a phone tells at contact: {device_id, waiting, oldest, drill, version}. Raises Refusal("unreadable")."""
    device_id, waiting, drill = said.get("device_id"), said.get("waiting"), said.get("drill")
    if not isinstance(device_id, str) or not device_id or not isinstance(waiting, int) or isinstance(waiting, bool) or waiting < 0:
        raise Refusal("unreadable")
    if drill is not None and not isinstance(drill, dict):
        raise Refusal("unreadable")
    device_id = without_control_characters(device_id)[:64]
    oldest = read_time(said.get("oldest"))
    now = utcnow()
    with write():
        device = Device.get_or_none(Device.account == account.id, Device.device_id == device_id)
        device = device or Device.create(account=account.id, device_id=device_id)
        device.waiting, device.oldest = min(waiting, MOST_WAITING), min(oldest, now) if oldest and waiting else None
        device.version = without_control_characters(str(said.get("version") or ""))[:40]
        device.browser, device.seen_at = without_control_characters(browser)[:200], now
        if drill:
            device.drill = {**device.drill, **{step: bool(drill[step]) for step in DRILL if step in drill}}
            device.drill_at = now
        device.save()
    return device


def known(user: Account) -> list[Device]:
    """The phones that `user` may see, the latest contact first."""
    return list(scope.visible(user, Device).order_by(Device.seen_at.desc()).limit(500))


def is_ready(device: Device) -> bool:
    """Whether every step of the drill was passed on this phone."""
    return all(device.drill.get(step) for step in DRILL)


def is_silent(device: Device, days: int = 2) -> bool:
    """Whether a phone with unsent work has not been heard of for so many days."""
    return bool(device.waiting) and utcnow() - device.seen_at > dt.timedelta(days=days)


def counts(user: Account) -> tuple[int, int]:
    """(phones that hold unsent work, items on them) of the area that `user` may see."""
    query = scope.visible(user, Device).where(Device.waiting > 0)
    found = query.select(peewee.fn.COUNT(Device.id), peewee.fn.SUM(Device.waiting)).tuples().first()
    return (found[0], found[1] or 0) if found else (0, 0)
