"""Passwords: argon2id hashes, and what a new password must be. Long and easy to keep in mind beats short and odd; a Thai passphrase is fine.

Rules after NIST SP 800-63B: at least 15 characters where the password stands alone, 8 beside a second factor, no composition rules, but
nothing that is made of the words that everybody in this field would try first. argon2id with OWASP's parameters (19 MiB, t=2, p=1).
"""

from __future__ import annotations

import re
import secrets
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from survey import places
from survey.errors import Refusal

ALONE, BESIDE_A_FACTOR, LONGEST = 15, 8, 200  # characters
LEFT_OVER = 5  # characters that must remain without the common words, digits and repetitions
COMMON = (
    "samruat", "สำรวจ", "cctv", "camera", "กล้องวงจรปิด", "กล้อง", "วงจรปิด",
    "จุดติดตั้ง", "police", "ตำรวจ", "สภ", "สน", "สถานีตำรวจ", "army", "ทหาร", "กองทัพบก", "กองทัพ",
    "จังหวัด", "เมือง", "อำเภอ", "ตำบล", "เทศบาล", "อบต", "อบจ", "thailand", "thai", "ประเทศไทย", "ไทย", "รัฐบาล", "สำนักนายก",
    "ผู้ว่า", "admin", "administrator", "root", "user",
    "password", "passw0rd", "passcode", "รหัสผ่าน", "รหัส", "welcome", "login", "เข้าสู่ระบบ", "qwerty", "qwertyuiop", "asdfgh", "asdf",
    "zxcvbn", "iloveyou", "sawasdee",
    "สวัสดี", "ครับ", "ค่ะ", "secret", "letmein", "test", "ทดสอบ", "abcdef", "abcd", "abc", "ๆไำพะ", "ฟหกด", "ผปแอ",
)  # fmt: skip

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODY = _hasher.hash(secrets.token_hex(16))  # an unknown name costs as much time as a known one


def hash_password(password: str) -> str:
    """The argon2id hash of a password (NFC, so that Thai typed on any keyboard is the same)."""
    return _hasher.hash(unicodedata.normalize("NFC", password))


def is_password(hashed: str | None, password: str) -> bool:
    """Whether the password belongs to the hash; without a hash it takes as long and is false."""
    try:
        return _hasher.verify(hashed or _NOBODY, unicodedata.normalize("NFC", password)) and bool(hashed)
    except (VerificationError, InvalidHashError):
        return False


def check_new(password: str, second_factor: bool, *own_words: str) -> None:
    """Refuses a new password that is too short or made of what others would try first; `own_words` are names of the account.

    Raises Refusal: password_short, password_long, password_common.
    """
    text = unicodedata.normalize("NFC", password)
    shortest = BESIDE_A_FACTOR if second_factor else ALONE
    if len(text.strip()) < shortest:
        raise Refusal("password_short", limit=shortest)
    if len(text) > LONGEST:
        raise Refusal("password_long", limit=LONGEST)
    if len(_left_over(text, own_words)) < (3 if second_factor else LEFT_OVER):
        raise Refusal("password_common")


def _left_over(text: str, own_words: tuple[str, ...]) -> set[str]:
    """The different characters that remain of a password without common words, names of provinces, digits and signs."""
    rest = text.lower()
    names = [n for p in places.provinces() for n in (p.name, p.name_en.lower(), p.name_en.lower().replace(" ", ""))]
    own = [part for word in own_words for part in re.split(r"[\s.@_()-]+", word.lower()) if len(part) > 2]
    for word in sorted({*COMMON, *names, *own}, key=len, reverse=True):
        rest = rest.replace(word, "")
    return set(re.sub(r"[\d\s\W_]", "", rest)) | set(re.findall(r"[\u0e30-\u0e4e]", rest))
