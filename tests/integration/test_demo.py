"""``make demo``, played in a hurry: its exit status says whether what it shows has happened, and nothing of it is left."""

from __future__ import annotations

import asyncio
import io
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from stepwise_local.demo.__main__ import tour
from stepwise_local.demo.model import TourModel
from stepwise_local.demo.scenes import SCENES, Scene
from stepwise_local.demo.stage import NotSeen, Stage
from support.local_stack import environment
from support.toy_stack import alive, eventually, session_of

# Resuming waits for a killed worker's lease, which the tests of hand-overs and kills do too.
BRIEF = ["solve", "cache", "stream", "refute", "queue"]


def demo(log: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "stepwise_local.demo", "--log", str(log), *arguments],
        env=environment({}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_the_tour_happens_and_says_so(tmp_path: Path) -> None:
    with demo(tmp_path / "log", "--hurry", "5", *BRIEF) as process:
        said, _ = process.communicate(timeout=180)
    assert process.returncode == 0, said
    assert re.findall(r"^\d/\d  (.*)$", said, re.MULTILINE) == [
        scene.title for scene in SCENES if scene.name in BRIEF
    ]
    assert "x_{1} = -3,\\ x_{2} = 1" in said
    assert "Cache-Status: stepwise; hit" in said
    assert "refuted" in said
    assert "429 queue_full" in said
    log = (tmp_path / "log").read_text()
    assert re.search(r"POST /v1/math/solve 200 \d+ ms cached verified", log)
    assert re.search(r"POST /v1/math/solve 200 \d+ ms computed refuted", log)


def test_ctrl_c_in_the_middle_ends_all_that_it_started(tmp_path: Path) -> None:
    with demo(tmp_path / "log", "--hurry", "0.05", "stream") as process:
        assert process.stdout is not None
        url = re.search(r"http://[\d.:]+", process.stdout.readline())
        assert url is not None
        eventually(lambda: "Look at" in process.stdout.readline())  # type: ignore[union-attr]
        children = [pid for pid in session_of(process.pid) if pid != process.pid]
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Interrupted; everything that it started has ended." in said
    assert children
    eventually(lambda: not any(map(alive, children)))
    with pytest.raises(httpx.ConnectError):
        httpx.get(url[0], trust_env=False)


@pytest.mark.parametrize(
    "error", [NotSeen("it was computed again"), KeyError("steps"), ValueError("no JSON")]
)
def test_a_scene_that_did_not_happen_fails_the_tour_and_the_others_are_shown(error: Exception) -> None:
    async def fails(_: Stage) -> str:
        raise error

    async def happens(_: Stage) -> str:
        return "it happened"

    scenes = [Scene("a", "First", "nothing", fails), Scene("b", "Second", "nothing", happens)]
    out = io.StringIO()

    async def play() -> int:
        async with httpx.AsyncClient() as http:
            return await tour(scenes, Stage(http, "", TourModel(), out))

    assert asyncio.run(play()) == 1
    assert "✗ First: " in out.getvalue()
    assert "✓ it happened" in out.getvalue()


def test_an_unknown_scene_is_refused(tmp_path: Path) -> None:
    process = subprocess.run(
        [sys.executable, "-m", "stepwise_local.demo", "dance"],
        env={**os.environ, **environment({})},
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 2
    assert "no scene is called dance" in process.stderr
