"""The open interface is what its OpenAPI document says: schemathesis asks for everything in it, well and badly, over the demo's data, in this process.

Its engine is run directly: its plugin does not know this pytest. Not checked by it: `ignored_auth` (its second request does not reach a WSGI
application); tests/blueprints/test_api.py has that.
"""

from __future__ import annotations

import copy
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import schemathesis
from flask import Flask
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema

from config import Settings
from models import RECORDS, Account
from survey import demo, disclosure, tokens
from survey.api import document
from survey.api.resources import PAGING, resources
from survey.errors import CATALOGUE, Refusal
from survey.questions import asked
from tests.conftest import ROOT, make_site, send

EXAMPLES = 25  # drawn of each operation, besides those that cover each rule of each parameter
CHECKS = {"not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance", "response_schema_conformance",
          "positive_data_acceptance", "negative_data_rejection", "unsupported_method", "allow_header_conformance"}  # fmt: skip


@dataclass
class Run:
    """What came of a run: (operation, check, message) that failed, what broke off, how often each status came, which checks were made."""

    failures: list[tuple[str, str, str]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    checks: set[str] = field(default_factory=set)


@pytest.fixture
def ask(app: Flask, person: Callable[..., Account], settings: Settings) -> Iterator[Callable[..., Run]]:
    """ask() runs everything; ask("/api/v1/sites") one path, and only what covers each rule. Over demo data, with a token of the centre."""
    demo.make(40, 1)
    centre = person("centre_admin")
    gone = make_site(centre, contact_name="นาย ก", not_known=["patrol_area"])
    send(centre, "site", {}, gone.id, op="withdraw", base={"rev": gone.rev})
    settings.api_per_minute = 1_000_000
    token = tokens.make(centre, "schemathesis", 30, None, False)[1]
    headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}  # its way into a WSGI application unpacks nothing

    def run(path: str = "") -> Run:
        schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app, headers=headers, config=SchemathesisConfig(seed=1))
        schema = schema.include(path=path) if path else schema
        schema.config.update(headers=headers)
        schema.config.generation.update(max_examples=EXAMPLES, deterministic=True, no_shrink=True, with_security_parameters=False)
        schema.config.checks.ignored_auth.enabled = False
        schema.config.phases.fuzzing.enabled = schema.config.phases.stateful.enabled = not path
        return collected(from_schema(schema).execute())

    yield run
    settings.api_per_minute = 120


def collected(stream: Any) -> Run:
    found = Run()
    for event in stream:
        if isinstance(event, (events.NonFatalError, events.FatalError)):
            found.errors.append(str(getattr(event, "value", event)))
        if isinstance(event, events.ScenarioFinished):
            for one in event.recorder.interactions.values():
                found.statuses[event.recorder.label, one.response.status_code if one.response else 0] += 1
            for nodes in event.recorder.checks.values():
                found.checks |= {node.name for node in nodes}
                found.failures += [(event.recorder.label, n.name, n.failure_info.failure.message) for n in nodes if n.status == Status.FAILURE and n.failure_info]
    return found


def test_every_answer_is_as_described(ask: Callable[..., Run]) -> None:
    run = ask()
    assert run.failures == [] and run.errors == []
    assert run.checks >= CHECKS and run.statuses.total() > 1000
    lists = [f"GET {path}" for path in document.describe()["paths"] if "{id}" not in path and not path.endswith("openapi.json")]  # which it leaves out
    assert len(lists) == 5 and all(run.statuses[name, 200] and run.statuses[name, 405] for name in lists)
    assert sum(number for (name, status), number in run.statuses.items() if "{id}" in name and status == 200) > 5  # records that the lists gave
    assert {status for _, status in run.statuses} == {200, 400, 404, 405}


def broken(change: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    said = copy.deepcopy(document.describe())
    change(said)
    return said


def parameter(said: dict[str, Any], name: str) -> dict[str, Any]:
    return next(p for p in said["paths"]["/api/v1/sites"]["get"]["parameters"] if p["name"] == name)


@pytest.mark.parametrize(("change", "check"), [
    (lambda d: d["components"]["schemas"]["SiteAnswers"]["properties"].pop("install_point"), "response_schema_conformance"),  # an answer that is not described
    (lambda d: d["components"]["schemas"]["SiteAnswers"]["properties"]["owner_sector"].update(enum=["private"]), "response_schema_conformance"),  # a code less
    (lambda d: d["components"]["schemas"]["SiteAnswers"]["properties"]["retention_days"].update(type="string"), "response_schema_conformance"),  # another type
    (lambda d: d["components"]["schemas"]["Site"]["required"].append("recorder"), "response_schema_conformance"),  # what it does not have
    (lambda d: parameter(d, "limit")["schema"].update(maximum=500), "positive_data_acceptance"),  # more than it takes
    (lambda d: parameter(d, "province")["schema"].update(enum=["96", "99"]), "positive_data_acceptance"),  # a province that is none
    (lambda d: parameter(d, "limit")["schema"].update(maximum=100), "negative_data_rejection"),  # less than it takes
    (lambda d: d["paths"]["/api/v1/sites"]["get"]["responses"].pop("400"), "status_code_conformance"),
], ids=["field", "enum", "type", "required", "too much", "code", "too little", "status"])  # fmt: skip
def test_control_a_wrong_document_is_found(ask: Callable[..., Run], monkeypatch: pytest.MonkeyPatch, change: Callable[[dict[str, Any]], Any], check: str) -> None:
    wrong = broken(change)
    monkeypatch.setattr(document, "describe", lambda: wrong)
    run = ask("/api/v1/sites")
    assert run.errors == [] and check in {name for _, name, _ in run.failures}


def test_control_a_fault_of_the_server_is_found(ask: Callable[..., Run], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise Refusal("paper")  # a 500

    monkeypatch.setattr("survey.api.figures.totals_of", fail)
    assert "not_a_server_error" in {name for _, name, _ in ask("/api/v1/totals").failures}


# --- made from the questions ---


def test_it_has_every_question_that_may_leave_the_survey_and_no_other() -> None:
    schemas = document.describe()["components"]["schemas"]
    for resource in resources().values():
        described = schemas[f"{resource.one}Answers"]["properties"]
        for name, question in asked(resource.model).items():
            withheld = question.sensitive or question.kind == "url" or name == "position_source"
            assert (name in described) != withheld, name
            if name in described and question.choices:
                codes = described[name].get("enum") or described[name]["items"]["enum"]
                assert list(map(str, codes)) == list(question.choices)
            if name in described and question.kind not in ("agency", "agencies"):
                assert described[name]["title"] == question.label and described[name]["description"] != question.label
    assert not {"stream_url", "camera_type", "camera_type_other", "storage_process"} & {n for s in schemas.values() for n in s.get("properties", {})}
    assert {r.model for r in resources().values()} == set(RECORDS.values()) - {RECORDS["update"]}


def test_each_operation_says_what_its_address_may_ask() -> None:
    paths = document.describe()["paths"]
    for resource in resources().values():
        said = {p["name"]: p["schema"] for p in paths[f"/api/v1/{resource.name}"]["get"]["parameters"]}
        assert said == {p.name: dict(p.schema) for p in resource.parameters} and {"after", "limit", "gone", "province"} <= set(said)
    assert len({operation["get"]["operationId"] for operation in paths.values()}) == len(paths) == 10


def test_the_page_for_people_names_every_list_filter_and_refusal() -> None:
    page = (ROOT / "docs" / "api.md").read_text()
    rows = dict(re.findall(r"^\| `/api/v1/([a-z]+)` \| (.+) \|$", page, re.M))
    for resource in resources().values():
        assert set(re.findall(r"`([a-z_]+)`", rows[resource.name])) == set(resource.filters)
    assert {f"`{p.name}" for p in PAGING} <= set(re.findall(r"`[a-z]+", page))
    for code in ("parameters", "token", "not_allowed", "second_factor_needed", "sharing_off", "not_found", "too_often", "login_delay"):
        assert re.search(rf"\| {CATALOGUE[code][0]} \|[^\n]*`{code}`", page), code
    assert f"{disclosure.LINE_AT:,}" in page and all(str(days) in page for days in tokens.DAYS)
