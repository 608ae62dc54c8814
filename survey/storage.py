"""Where bytes lie: photos on the local disk by default, in an S3 bucket by setting.

A key is a short path such as "photos/ab/abcd….jpg". Who may read what is decided elsewhere.
"""

from __future__ import annotations

import errno
import os
import re
import time
import uuid
from pathlib import Path
from typing import Any, Protocol

from survey.errors import Refusal

INCOMING = ".incoming"  # no key can name it: no segment of a key starts with a dot
_KEY = re.compile(r"[0-9a-z_-][0-9a-z._-]*(/[0-9a-z_-][0-9a-z._-]*)*")


class Store(Protocol):
    """What the rest of the survey may ask of a store, whichever it is."""

    def put(self, key: str, data: bytes) -> None: ...
    def get(self, key: str) -> bytes: ...
    def exists(self, key: str) -> bool: ...
    def delete(self, key: str) -> None: ...
    def path(self, key: str) -> Path | None: ...
    def sweep(self, older_than_s: float) -> int: ...


def open_store(setting: str, default_root: Path) -> Store:
    """The store that PHOTO_STORE names: empty for `default_root`, a folder, or s3://bucket/prefix.

    Raises ValueError for anything else. The keys of S3 come from the usual AWS_ variables.
    """
    setting = setting.strip()
    if setting.startswith("s3://"):
        return S3Store.at(setting)
    if "://" in setting:
        raise ValueError(f"PHOTO_STORE is neither a folder nor s3://…: {setting.split('://')[0]}://…")
    return DiskStore(Path(setting) if setting else default_root)


def checked(key: str) -> str:
    """The key itself. Raises ValueError unless it is made of 0-9 a-z . _ - in segments parted by slashes.

    None of them is empty or starts with a dot: so no key leaves its store or names an unfinished file.
    """
    if len(key) > 200 or not _KEY.fullmatch(key):
        raise ValueError(f"not a key: {key[:80]!r}")
    return key


class DiskStore:
    """Files under one folder. What `put` has returned from survives a power cut."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root)

    def path(self, key: str) -> Path:
        """Where the file is or would be."""
        return self.root / checked(key)

    def put(self, key: str, data: bytes) -> None:
        """Keep the bytes, replacing what was there at once and as a whole.

        Raises Refusal("storage_full") when the disk or the quota is, and other OSErrors as they are.
        """
        target = self.path(key)
        unfinished = self.root / INCOMING / uuid.uuid4().hex
        try:
            _make_folder(unfinished.parent)
            _make_folder(target.parent)
            try:
                with open(unfinished, "xb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                os.rename(unfinished, target)
            except BaseException:
                unfinished.unlink(missing_ok=True)
                raise
            _sync_folder(target.parent)  # the name is in the folder, and the folder is a file of its own
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise Refusal("storage_full") from error
            raise

    def get(self, key: str) -> bytes:
        """The bytes. Raises KeyError if there are none."""
        try:
            return self.path(key).read_bytes()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            raise KeyError(key) from None

    def exists(self, key: str) -> bool:
        return self.path(key).is_file()

    def delete(self, key: str) -> None:
        """Remove it for good; nothing happens if it is not there."""
        target = self.path(key)
        try:
            target.unlink()
        except (FileNotFoundError, NotADirectoryError):
            return
        _sync_folder(target.parent)

    def sweep(self, older_than_s: float) -> int:
        """Remove what broken-off puts left behind more than so many seconds ago; returns how many files."""
        swept = 0
        for file in (self.root / INCOMING).glob("*"):
            try:
                if time.time() - file.stat().st_mtime > older_than_s:
                    file.unlink()
                    swept += 1
            except FileNotFoundError:  # its put has just finished
                continue
        return swept


def _make_folder(folder: Path) -> None:
    """Make a folder with those above it; each new name is synced in the folder that holds it."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class S3Store:
    """Objects in a bucket, through obstore. A put is atomic and durable there by itself."""

    def __init__(self, store: Any) -> None:
        self.store = store

    @classmethod
    def at(cls, address: str) -> S3Store:
        """The bucket and prefix of an address s3://bucket/prefix. Raises ImportError without obstore."""
        import obstore.store  # imported here since most sites keep their photos on the disk

        return cls(obstore.store.from_url(address))

    def path(self, key: str) -> None:
        """None: nothing lies on this machine."""
        checked(key)

    def put(self, key: str, data: bytes) -> None:
        self.store.put(checked(key), data)

    def get(self, key: str) -> bytes:
        """The bytes. Raises KeyError if there are none."""
        try:
            return bytes(self.store.get(checked(key)).bytes())
        except FileNotFoundError:
            raise KeyError(key) from None

    def exists(self, key: str) -> bool:
        try:
            self.store.head(checked(key))
        except FileNotFoundError:
            return False
        return True

    def delete(self, key: str) -> None:
        """Remove it; nothing happens if it is not there."""
        try:
            self.store.delete(checked(key))
        except FileNotFoundError:
            return

    def sweep(self, older_than_s: float) -> int:
        return 0
