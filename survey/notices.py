"""What waits for a person, said on the first page: returned records, conflicts, what is to be reviewed, late agencies, steps of certification."""

from __future__ import annotations

from dataclasses import dataclass

from models import Account, Camera, Declaration, ProposedPoint, Round, Site
from survey import clock, conflicts, overview, progress, review, rounds, scope
from survey.texts import N_

SENTENCES = {
    "returned": N_("มี %(n)s รายการของท่านถูกส่งกลับให้แก้ไข"), "conflicts": N_("มี %(n)s ข้อที่แก้ไม่ตรงกับผู้อื่น"), "review": N_("มี %(n)s รายการรอตรวจและรับรอง"),
    "late": N_("มี %(n)s หน่วยงานยังไม่รายงาน และพ้นกำหนดแล้ว"), "silent": N_("มี %(n)s หน่วยงานยังไม่รายงาน เหลือ %(days)s วัน"),
    "endorse": N_("มี %(n)s จังหวัดรับรองแล้ว รอความเห็นชอบ"), "receive": N_("มี %(n)s จังหวัดเห็นชอบแล้ว รอส่วนกลางรับ"),
    "declare": N_("หน่วยงานของท่านยังไม่ได้รายงานในรอบนี้ เหลือ %(days)s วัน"),
}  # fmt: skip
SOON_DAYS = 7  # from so many days before the deadline silence is pointed out


@dataclass
class Notice:
    """One thing that waits: its kind (a key of SENTENCES), how many, days until the deadline."""

    kind: str
    n: int = 0
    days: int = 0


def of(user: Account) -> list[Notice]:
    """What waits for `user`, the most pressing first."""
    found = []
    if user.role in scope.RECORDERS:
        returned = sum(len(overview.returned(user, model)) for model in (Site, Camera, ProposedPoint))
        found += [Notice("returned", returned), Notice("conflicts", conflicts.open_count(user))]
    if user.role in scope.ORIGINAL_READERS:
        found.append(Notice("review", review.count(user)))
    now = rounds.current()
    if now is not None:
        found += _of_round(user, now)
    return [notice for notice in found if notice.n]


def _of_round(user: Account, now: Round) -> list[Notice]:
    """Late agencies and certifications of the round that runs."""
    days = (now.deadline - clock.today()).days
    if user.role == "agency":
        said = Declaration.select().where(Declaration.round == now.number, Declaration.agency == user.agency_id, Declaration.state != "pending").exists()
        return [] if said or days < 0 else [Notice("declare", 1, days + 1)]
    found = []
    if user.role in ("province_admin", "centre_admin") and days < SOON_DAYS:
        silent = progress.silent_agencies(scope.totals_area(user), now)
        found.append(Notice("silent" if days >= 0 else "late", silent, days + 1))
    for role, step, kind in (("inspector", "certified", "endorse"), ("centre_admin", "endorsed", "receive")):
        if user.role == role:
            found.append(Notice(kind, _standing_at(now, step, scope.totals_area(user))))
    return found


def _standing_at(now: Round, step: str, area: list[str] | None) -> int:
    """How many provinces' certification stands at a step."""
    return sum(one == step and (area is None or province in area) for province, one in rounds.standing_steps(now).items())
