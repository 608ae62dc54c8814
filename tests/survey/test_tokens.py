"""Who may have tokens, how many, what is kept of one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest

from models import Account, Token, utcnow
from survey import invitations, scope, tokens
from survey.errors import Refusal


@pytest.mark.parametrize("role", [r for r in scope.ROLES if r not in ("centre_admin", "province_admin")])
def test_only_administrators_may_have_one(person: Callable[..., Account], role: str) -> None:
    with pytest.raises(Refusal, match="not_allowed"):
        tokens.make(person(role, "96"), "ระบบ", 30, None, False)


def test_a_suspended_account_makes_none(person: Callable[..., Account]) -> None:
    boss = person("province_admin", "96")
    boss.disabled_at = utcnow()
    with pytest.raises(Refusal, match="not_allowed"):
        tokens.make(boss, "ระบบ", 30, None, False)


def test_ten_at_a_time_and_revoking_makes_room(person: Callable[..., Account]) -> None:
    boss = person("province_admin", "96")
    made = [tokens.make(boss, f"ระบบ {n}", 30, None, False)[0] for n in range(tokens.MOST)]
    with pytest.raises(Refusal, match="too_many_tokens"):
        tokens.make(boss, "อีกระบบ", 30, None, False)
    tokens.revoke(made[0], boss, None)
    assert tokens.make(boss, "ระบบ 0", 30, None, False)[0].name == "ระบบ 0"  # a revoked one's name is free again


def test_only_the_hash_is_kept_and_it_is_that_of_the_text(person: Callable[..., Account]) -> None:
    token, text = tokens.make(person("province_admin", "96"), "ระบบ", 365, None, False)
    kept = Token.get_by_id(token.id)
    assert kept.token_hash == hashlib.sha256(text.encode()).hexdigest() and text not in str(kept.__data__) and len(text) > 50
    assert 364 <= (kept.expires_at - kept.made_at).days <= 365
    assert tokens.opened_by(text, "10.0.0.1").account.role == "province_admin" and Token.get().network == "10.0.0.1" and Token.get().used_at
    for wrong in ("", text[:-1], text + "x", text.upper(), kept.token_hash):
        with pytest.raises(Refusal, match="token"):
            tokens.opened_by(wrong, "10.0.0.2")


def test_whose_tokens_one_sees(person: Callable[..., Account]) -> None:
    centre, here, there = person("centre_admin"), person("province_admin", "96"), person("province_admin", "70")
    for account in (centre, here, there):
        tokens.make(account, "ระบบ", 30, None, False)
    assert scope.visible(centre, Token).count() == 3 and scope.visible(here, Token).count() == 1 and scope.visible(person("analyst"), Token).count() == 0
    with pytest.raises(Refusal, match="not_found"):
        tokens.find(here, scope.visible(there, Token).get().id)


def test_a_new_password_by_invitation_ends_them(person: Callable[..., Account]) -> None:
    boss = person("province_admin", "96")
    tokens.make(boss, "ระบบ", 30, None, False)
    invitation = invitations.issue(boss, person("centre_admin"), "key")
    invitations.accept(invitations.code_of(invitation, "key"), "ม้าลายสามตัวข้ามสะพานไม้", "10.0.0.1", False)
    assert tokens.live(boss) == []
