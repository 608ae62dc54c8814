"""Settings from the environment, each with a default that works on one machine. docs/settings.md lists them; a test compares."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def _flag(name: str, default: bool) -> bool:
    return os.environ.get(name, "1" if default else "0").strip().lower() in ("1", "true", "yes", "on")


def _flag_or_none(name: str) -> bool | None:
    return _flag(name, False) if os.environ.get(name, "").strip() else None


@dataclass
class Settings:
    """What an operator may set. Every field names its environment variable in upper case with the prefix it shows."""

    data: Path = field(default_factory=lambda: Path(os.environ.get("SAMRUAT_DATA") or ROOT / "instance").resolve())
    database_url: str = field(default_factory=lambda: os.environ.get("DATABASE_URL", ""))
    photo_store: str = field(default_factory=lambda: os.environ.get("PHOTO_STORE", ""))
    secret_key: str = field(default_factory=lambda: os.environ.get("SECRET_KEY", ""))
    tile_url: str = field(default_factory=lambda: os.environ.get("TILE_URL", ""))
    tile_attribution: str = field(default_factory=lambda: os.environ.get("TILE_ATTRIBUTION", ""))
    https: bool = field(default_factory=lambda: _flag("HTTPS", False))
    trusted_hosts: str = field(default_factory=lambda: os.environ.get("TRUSTED_HOSTS", ""))
    proxy_hops: int = field(default_factory=lambda: int(os.environ.get("PROXY_HOPS", "0")))
    help_content: str = field(default_factory=lambda: os.environ.get("HELP_CONTENT", ""))
    help_technical: str = field(default_factory=lambda: os.environ.get("HELP_TECHNICAL", ""))
    letters_dir: str = field(default_factory=lambda: os.environ.get("LETTERS_DIR", ""))
    public_url: str = field(default_factory=lambda: os.environ.get("PUBLIC_URL", "").rstrip("/"))
    office: str = field(default_factory=lambda: os.environ.get("OFFICE", ""))
    emblem: str = field(default_factory=lambda: os.environ.get("EMBLEM", ""))
    office_address: str = field(default_factory=lambda: os.environ.get("OFFICE_ADDRESS", ""))
    office_phone: str = field(default_factory=lambda: os.environ.get("OFFICE_PHONE", ""))
    office_email: str = field(default_factory=lambda: os.environ.get("OFFICE_EMAIL", ""))
    signer_name: str = field(default_factory=lambda: os.environ.get("SIGNER_NAME", ""))
    signer_position: str = field(default_factory=lambda: os.environ.get("SIGNER_POSITION", ""))
    signer_on_behalf: str = field(default_factory=lambda: os.environ.get("SIGNER_ON_BEHALF", ""))
    require_totp: bool | None = field(default_factory=lambda: _flag_or_none("REQUIRE_TOTP"))
    seats_per_province: int = field(default_factory=lambda: int(os.environ.get("SEATS_PER_PROVINCE", "2")))
    classification: str = field(default_factory=lambda: os.environ.get("CLASSIFICATION", "").strip())
    audit_days: int = field(default_factory=lambda: max(90, int(os.environ.get("AUDIT_DAYS", "365"))))
    contact_days: int = field(default_factory=lambda: int(os.environ.get("CONTACT_DAYS", "365")))
    api_per_minute: int = field(default_factory=lambda: int(os.environ.get("API_PER_MINUTE", "120")))
    ready_retention_days: int = field(default_factory=lambda: int(os.environ.get("READY_RETENTION_DAYS", "30")))
    ready_access_days: int = field(default_factory=lambda: int(os.environ.get("READY_ACCESS_DAYS", "3")))
    ready_verified_days: int = field(default_factory=lambda: int(os.environ.get("READY_VERIFIED_DAYS", "365")))
    demo_password: str = field(default_factory=lambda: os.environ.get("DEMO_PASSWORD", ""))

    compress: bool = True  # tests leave it off

    def __post_init__(self) -> None:
        self.database_url = self.database_url or f"sqlite:///{self.data / 'samruat.db'}"
        self.letters_dir = self.letters_dir or str(self.data / "letters")
        self.secret_key = self.secret_key or _kept_secret(self.data / "secret_key")

    @property
    def tiles(self) -> str:
        """The address of the map's tiles. A classification turns others' servers off: they would see where somebody looks."""
        return self.tile_url if not self.classification or self.tile_url.startswith("/") else ""


def _kept_secret(path: Path) -> str:
    """A random key made once, readable by its owner only."""
    try:
        return path.read_text()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        made = path.with_suffix(f".{os.getpid()}")
        made.touch(mode=0o600)
        made.write_text(secrets.token_hex(32))
        try:
            os.link(made, path)  # the first of several workers wins
        except FileExistsError:
            pass
        finally:
            made.unlink()
        return path.read_text()
