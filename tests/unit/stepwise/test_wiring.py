"""What an environment makes before its first invocation, and what must differ after it."""

from __future__ import annotations

import random
from typing import Any

import pytest
import snapshot_restore_py  # type: ignore[import-untyped]
from botocore.session import Session
from stepwise import wiring
from stepwise.config import SettingsError
from stepwise.storage import aws_client


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    wiring.settings.cache_clear()


def test_settings_that_make_no_sense_end_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUM_CTX", "many")

    with pytest.raises(SettingsError, match="NUM_CTX"):
        wiring.prepare()


def test_what_a_function_uses_is_made_at_the_start() -> None:
    made: list[str] = []

    wiring.prepare(lambda: made.append("deps"), lambda: made.append("idempotency"))

    assert made == ["deps", "idempotency"]


def test_environments_of_one_snapshot_do_not_choose_alike() -> None:
    wiring.prepare()
    (reseed, *_), *_others = snapshot_restore_py.get_after_restore()

    choices = set()
    for _ in range(5):
        random.seed(1)  # the progress that the snapshot holds
        reseed()
        choices.add(random.random())

    assert len(choices) == 5


def test_clients_share_a_session_and_keep_their_own_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    sessions: list[Session] = []
    create = Session.create_client

    def noted(session: Session, *arguments: Any, **keywords: Any) -> Any:
        sessions.append(session)
        return create(session, *arguments, **keywords)

    monkeypatch.setattr(Session, "create_client", noted)
    hasty = aws_client.client("dynamodb", timeout=0.3, attempts=1, region="eu-west-1")
    patient = aws_client.client("sqs", timeout=2, attempts=3, region="eu-west-1")

    assert (hasty.meta.config.read_timeout, patient.meta.config.read_timeout) == (0.3, 2)
    assert hasty.meta.config.retries == {"mode": "standard", "total_max_attempts": 1}
    assert sessions[0] is sessions[1]
