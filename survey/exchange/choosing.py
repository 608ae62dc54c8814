"""What a person says about a list on the page of its columns: which sheets, where the headings are, what each column is, whose all rows are."""

from __future__ import annotations

from collections.abc import Mapping

from models import Account
from survey import places, scope
from survey.answers import without_control_characters
from survey.errors import Message, Refusal
from survey.exchange import layout
from survey.exchange.fields import KINDS, SILENT, fields_of
from survey.exchange.layout import Plan


def look_again(plans: list[Plan], posted: Mapping[str, str]) -> list[Plan]:
    """The plans with the row of headings and the kind of list that were named, columns matched anew where one of them changed."""
    found = []
    for n, plan in enumerate(plans):
        header = posted.get(f"s{n}-header", "")
        if header.isascii() and header.isdigit() and len(header) < 7 and int(header) != plan.header:
            plan = layout.by_person(plan, int(header))
        kind = posted.get(f"s{n}-kind", plan.kind)
        if kind in KINDS and kind != plan.kind:
            plan = layout.with_columns(plan, None, kind)
        plan.read = posted.get(f"s{n}-read") == "yes"
        found.append(plan)
    return found


def take(plans: list[Plan], posted: Mapping[str, str]) -> list[Plan]:
    """The plans with the columns that were chosen. Raises Refusal("invalid"): one thing chosen twice, no sheet, no column."""
    errors: dict[str, Message] = {}
    for n, plan in enumerate(look_again(plans, posted)):
        if not plan.read:
            continue
        known = fields_of(plan.kind)
        columns: dict[str, int] = {}
        for column in range(len(plan.headings)):
            name = posted.get(f"s{n}-c{column}", "")
            if name in columns:
                errors[f"s{n}-c{column}"] = Message("import_twice", label=known[name].label)
            elif name in known:
                columns[name] = column
        if not set(columns) - set(SILENT):
            errors[f"s{n}-read"] = Message("import_no_column")
        plan.columns = columns
    if not any(plan.read for plan in plans):
        errors["s0-read"] = Message("import_no_list")
    if errors:
        raise Refusal("invalid", errors)
    return plans


def options(plans: list[Plan], posted: Mapping[str, str], account: Account) -> dict[str, object]:
    """What holds for all rows. Raises Refusal("invalid") when nobody is said to own the cameras."""
    owner = without_control_characters(posted.get("owner", "")).strip()[:200]
    province = posted.get("province", "")
    allowed = scope.provinces_of(account, [p.code for p in places.provinces()])
    nobody = any(p.read and p.kind == "camera" and "owner_agency" not in p.columns for p in plans) and not owner and account.role != "agency"
    if nobody:
        raise Refusal("invalid", {"owner": Message("import_owner")})
    anywhere = posted.get("anywhere") == "yes" and account.role == "centre_admin"
    return {"owner": owner, "province": province if province in allowed else "", "anywhere": anywhere}
