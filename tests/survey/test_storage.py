"""Bytes are kept whole, under names that stay inside, and survive a power cut."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from survey.errors import Refusal
from survey.storage import INCOMING, DiskStore, S3Store, Store, open_store

KEY = "photos/ab/abcd.jpg"


def disk(folder: Path) -> Store:
    return DiskStore(folder / "store")


def bucket(folder: Path) -> Store:
    memory = pytest.importorskip("obstore.store", reason="obstore is an extra")
    return S3Store(memory.MemoryStore())


@pytest.fixture(params=[disk, bucket])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    made: Callable[[Path], Store] = request.param
    return made(tmp_path)


def test_what_is_put_is_got(store: Store) -> None:
    assert not store.exists(KEY)
    store.put(KEY, b"first")
    store.put(KEY, b"second")
    assert store.exists(KEY) and store.get(KEY) == b"second"


def test_what_is_not_there_is_a_key_error(store: Store) -> None:
    with pytest.raises(KeyError):
        store.get(KEY)
    store.put(KEY, b"x")
    with pytest.raises(KeyError):
        store.get("photos/ab")  # a folder
    with pytest.raises(KeyError):
        store.get(KEY + "/below")


def test_delete_may_be_repeated(store: Store) -> None:
    store.put(KEY, b"x")
    store.delete(KEY)
    store.delete(KEY)
    assert not store.exists(KEY)


@pytest.mark.parametrize(
    "key",
    ["", "/etc/passwd", "../x", "a/../x", "a/..", "a//b", "a/", ".incoming/x", "a/.hidden", "A", "ก", "a b",
     "a\\b", "a\0", "a\n", "a" * 201],
)  # fmt: skip
def test_a_key_never_leaves_the_store(store: Store, key: str) -> None:
    for use in (store.get, store.exists, store.delete, store.path, lambda key: store.put(key, b"x")):
        with pytest.raises(ValueError, match="not a key"):
            use(key)


def test_only_files_on_the_disk_have_a_path(tmp_path: Path) -> None:
    assert disk(tmp_path).path(KEY) == tmp_path / "store" / KEY
    assert bucket(tmp_path).path(KEY) is None


def recorded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is synced and renamed from now on, in its order, by the last part of the name."""
    order: list[str] = []
    sync, rename = os.fsync, os.rename

    def fsync(handle: int) -> None:
        target = Path(os.readlink(f"/proc/self/fd/{handle}"))
        order.append(f"sync {'temporary' if target.parent.name == INCOMING else target.name}")
        sync(handle)

    def renamed(old: Any, new: Any) -> None:
        order.append(f"rename to {Path(new).name}")
        rename(old, new)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "rename", renamed)
    return order


needs_proc = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="names of open files need /proc")


@needs_proc
def test_file_then_name_then_folder_are_made_durable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = disk(tmp_path)
    store.put("photos/ab/other.jpg", b"x")
    order = recorded(monkeypatch)
    store.put(KEY, b"x")
    assert order == ["sync temporary", "rename to abcd.jpg", "sync ab"]


@needs_proc
def test_new_folders_are_synced_in_their_parents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order = recorded(monkeypatch)
    disk(tmp_path).put(KEY, b"x")
    made = [tmp_path.name, "store", "store", "photos"]  # holders of store, .incoming, photos, ab
    assert order == [f"sync {name}" for name in made] + ["sync temporary", "rename to abcd.jpg", "sync ab"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("step", ["fsync", "rename", "mkdir"])
def test_full_disk_is_a_refusal_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, number: int
) -> None:
    store = DiskStore(tmp_path)
    store.put("kept", b"before")

    def full(*_: Any, **__: Any) -> None:
        raise OSError(number, "full")

    monkeypatch.setattr(os, step, full)
    with pytest.raises(Refusal) as refused:
        store.put("new/kept" if step == "mkdir" else "kept", b"after")
    assert (refused.value.code, refused.value.status) == ("storage_full", 507)
    assert store.get("kept") == b"before"
    assert list((tmp_path / INCOMING).iterdir()) == []


def test_other_errors_of_the_disk_are_not_called_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr(os, "rename", broken)
    with pytest.raises(OSError, match="broken"):
        DiskStore(tmp_path).put(KEY, b"x")
    assert list((tmp_path / INCOMING).iterdir()) == []


def test_sweep_takes_old_leftovers_only(tmp_path: Path) -> None:
    store = DiskStore(tmp_path)
    assert store.sweep(0) == 0
    store.put(KEY, b"x")
    old, new = tmp_path / INCOMING / "old", tmp_path / INCOMING / "new"
    old.write_bytes(b"x")
    new.write_bytes(b"x")
    os.utime(old, (time.time() - 7200, time.time() - 7200))
    assert store.sweep(3600) == 1
    assert (old.exists(), new.exists(), store.exists(KEY)) == (False, True, True)


def test_setting_chooses_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    default, other = open_store("", tmp_path), open_store(f" {tmp_path}/other ", tmp_path)
    assert isinstance(default, DiskStore) and default.root == tmp_path
    assert isinstance(other, DiskStore) and other.root == tmp_path / "other"
    with pytest.raises(ValueError, match="ftp"):
        open_store("ftp://somewhere/x", tmp_path)
    pytest.importorskip("obstore", reason="obstore is an extra")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "made-up")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")
    monkeypatch.setenv("AWS_REGION", "ap-southeast-1")
    assert isinstance(open_store("s3://bucket/photos", tmp_path), S3Store)
