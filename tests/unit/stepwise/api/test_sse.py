"""Server-sent events: one event is one line of JSON."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st
from stepwise.api.sse import HEARTBEAT, event


@given(st.text())
def test_an_event_is_its_name_and_one_line_of_json_whatever_the_text(text: str) -> None:
    name, data, *rest = event("delta", {"delta": text}).split(b"\n")

    assert (name, rest) == (b"event: delta", [b"", b""])
    assert b"\r" not in data
    assert json.loads(data.removeprefix(b"data: ")) == {"delta": text}


def test_half_of_a_surrogate_pair_does_not_break_a_stream() -> None:
    assert b'"a?b"' in event("delta", {"delta": "a\ud800b"})


def test_a_heartbeat_is_a_comment() -> None:
    assert HEARTBEAT.startswith(b":")
    assert HEARTBEAT.endswith(b"\n\n")
