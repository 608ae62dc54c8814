"""The OpenAPI 3.1 document, made from the questions: a field that is declared in models.py is described here without another line.

Titles are the questions' Thai labels, descriptions their English ones; codes have their Thai labels beside them in `x-titles`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from survey import choices
from survey.api import figures
from survey.api.parameters import CURSOR_SCHEMA, Parameter
from survey.api.resources import STANDING, STATES, Resource, resources
from survey.exchange.fields import english
from survey.places import provinces
from survey.questions import Question

BASE = "/api/v1"
ID = {"type": "string", "format": "uuid"}
MOMENT = {"type": "string", "format": "date-time"}
NUMBER = {"type": "integer", "minimum": 0}
AGENCY = {"$ref": "#/components/schemas/Agency"}
ABOUT = """Read-only access for the systems of provinces and of the centre to what the survey holds: what an export of the same account holds, and never more.

- `Authorization: Bearer TOKEN`; a token is made on the account page, has an end and can be revoked. It sees what its account sees, at each request anew.
- Lists are in the order of changes. Follow `next` to the end, keep the last `cursor`, and later ask with `after=CURSOR` for what was changed since
  (`gone=true` also tells what was withdrawn or merged). A record that leaves the account's area is not told of: read everything anew now and then.
- Codes are those of the survey and never change their meaning; years are of the common era; positions are WGS 84 degrees; times are UTC.
- Answers that there are not are left out. Fields may be added; this document then has them."""


def describe() -> dict[str, Any]:
    """The document as JSON."""
    return _document()


@cache
def _document() -> dict[str, Any]:
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {"Agency": _object({"id": ID, "name": {"type": "string"}}, title="หน่วยงาน"), "Error": _error()}
    for resource in resources().values():
        page = {"items": {"type": "array", "items": _ref(resource.one)}, "next": _or_null({"type": "string"}, "the address of the next page, null at the end"),
                "cursor": _or_null(CURSOR_SCHEMA, "where this page ends, for `after`; null when nothing was ever found")}  # fmt: skip
        schemas |= {resource.one: _record(resource), f"{resource.one}Answers": _answers(resource.questions.values()), f"{resource.one}Page": _object(page)}
        name, by_id = resource.name, {"name": "id", "in": "path", "required": True, "schema": ID}
        paths[f"{BASE}/{name}"] = {"get": _operation(f"list_{name}", f"Lists {name}", name, f"{resource.one}Page", resource.parameters)}
        one = _operation(f"read_{name}", f"Reads one of the {name}", name, resource.one, more=("404",))
        paths[f"{BASE}/{name}/{{id}}"] = {"parameters": [by_id], "get": one}
    schemas |= {"Totals": _totals(), "TotalsPage": _object({"items": {"type": "array", "items": _ref("Totals")}})}
    paths[f"{BASE}/totals"] = {"get": _operation("read_totals", "Counts by province", "totals", "TotalsPage", figures.PARAMETERS)}
    paths[f"{BASE}/openapi.json"] = {"get": _operation("read_document", "This document", "document", None)}
    return {
        "openapi": "3.1.0",
        "info": {"title": "สำรวจ · Samruat", "version": "1", "description": ABOUT, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "servers": [{"url": "/"}], "security": [{"token": []}], "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}, "responses": _refusals()},
    }  # fmt: skip


def _operation(ident: str, summary: str, tag: str, schema: str | None, parameters: Iterable[Parameter] = (), more: tuple[str, ...] = ()) -> dict[str, Any]:
    said = [{"name": p.name, "in": "query", "required": False, "description": p.about, "schema": dict(p.schema)} for p in parameters]
    refused = {"400", "401", "403", "429", *more}
    good = {"description": "OK", "content": {"application/json": {"schema": _ref(schema) if schema else {"type": "object"}}}}
    answers = {"200": good, **{code: {"$ref": f"#/components/responses/{code}"} for code in sorted(refused)}}
    return {"operationId": ident, "summary": summary, "tags": [tag], "parameters": said, "responses": answers}


def _refusals() -> dict[str, Any]:
    body = {"content": {"application/json": {"schema": _ref("Error")}}}
    text, seconds = {"schema": {"type": "string"}}, {"schema": {"type": "integer"}}
    about = {"400": "A parameter that is unknown, given twice or malformed; `errors` names it.", "401": "No token, or one that is wrong, late or revoked.",
             "403": "The account may not, or its secrecy setting turns sharing off.", "404": "Not there, or not the account's to see.",
             "429": "Too many requests, or too many wrong tokens; wait."}  # fmt: skip
    headers = {"401": {"WWW-Authenticate": text}, "429": {"Retry-After": seconds}}
    return {code: {"description": said, **body, **({"headers": headers[code]} if code in headers else {})} for code, said in about.items()}


def _record(resource: Resource) -> dict[str, Any]:
    """What every record carries beside its answers, and what a camera has more."""
    found: dict[str, Any] = {
        "id": ID, "number": NUMBER | {"description": "the short number that people speak of"}, "review_state": {"type": "string", "enum": list(STATES)},
        "captured_at": MOMENT | {"description": "when it was recorded on site"}, "changed_at": MOMENT,
        "merged_into": _or_null(ID, "the record that took this one in"), "answers": _ref(f"{resource.one}Answers"),
        "not_known": {"type": "array", "items": {"type": "string", "enum": list(resource.questions)}, "description": "answers that nobody knows"},
    }  # fmt: skip
    if resource.name == "cameras":
        found |= {"site_id": ID, "status_at": MOMENT | {"description": "when its condition was last observed"}}
    coarse = {"coarse": {"const": True, "description": "the position is rounded, because the place is restricted"}}
    return _object(found, coarse if resource.name != "reports" else {}, resource.title)


def _answers(questions: Iterable[Question]) -> dict[str, Any]:
    return _object({}, {q.name: schema_of(q) for q in questions})


def schema_of(question: Question) -> dict[str, Any]:
    """The JSON schema of a question's answer; an answer that there is not is left out of a record."""
    said: dict[str, Any] = {"title": question.label}
    about = english().gettext(question.label) + (f" ({english().gettext(question.unit)})" if question.unit else "")
    said |= {"description": about} if about != question.label else {}
    low, high = question.range
    bounds = {name: bound for name, bound in (("minimum", low), ("maximum", high)) if bound is not None}
    match question.kind:
        case "choice":
            return said | _codes(question) | {"type": "integer" if question.whole else "string"}
        case "many":
            return said | {"type": "array", "items": {"type": "string"} | _codes(question)}
        case "number":
            return said | {"type": "integer" if question.whole else "number"} | bounds
        case "latitude" | "longitude":
            return said | {"type": "number"} | bounds
        case "frequency":
            return said | {"type": "number", "minimum": 0}
        case "money":
            return said | {"type": "string", "pattern": r"^-?[0-9]+\.[0-9]{2}$"}
        case "year" | "fiscal_year":
            return said | {"type": "integer", "minimum": 1900, "maximum": 2200}
        case "area":
            return said | {"type": "string", "pattern": f"^[0-9]{{{question.limit}}}$"}
        case "agency":
            return said | AGENCY
        case "agencies":
            return said | {"type": "array", "items": AGENCY}
        case _:
            return said | {"type": "string", "maxLength": question.limit}


def _codes(question: Question) -> dict[str, Any]:
    codes = [int(c) if question.whole else c for c in question.choices]
    return {"enum": codes, "x-titles": dict(question.choices)}


def _totals() -> dict[str, Any]:
    states = {"type": "object", "properties": dict.fromkeys(STANDING, NUMBER), "additionalProperties": False}
    cameras = {"type": "object", "properties": dict.fromkeys(choices.STATUS, states), "additionalProperties": False}
    codes = {"type": ["string", "null"], "enum": [*(p.code for p in provinces()), None]}
    return _object({"province": codes, "sites": states, "cameras": cameras, "points": states})


def _error() -> dict[str, Any]:
    text = {"type": "string"}
    each = {"type": "object", "additionalProperties": _object({"error": text, "message": text})}
    return _object({"ok": {"const": False}, "error": text | {"description": "a code that stays the same"}, "message": text | {"description": "for people"},
                    "status": {"type": "integer"}, "errors": each})  # fmt: skip


def _object(required: dict[str, Any], optional: dict[str, Any] | None = None, title: str = "") -> dict[str, Any]:
    found = {"type": "object", "properties": required | (optional or {}), "required": list(required), "additionalProperties": False}
    return found | ({"title": title} if title else {})


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _or_null(schema: dict[str, Any], about: str) -> dict[str, Any]:
    return {**schema, "type": [schema["type"], "null"], "description": about}
