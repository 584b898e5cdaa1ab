"""The local stack goes on when nobody reads what it says."""

from __future__ import annotations

import json
import signal
import subprocess

import httpx
from support.local_stack import command, environment

REQUESTS = 1_500
"""Each is a line of some 80 bytes in the log: more than a pipe holds."""


def test_a_log_that_nobody_reads_stops_nothing() -> None:
    process = subprocess.Popen(
        command("--port", "0", "--admin-port", "0", "--quiet"),
        env=environment({}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["url"]
        with httpx.Client(base_url=url, timeout=20, trust_env=False) as client:
            statuses = {client.get("/nothing").status_code for _ in range(REQUESTS)}
        process.send_signal(signal.SIGTERM)
        process.wait(20)

    assert statuses == {404}
    assert process.returncode == 0
