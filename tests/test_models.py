"""The guideline's fields are all there, and the migrations make the tables that models.py declares."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from peewee import CharField
from playhouse.migrations import Runner
from playhouse.schema_diff import SchemaDiff, diff_models

import database
import models
from survey import choices
from survey.questions import asked
from tests.conftest import ROOT

# The names of the guideline's items (its parts 1.1 to 1.3), copied from the field dictionary: what may never be dropped.
GUIDELINE = {
    "site": """install_point place owner_agency user_agencies owner_sector contact_name contact_phone address province district subdistrict police_station
        patrol_area project latitude longitude area_type recorder_brand recorder_model network_linked control_centre network_type network_provider retention_days
        storage_method storage_process disclosure requests_per_month access_days access_steps sufficiency details""",
    "camera": """camera_brand camera_model install_year camera_system camera_type connection mobile_view stream_url faces_public status problems problem_note
        effectiveness_day effectiveness_night details""",
    "point": "location latitude longitude project_status reason camera_count budget_source budget_amount budget_year",
    "report": "linking usage storage service maintenance other suggestions",
}
OURS = {
    "site": "place_type contact_position installed_budget installed_budget_year position_accuracy_m position_source restricted",
    "camera": "label asset_number latitude longitude bearing view_angle view_range_m maintenance",
    "update": "status problems note latitude longitude position_accuracy_m",
    "point": "province district subdistrict police_station reason_type priority position_accuracy_m position_source",
    "report": "agency province linking_severity usage_severity storage_severity service_severity maintenance_severity other_severity",
}
REQUIRED = {
    "site": {"install_point", "owner_agency", "province", "latitude", "longitude"}, "camera": {"status"}, "update": {"status"},
    "point": {"location", "latitude", "longitude", "project_status", "reason", "camera_count"}, "report": {"agency", "province"},
}  # fmt: skip


@pytest.mark.parametrize("kind", GUIDELINE)
def test_every_item_of_the_guideline_is_asked(kind: str) -> None:
    found = {name for name, question in asked(models.RECORDS[kind]).items() if question.guideline}
    assert set(GUIDELINE[kind].split()) <= found


@pytest.mark.parametrize("kind", OURS)
def test_our_own_fields_are_there_and_nothing_else(kind: str) -> None:
    known = set(OURS[kind].split()) | set(GUIDELINE.get(kind, "").split())
    assert {name for name in asked(models.RECORDS[kind]) if not name.endswith("_other") or name in known} == known


@pytest.mark.parametrize("kind", REQUIRED)
def test_only_these_hold_back_a_submission(kind: str) -> None:
    assert {name for name, question in asked(models.RECORDS[kind]).items() if question.required} == REQUIRED[kind]


@pytest.mark.parametrize("kind", models.RECORDS)
def test_each_other_has_its_text_and_each_item_can_be_unknown(kind: str) -> None:
    questions = asked(models.RECORDS[kind])
    for name, question in questions.items():
        if "other" in question.choices:
            assert questions[f"{name}_other"].show_if == {name: ("other",)}
        if question.guideline and not question.required and question.kind not in ("area",):
            assert question.may_be_unknown or {"unknown", "not_assessed", "0"} & set(question.choices), name


def test_photos_belong_to_these_records() -> None:
    assert {kind for kind, kinds in choices.PHOTO_KINDS.items() if kinds} == {"site", "camera", "update", "point"}


def difference(tables: list[type[models.Table]]) -> SchemaDiff:
    """What the migrated database lacks or has too much; the search indexes are made by hand and no model's."""
    found = diff_models(database.db.obj, tables)
    return found._replace(drop_indexes=[i for i in found.drop_indexes if not i.name.endswith("_search")])


def test_migrations_make_what_the_models_declare(db: Flask) -> None:
    found = difference(list(models.TABLES))
    assert not any(found), found


def test_a_forgotten_migration_would_be_seen(db: Flask) -> None:
    class Forgotten(models.Table):
        extra_column = CharField()

    assert any(difference([*models.TABLES, Forgotten]))


def test_migrated_columns_have_the_declared_types(db: Flask, tmp_path: Path) -> None:
    if not database.is_sqlite():
        pytest.skip("types are compared on SQLite; the same migrations run on PostgreSQL")
    fresh = database.BundledSQLite(str(tmp_path / "fresh.db"))
    with fresh.bind_ctx(models.TABLES):
        fresh.create_tables(models.TABLES)
        declared = {t._meta.table_name: sorted((c.name, c.data_type.upper(), c.null) for c in fresh.get_columns(t._meta.table_name)) for t in models.TABLES}
    fresh.close()
    for table, columns in declared.items():
        assert sorted((c.name, c.data_type.upper(), c.null) for c in database.db.get_columns(table)) == columns


def test_migrations_run_down_and_up(db: Flask) -> None:
    runner = Runner(database.db.obj, str(ROOT / "migrations"))
    applied = [m.name for m in runner.status() if m.applied]
    assert applied
    try:
        for _ in applied:
            runner.down()
        left = set(database.db.get_tables()) - {"schema_migration"}
        assert not {t for t in left if not t.startswith("sqlite_")}
    finally:
        runner.up()
    assert {t._meta.table_name for t in models.TABLES} <= set(database.db.get_tables())
