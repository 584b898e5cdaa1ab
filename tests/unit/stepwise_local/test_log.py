"""The local stack's log, as a person and as a program reads it."""

from __future__ import annotations

import io

import pytest
from stepwise_local.processes.log import Log

ROUTINE = ['{"level":"INFO","message":"done"}', '{"_aws":{"Timestamp":1},"Requests":[1.0]}']
SHOWN = [
    '{"level":"WARNING","message":"refused"}',
    '{"level":"ERROR","message":"unexpected error"}',
    "GET / 303 12 ms",
    "{no JSON",
]


@pytest.mark.parametrize(("structured", "lines"), [(True, ROUTINE + SHOWN), (False, SHOWN)])
def test_routine_lines_of_json_are_written_only_where_they_are_asked_for(
    structured: bool, lines: list[str]
) -> None:
    file = io.StringIO()
    log = Log(file, structured=structured)
    for line in ROUTINE + SHOWN:
        log.write("part", line)
    assert file.getvalue().splitlines() == [f"part | {line}" for line in lines]
