"""The ZIP of photos: those of the list that was asked for, as pages show them, named so that one finds them, with a manifest that one can check."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from obstore.store import MemoryStore
from PIL import Image

from models import RECORDS, Account, Photo, Site, Upload
from survey import album
from survey.errors import Refusal
from survey.exchange import bundle
from survey.listing import Filter
from survey.storage import DiskStore, S3Store
from tests.conftest import make_camera, make_site, picture, send

HEADINGS = list(bundle.HEADINGS)


@pytest.fixture(params=["disk", "s3"])
def store(request: pytest.FixtureRequest, db: Any, tmp_path: Path) -> Iterator[None]:
    """Where the bytes lie: the disk, or an S3 bucket (in memory)."""
    before = album.store()
    album.use_store(S3Store(MemoryStore()) if request.param == "s3" else DiskStore(tmp_path))
    yield
    album.use_store(before)


def with_photos(account: Account, record_kind: str, record_id: Any, colours: list[tuple[int, int, int]], **said: Any) -> list[str]:
    """Adds photos to a record; returns their hashes."""
    sent = uploaded(account, colours)
    rev = RECORDS[record_kind].get_by_id(record_id).rev
    send(account, record_kind, {}, record_id, base={"rev": rev}, photos={"add": [{"sha256": s, **said} for s in sent]})
    return sent


def uploaded(account: Account, colours: list[tuple[int, int, int]]) -> list[str]:
    """Sends photos that say in their EXIF where they were taken and with what; returns their hashes."""
    exif = Image.Exif()
    exif[0x010F], exif[0x8825] = "Camera-Maker", {1: "N", 2: (6.0, 25.0, 30.0), 3: "E", 4: (101.0, 49.0, 30.0)}
    return [album.accept(picture(colour, (80, 60), exif=exif), account)[0].sha256 for colour in colours]


def unzip(user: Account, kind: str = "camera", wanted: Filter | None = None, mark: str = "") -> tuple[dict[str, bytes], list[dict[str, str]]]:
    """(files by name, rows of the manifest) of a ZIP, as a program that takes its bytes in order and one that looks at its end find them."""
    pieces = list(bundle.write_photos(user, kind, wanted or Filter(), str, mark))
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as archive:
        assert archive.testzip() is None and len(set(archive.namelist())) == len(archive.namelist())
        files = {name: archive.read(name) for name in archive.namelist()}
    manifest = files.pop("manifest.csv")
    assert manifest.startswith(b"\xef\xbb\xbf")
    return files, list(csv.DictReader(io.StringIO(manifest.decode("utf-8-sig"), newline="")))


@pytest.fixture
def world(person: Callable[..., Account], store: None) -> dict[str, Any]:
    """A site with a camera and a status update, a point, and a site in another province, each with photos."""
    officer, far = person("surveyor", "96"), person("surveyor", "70")
    site = make_site(officer)
    Site.update(install_point="แยก/ตลาด: \u202eสด").where(Site.id == site.id).execute()  # as an old record could hold it
    camera = make_camera(officer, site, label="../CAM 1", status="not_working")
    other = make_camera(officer, make_site(officer, install_point="ท่าเรือ", latitude=6.44))
    [of_update] = uploaded(officer, [(40, 9, 200)])
    send(officer, "update", {"camera_id": str(camera.id), "status": "not_working"}, photos={"add": [{"sha256": of_update}]})
    point = send(officer, "point", {"location": "ปากซอย", "latitude": 6.43, "longitude": 101.82, "project_status": "not_started"})
    away = make_site(far, latitude=13.5283, longitude=99.8134)
    return {
        "site": site, "camera": camera, "other": other, "officer": officer,
        "sent": with_photos(officer, "site", site.id, [(10, 9, 200)], kind="surroundings", caption="=ป้าย") + with_photos(
            officer, "camera", camera.id, [(20, 9, 200), (30, 9, 200)], kind="view", caption="หน้าตลาด") + [of_update],
        "elsewhere": with_photos(officer, "camera", other.id, [(50, 9, 200)]), "point": with_photos(officer, "point", point["record_id"], [(60, 9, 200)]),
        "far": with_photos(far, "site", away.id, [(70, 9, 200)]),
    }  # fmt: skip


def test_the_zip_holds_what_pages_show_of_the_list_and_no_more(world: dict[str, Any], person: Callable[..., Account]) -> None:
    admin = person("province_admin", "96")
    files, manifest = unzip(admin)
    assert len(files) == len(manifest) == 5 == bundle.measure(admin, "camera", Filter()).photos
    shown = {album.shown_copy(u, "view", []) for u in Upload.select().where(Upload.sha256.in_([*world["sent"], *world["elsewhere"]]))}
    assert set(files.values()) == shown
    for row in manifest:
        data = files[row["ไฟล์"]]
        assert (hashlib.sha256(data).hexdigest(), str(len(data))) == (row["SHA-256 ของไฟล์"], row["ขนาด (ไบต์)"]) and row["สถานะของภาพ"] == bundle.HERE
        assert not dict(Image.open(io.BytesIO(data)).getexif()) and b"Camera-Maker" not in data
    broken, _ = unzip(admin, wanted=Filter(status="not_working"))
    assert len(broken) == 4 == bundle.measure(admin, "camera", Filter(status="not_working")).photos
    assert len(unzip(admin, "point")[0]) == 1
    assert unzip(person("province_admin", "50"))[0] == {}
    assert len(unzip(person("centre_admin"))[0]) == 6 and len(unzip(person("centre_admin"), wanted=Filter(province="70"))[0]) == 1


def test_names_are_safe_and_say_where_a_photo_belongs(world: dict[str, Any], person: Callable[..., Account]) -> None:
    files, manifest = unzip(person("province_admin", "96"))
    site, camera = world["site"], world["camera"]
    assert f"นราธิวาส/{site.number} แยก ตลาด สด/{site.number}-1 ภาพรวมจุดติดตั้ง.jpg" in files
    assert f"นราธิวาส/{site.number} แยก ตลาด สด/{camera.number}-2 CAM 1 พื้นที่ที่กล้องมองเห็น (ถ่ายจากใต้กล้อง).jpg" in files
    assert all(".." not in name and not name.startswith("/") and len(name) < 180 and name.endswith(".jpg") for name in files)
    first = next(row for row in manifest if row["ภาพของ"] == "จุดติดตั้ง")
    assert (first["คำบรรยายภาพ"], first["หมายเลขจุด"], first["รหัสรายการในระบบ"]) == ("'=ป้าย", str(site.number), str(site.id))
    assert float(first["ละติจูด"]) == site.latitude


def test_a_blur_is_in_the_zip_too(world: dict[str, Any], person: Callable[..., Account]) -> None:
    admin = person("province_admin", "96")
    before, _ = unzip(admin)
    photo = Photo.get(Photo.sha256 == world["sent"][0])
    Photo.update(blur=[[0.1, 0.1, 0.5, 0.5]]).where(Photo.id == photo.id).execute()
    upload = Upload.get(Upload.sha256 == photo.sha256)
    store = album.store()
    asked: list[str] = []
    keep = store.get
    store.get = lambda key: asked.append(key) or keep(key)  # type: ignore[method-assign,func-returns-value]
    after, _ = unzip(admin)
    store.get = keep  # type: ignore[method-assign]
    assert set(after) == set(before) and album.shown_copy(upload, "view", [[0.1, 0.1, 0.5, 0.5]]) in after.values()
    assert not any(key.endswith("-plain") and upload.sha256 in key for key in asked)


def test_a_photo_whose_bytes_are_gone_is_in_the_manifest_and_stops_nothing(world: dict[str, Any], person: Callable[..., Account]) -> None:
    gone = world["sent"][1]
    album.store().delete(album.original_key(gone))
    Photo.update(upload=None).where(Photo.sha256 == world["sent"][2]).execute()
    Upload.update(decodable=False).where(Upload.sha256 == world["sent"][3]).execute()
    files, manifest = unzip(person("province_admin", "96"))
    assert len(files) == 2 and sorted(row["สถานะของภาพ"] for row in manifest) == sorted([bundle.HERE] * 2 + [bundle.GONE_FROM_STORE, bundle.ON_ITS_WAY, bundle.NOT_SHOWN])
    assert all((row["ไฟล์"] != "") == (row["SHA-256 ของไฟล์"] != "") == (row["สถานะของภาพ"] == bundle.HERE) for row in manifest)


def test_a_restricted_place_is_roughly_where_it_is(world: dict[str, Any], person: Callable[..., Account]) -> None:
    Site.update(restricted="yes", owner_agency=person("agency", "96", agency="เทศบาลเมืองนราธิวาส").agency).where(Site.id == world["site"].id).execute()
    _, manifest = unzip(person("agency", "96", agency="เทศบาลเมืองนราธิวาส"))
    here = [row for row in manifest if row["หมายเลขจุด"] == str(world["site"].number)]
    assert here and all(abs(float(row["ละติจูด"]) - world["site"].latitude) > 1e-4 for row in here)


def test_removed_photos_and_withdrawn_records_stay_out(world: dict[str, Any], person: Callable[..., Account]) -> None:
    admin = person("province_admin", "96")
    Photo.update(removed=True).where(Photo.sha256 == world["sent"][0]).execute()
    assert len(unzip(admin)[0]) == 4
    type(world["other"]).update(review_state="withdrawn").where(type(world["other"]).id == world["other"].id).execute()
    assert len(unzip(admin)[0]) == 3


@pytest.mark.parametrize(("name", "most"), [("MOST_PHOTOS", 4), ("MOST_BYTES", 1000)])
def test_more_than_fits_is_refused_with_what_to_do(world: dict[str, Any], person: Callable[..., Account], monkeypatch: pytest.MonkeyPatch, name: str, most: int) -> None:
    admin = person("province_admin", "96")
    bundle.check(bundle.measure(admin, "camera", Filter()))
    monkeypatch.setattr(bundle, name, most)
    with pytest.raises(Refusal) as refused:
        bundle.check(bundle.measure(admin, "camera", Filter()))
    assert refused.value.code == "export_photos" and "ทีละจังหวัด" in str(refused.value.message)


@pytest.mark.parametrize(("kind", "number"), [("camera", 6), ("point", 1)])
def test_the_whole_country_is_counted_without_looking_at_its_records(
    world: dict[str, Any], person: Callable[..., Account], monkeypatch: pytest.MonkeyPatch, kind: str, number: int
) -> None:
    centre = person("centre_admin")
    assert bundle.measure(centre, kind, Filter()).photos == number
    monkeypatch.setattr(bundle, "MOST_PHOTOS", number)
    assert not bundle.measure(centre, kind, Filter()).too_large
    monkeypatch.setattr(bundle, "MOST_PHOTOS", number - 1)
    monkeypatch.setattr(bundle, "photos_of", None)
    assert bundle.measure(centre, kind, Filter()).too_large


def test_one_photo_is_in_memory_at_a_time(world: dict[str, Any], person: Callable[..., Account]) -> None:
    pieces = [piece for piece in bundle.write_photos(person("province_admin", "96"), "camera", Filter(), str) if piece]
    assert len(pieces) == 6 and all(piece.count(b"PK\x03\x04") == 1 for piece in pieces)


def test_a_classification_stands_in_each_line_of_the_manifest(world: dict[str, Any], person: Callable[..., Account]) -> None:
    _, manifest = unzip(person("province_admin", "96"), mark="ลับ")
    assert {row["ชั้นความลับ"] for row in manifest} == {"ลับ"}
    assert list(unzip(person("province_admin", "96"))[1][0]) == HEADINGS
