"""The one place where access is decided: `visible(user, Model)` is what a user may see, `may(user, verb, record)` one record.

Every list, page, map, export, photo and message starts here. Roles stand in ROLES.
Verbs: see, edit, update (a status), confirm (what was declared), record (a new one in this area), withdraw, decide (conflicts, duplicates),
original (a photo as it was sent), unblur; manage (an account: invite, suspend, move, end); apply, undo (a list that was brought in).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import peewee

from models import (
    GONE,
    KIND_OF,
    RECORDS,
    Account,
    Agency,
    Audit,
    Camera,
    Conflict,
    Device,
    Import,
    Invitation,
    Mutation,
    Photo,
    ProblemReport,
    ProposedPoint,
    Record,
    Session,
    Site,
    StatusUpdate,
    Token,
    Upload,
)  # fmt: skip
from survey.questions import Question
from survey.texts import N_

ROLES = {
    "centre_admin": N_("ผู้ดูแลระบบส่วนกลาง"),
    "analyst": N_("เจ้าหน้าที่วิเคราะห์"),
    "inspector": N_("ผู้ตรวจราชการ"),
    "viewer": N_("คณะกรรมการ (ดูภาพรวม)"),
    "province_admin": N_("ผู้ดูแลระบบจังหวัด"),
    "agency": N_("หน่วยงานเจ้าของกล้อง"),
    "surveyor": N_("ผู้สำรวจ"),
}
RECORDERS = ("centre_admin", "province_admin", "agency", "surveyor")  # who may record at all
READERS = (*RECORDERS, "analyst", "inspector")  # who may open single records
EVERYWHERE = ("centre_admin", "analyst")
ADMINISTRATORS = ("centre_admin", "province_admin")
EXPORTERS = (*ADMINISTRATORS, "agency")  # who takes what they see out as files; an agency that is its own
BELOW_PROVINCE = ("agency", "surveyor")  # whom a province makes and manages
CONTACT_READERS = RECORDERS  # personal data: those who visit or administer
CONTACT_REVEALERS = ("inspector", "analyst")  # see them masked; a look is asked with a reason and is on record
TOKEN_HOLDERS = ADMINISTRATORS  # who may let another system read, as for exports
ORIGINAL_READERS = ADMINISTRATORS  # photos with EXIF and unblurred
KILOMETRE = 0.01  # degrees to which the position of a restricted place is rounded (about 1.1 km)


def _in_area(user: Account, model: type[peewee.Model]) -> peewee.Expression:
    inside = model.province.in_(user.provinces or [""])
    return inside & model.district.in_(user.districts) if user.districts and hasattr(model, "district") else inside


def _condition(user: Account, model: type[Record], owner: peewee.Field | None) -> peewee.Expression | None:
    """What of a model that stands in a province the user may see; None is everything."""
    if user.role in EVERYWHERE:
        return None
    if user.role in ("province_admin", "inspector"):
        return model.province.in_(user.provinces or [""])
    if user.role == "surveyor":
        own = _in_area(user, model) | (model.recorder == user.id)
        return own | (model.unit == user.agency_id) if user.chief and user.agency_id else own
    if user.role == "agency":
        own = model.recorder == user.id
        return own | (owner == user.agency_id) if owner is not None and user.agency_id else own
    return peewee.SQL("1") == 0


def _limited(query: peewee.ModelSelect, condition: peewee.Expression | None) -> peewee.ModelSelect:
    return query if condition is None else query.where(condition)


def _site_condition(user: Account) -> peewee.Expression | None:
    return _condition(user, Site, Site.owner_agency)


def _below_site(user: Account, model: type[Record]) -> peewee.Expression | None:
    """Cameras and updates follow their site; surveyors and owners also keep what they recorded themselves."""
    condition = _site_condition(user)
    if user.role not in ("surveyor", "agency"):
        return condition
    own = condition | (model.recorder == user.id)
    return own | (model.unit == user.agency_id) if user.role == "surveyor" and user.chief and user.agency_id else own


def visible(user: Account, model: type[peewee.Model]) -> peewee.ModelSelect:
    """The query of all rows of `model` that `user` may see. Cameras and updates come joined with their site."""
    if model is Site:
        return _limited(Site.select(), _site_condition(user))
    if model is Camera:
        return _limited(Camera.select(Camera, Site).join(Site), _below_site(user, Camera))
    if model is StatusUpdate:
        return _limited(StatusUpdate.select(StatusUpdate, Camera, Site).join(Camera).join(Site), _below_site(user, StatusUpdate))
    if model is ProposedPoint:
        return _limited(ProposedPoint.select(), _condition(user, ProposedPoint, None))
    if model is ProblemReport:
        return _limited(ProblemReport.select(), _condition(user, ProblemReport, ProblemReport.agency))
    if model is Photo:
        return _visible_photos(user)
    if model is Agency:
        return _limited(Agency.select(), None if user.role in EVERYWHERE else _known_agency(user))
    if model is Conflict:
        return _limited(Conflict.select(), _conflict_condition(user))
    if model is Device:
        return _limited(Device.select(Device, Account).join(Account), _device_condition(user))
    if model is Import:
        return _limited(Import.select(Import, Account).join(Account), _import_condition(user))
    if model is Session:
        return Session.select().where(Session.account == user.id)
    if model is Account:
        return _limited(Account.select(), _branch(user))
    if model is Invitation:
        below = visible(user, Account).select(Account.id)
        return Invitation.select(Invitation, Account).join(Account, on=Invitation.account).where(Invitation.account.in_(below))
    if model is Token:
        return Token.select(Token, Account).join(Account).where(Token.account.in_(visible(user, Account).select(Account.id)))
    if model is Audit:
        return _visible_audit(user)
    if model is Upload:
        return Upload.select().where(Upload.account == user.id)
    raise LookupError(f"no rule says who may see {model.__name__}")


def _conflict_condition(user: Account) -> peewee.Expression | None:
    """Those who decide see their area's conflicts, others those of their own messages."""
    if user.role == "centre_admin":
        return None
    if user.role == "province_admin":
        return Conflict.province.in_(user.provinces or [""])
    return Conflict.mutation.in_(Mutation.select(Mutation.id).where(Mutation.owner == user.id))


def _device_condition(user: Account) -> peewee.Expression | None:
    """The province sees the phones of those who work in it, others their own."""
    if user.role == "centre_admin":
        return None
    if user.role == "province_admin":
        here = [a.id for a in Account.select(Account.id, Account.provinces) if set(a.provinces or ()) & set(user.provinces or ())]
        return Device.account.in_(here or [user.id])
    return Device.account == user.id


def _branch(user: Account) -> peewee.Expression | None:
    """The accounts that a user sees: the centre all, a province those that it handed on (and itself), others themselves."""
    if user.role == "centre_admin":
        return None
    if user.role == "province_admin":
        return (Account.province.in_(user.provinces or [""]) & Account.role.in_(BELOW_PROVINCE)) | (Account.id == user.id)
    return Account.id == user.id


def _visible_audit(user: Account) -> peewee.ModelSelect:
    """The log: the centre all of it, a province what concerns it and what its people did, nobody else anything."""
    query = Audit.select(Audit, Account).join(Account, peewee.JOIN.LEFT_OUTER, on=Audit.account)
    if user.role == "centre_admin":
        return query
    if user.role != "province_admin":
        return query.where(peewee.SQL("1") == 0)
    return query.where(Audit.province.in_(user.provinces or [""]))


def may_make(user: Account, role: str, provinces: list[str]) -> bool:
    """Whether a user may make an account of this role for these provinces: the centre any, a province its agencies and surveyors."""
    if user.role == "centre_admin":
        return role in ROLES and (bool(provinces) or role in ("centre_admin", "analyst", "viewer"))
    return user.role == "province_admin" and role in BELOW_PROVINCE and bool(provinces) and set(provinces) <= set(user.provinces or [])


def roles_to_make(user: Account) -> list[str]:
    """The roles of accounts that a user may make somewhere."""
    return list(ROLES) if user.role == "centre_admin" else list(BELOW_PROVINCE) if user.role == "province_admin" else []


def _import_condition(user: Account) -> peewee.Expression | None:
    """Everybody sees the lists that they brought in; the province also those of its agencies."""
    if user.role == "centre_admin":
        return None
    own = Import.account == user.id
    return own | Import.province.in_(user.provinces or [""]) if user.role == "province_admin" else own


def _known_agency(user: Account) -> peewee.Expression:
    """The register is common; a name typed in the field stays in its province until it is confirmed."""
    return (Agency.confirmed == True) | Agency.province.in_(user.provinces or [""])  # noqa: E712  (a column, not a bool)


def _visible_photos(user: Account) -> peewee.ModelSelect:
    """Photos whose record is visible; removed ones only for those who keep the originals."""
    query = Photo.select()
    if user.role not in ORIGINAL_READERS:
        query = query.where(Photo.removed == False)  # noqa: E712  (a column, not a bool)
    if user.role in EVERYWHERE:
        return query
    seen = None
    for kind, model in (("site", Site), ("camera", Camera), ("update", StatusUpdate), ("point", ProposedPoint)):
        record = visible(user, model).where(model.id == Photo.record_id)
        one = (Photo.record_kind == kind) & peewee.fn.EXISTS(record)
        seen = one if seen is None else seen | one
    return query.where(seen)


def history(user: Account, record: Record) -> peewee.ModelSelect:
    """The mutations of a record that `user` may see, oldest first."""
    shown = Mutation.select(Mutation, Account).join(Account, on=Mutation.owner).where(Mutation.kind == KIND_OF[type(record)], Mutation.record_id == record.id)
    return shown.order_by(Mutation.rev) if may(user, "see", record) else shown.where(peewee.SQL("1") == 0)


def place_of_record(record: Record) -> Any:
    """The record that says in whose area another one stands: a camera's site, an update's camera's site."""
    if isinstance(record, StatusUpdate):
        return record.camera.site
    return record.site if isinstance(record, Camera) else record


def may(user: Account, verb: str, record: Any) -> bool:
    """Whether `user` may do `verb` with one record (of any model that `visible` knows)."""
    if isinstance(record, Account):
        return _may_with_account(user, verb, record)
    if isinstance(record, Agency):
        return verb == "decide" and (user.role == "centre_admin" or (user.role == "province_admin" and record.province in (user.provinces or [])))
    if isinstance(record, Import):  # whoever brought a list in applies it; a province's administrators may take it out again
        theirs = user.role == "centre_admin" or (user.role == "province_admin" and record.province in (user.provinces or []))
        return verb in ("apply", "undo") and (user.id == record.account_id or (verb == "undo" and theirs))
    if isinstance(record, Photo) and verb == "unblur":
        return record.owner_id == user.id or may(user, "original", record_of_photo(record))
    if isinstance(record, Photo):
        return may(user, "original", record_of_photo(record)) if verb == "original" else may(user, verb, record_of_photo(record))
    if record is None or user.disabled_at is not None or user.role == "viewer":
        return False
    if verb == "see":
        return _covers(user, record)
    if verb == "original":
        return user.role in ORIGINAL_READERS and _covers(user, record)
    if verb == "decide":  # between two answers or two records: the province and the centre
        return user.role in ORIGINAL_READERS and _covers(user, record)
    if verb in ("edit", "update", "confirm", "record", "withdraw"):
        if user.role not in RECORDERS or not _covers(user, record) or record.review_state in GONE:
            return False
        if verb == "confirm" and user.role == "agency":  # whoever declared it is no witness of it
            return False
        return verb != "withdraw" or user.role in ("centre_admin", "province_admin") or record.recorder_id == user.id
    raise LookupError(f"no rule for {verb}")


def _may_with_account(user: Account, verb: str, account: Account) -> bool:
    """`see` and `manage` (invite, suspend, move, end): nobody manages themselves, a province only who works in it alone."""
    if user.disabled_at is not None:
        return False
    if verb == "see" and account.id == user.id:
        return True
    if verb not in ("see", "manage") or account.id == user.id:
        return False
    inside = account.province is not None and account.province in (user.provinces or [])
    return user.role == "centre_admin" or (user.role == "province_admin" and account.role in BELOW_PROVINCE and inside)


def record_of_photo(photo: Photo) -> Any:
    """The record that a photo belongs to, or None."""

    return RECORDS[photo.record_kind].get_or_none(RECORDS[photo.record_kind].id == photo.record_id)


def _covers(user: Account, record: Record) -> bool:
    """`visible` for a record that is in hand: the same rules without the database."""
    if user.role in EVERYWHERE:
        return True
    placed = place_of_record(record)
    own = user.id in (record.recorder_id, placed.recorder_id)
    if user.role == "surveyor" and user.chief and user.agency_id:
        own = own or user.agency_id in (record.unit_id, placed.unit_id)
    if user.role == "agency":
        owner = placed.__data__.get("owner_agency") or placed.__data__.get("agency")
        return own or (owner is not None and owner == user.agency_id)
    inside = placed.province in (user.provinces or [])
    if user.role == "surveyor":
        district = placed.__data__.get("district")
        return own or (inside and (not user.districts or not hasattr(placed, "district") or district in user.districts))
    return inside


def may_record_in(user: Account, province: str | None) -> bool:
    """Whether a new record of this province lies in the user's area."""
    return user.role == "centre_admin" or (user.role in RECORDERS and (province in (user.provinces or []) or not province))


def may_read(user: Account, question: Question, record: Record) -> bool:
    """Whether `user` is shown the answer to a question of a record that is visible to them."""
    if question.kind == "url":  # a stream address: whose camera it is, who recorded it, and the administrators
        placed = place_of_record(record)
        own = user.id in (record.recorder_id, placed.recorder_id) or (user.agency_id is not None and placed.__data__.get("owner_agency") == user.agency_id)
        return may(user, "see", record) and (user.role in ADMINISTRATORS or (user.role in RECORDERS and own))
    if question.personal or question.sensitive:
        return _reads_contacts(user) and may(user, "see", record)
    return True


def may_read_visible(user: Account, question: Question) -> bool:
    """`may_read` for all records that `visible` gives, at once. A stream address differs from record to record and is not asked here."""
    if question.kind == "url":
        raise LookupError("who reads a stream address depends on the record")
    return not (question.personal or question.sensitive) or _reads_contacts(user)


def _reads_contacts(user: Account) -> bool:
    return user.role in CONTACT_READERS and user.disabled_at is None


def may_fill_in(user: Account, question: Question, record: Record) -> bool:
    """Whether an edit asks `user` for the answer: only what they may see, and no position that they may only see roughly."""
    if question.section == "position" and not shown_position(user, record)[2]:
        return False
    return may_read(user, question, record)


def may_reveal(user: Account, record: Record) -> bool:
    """Whether `user` sees contact persons masked and may look with a reason (R40)."""
    return user.role in CONTACT_REVEALERS and may(user, "see", record)


def may_see_phone_position(user: Account, record: Record) -> bool:
    """Whether `user` sees where a surveyor's phone was: its owner and those who review (R43)."""
    return record.recorder_id == user.id or (user.role in ADMINISTRATORS and may(user, "see", record))


def shown_position(user: Account, record: Any) -> tuple[float | None, float | None, bool]:
    """(latitude, longitude, exact): rounded for restricted places outside the province and the centre (R43)."""
    if not is_coarse(user, getattr(place_of_record(record), "restricted", None), record.recorder_id):
        return record.latitude, record.longitude, True
    return *rounded(record.latitude, record.longitude), False


def is_coarse(user: Account, restricted: str | None, recorder_id: Any) -> bool:
    """Whether `user` sees a position only roughly: `restricted` as the site answers it, `recorder_id` of the record whose position it is."""
    return restricted == "yes" and user.role not in ADMINISTRATORS and recorder_id != user.id


def rounded(latitude: float | None, longitude: float | None) -> tuple[float | None, float | None]:
    """A position to about a kilometre; half of one is none."""
    if latitude is None or longitude is None:
        return None, None
    return round(latitude / KILOMETRE) * KILOMETRE, round(longitude / KILOMETRE) * KILOMETRE


TOTALS_READERS = ("centre_admin", "analyst", "inspector", "viewer", "province_admin")  # who sees figures of whole areas
NAME_READERS = tuple(role for role in TOTALS_READERS if role != "viewer")  # and of single agencies and persons; their areas are whole provinces
SETTING_STEPS = {"certified": ("province_admin",), "endorsed": ("inspector",), "received": ("centre_admin",), "reopened": ("centre_admin",)}


def totals_area(user: Account) -> list[str] | None:
    """The provinces whose figures a user sees; None is the whole country. The committee sees all figures, and figures only."""
    if user.role in EVERYWHERE or user.role == "viewer":
        return None
    return list(user.provinces or []) if user.role in TOTALS_READERS else []


def counted(user: Account, model: type[peewee.Model]) -> peewee.ModelSelect:
    """The rows that figures are counted over: those that the user may see; for the committee all, because it sees figures and never a row."""
    if user.role == "viewer":
        return Camera.select(Camera, Site).join(Site) if model is Camera else model.select()
    return visible(user, model)


def may_see_totals(user: Account, province: str) -> bool:
    """Whether a user sees the figures of a province."""
    area = totals_area(user)
    return area is None or province in area


def may_see_names(user: Account) -> bool:
    """Whether figures may be broken down to single agencies and persons for this user."""
    return user.role in NAME_READERS


def may_set(user: Account, province: str, agency: Any = None) -> bool:
    """Whether a user sets what is expected, and declares, in a province: its administrators, the centre, and an agency for itself."""
    if user.role == "centre_admin":
        return True
    inside = province in (user.provinces or [])
    return inside and (user.role == "province_admin" or (user.role == "agency" and agency is not None and agency == user.agency_id))


def may_take_step(user: Account, step: str, province: str) -> bool:
    """Whether a user certifies (the province), endorses (its inspector), receives or reopens (the centre)."""
    return user.role in SETTING_STEPS.get(step, ()) and (user.role == "centre_admin" or province in (user.provinces or []))


def provinces_of(user: Account, every: Iterable[str]) -> list[str]:
    """The province codes that a user works with."""
    return list(every) if user.role in EVERYWHERE or user.role == "viewer" else list(user.provinces or [])
