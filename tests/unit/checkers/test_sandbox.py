"""The process that checks run in: limits, what gets in and out, and what happens after a failure."""

from __future__ import annotations

import gc
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from checkers.failures import CheckFailed, CheckKilled
from checkers.sandbox import Sandbox
from hypothesis import given, settings
from hypothesis import strategies as st


def sandbox_for_tests(timeout: float = 5.0, memory_bytes: int = 512 * 2**20) -> Sandbox:
    return Sandbox(timeout, memory_bytes, preload=(), worker="support.sandbox_worker")


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with sandbox_for_tests() as made:
        yield made


def test_a_check_gets_its_payload_and_its_result_comes_back(sandbox: Sandbox) -> None:
    payload = {"problem": "解方程 x² = 4", "deep": [{"a": None}], "lone": "\ud800", "line": "a\nb\r\n"}
    assert sandbox.run("echo", payload) == payload


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.text(), st.recursive(st.text() | st.integers() | st.none(), st.lists)))
def test_what_is_sent_comes_back_unchanged(payload: dict[str, object]) -> None:
    shared = _shared_sandbox()
    assert shared.run("echo", payload) == payload


@pytest.mark.parametrize("task", ["spin", "sleep"])
def test_a_check_ends_at_its_limit_and_the_next_one_works(task: str) -> None:
    with sandbox_for_tests(timeout=0.5) as sandbox:
        sandbox.run("echo", {})
        began = time.monotonic()
        with pytest.raises(CheckKilled, match="time limit") as caught:
            sandbox.run(task, {})
        assert caught.value.cause == "time"
        assert time.monotonic() - began < 1.0
        assert sandbox.run("echo", {"n": 1}) == {"n": 1}


def test_starting_does_not_wait_for_the_child() -> None:
    with sandbox_for_tests() as sandbox:
        began = time.monotonic()
        sandbox.start()
        assert time.monotonic() - began < 0.25


def test_a_child_that_does_not_come_up_in_time_is_a_killed_check() -> None:
    with (
        Sandbox(preload=(), worker="support.sandbox_worker", start_timeout=0.0) as sandbox,
        pytest.raises(CheckKilled, match="did not come up"),
    ):
        sandbox.run("echo", {})


def test_a_check_that_raises_says_the_kind_of_error_and_nothing_of_the_text(sandbox: Sandbox) -> None:
    with pytest.raises(CheckKilled) as caught:
        sandbox.run("crash", {"problem": "private"})
    assert caught.value.reason == "the check crashed: LookupError"
    assert sandbox.run("echo", {"n": 1}) == {"n": 1}


def test_a_check_that_raises_keeps_its_child() -> None:
    with Sandbox(preload=("crash", "surroundings"), worker="support.sandbox_worker") as sandbox:
        pid = sandbox.run("surroundings", {})["pid"]
        with pytest.raises(CheckFailed):
            sandbox.run("crash", {})
        assert sandbox.run("surroundings", {})["pid"] == pid


@pytest.mark.parametrize("task", ["die", "hoard"])
def test_a_child_that_was_lost_is_replaced_by_a_fork_of_the_process_that_stands_by(task: str) -> None:
    with sandbox_for_tests(memory_bytes=256 * 2**20) as sandbox:
        first = sandbox.run("surroundings", {})
        with pytest.raises(CheckKilled):
            sandbox.run(task, {"bytes": 2**30})
        second = sandbox.run("surroundings", {})
    assert second["pid"] != first["pid"]
    assert second["parent"] == first["parent"]


def test_a_new_task_is_imported_once_by_the_process_that_stands_by_for_all_that_follow(
    sandbox: Sandbox,
) -> None:
    first = sandbox.run("surroundings", {})
    sandbox.run("echo", {})
    second, third = (sandbox.run("surroundings", {}) for _ in range(2))
    assert first["pid"] != second["pid"] == third["pid"]
    assert first["parent"] == second["parent"]


def test_closing_ends_the_child_and_the_process_that_stands_by() -> None:
    before = _children_of(os.getpid())
    with sandbox_for_tests() as sandbox:
        child = sandbox.run("surroundings", {})
        assert _children_of(os.getpid()) - before == {child["parent"]}
        assert _children_of(child["parent"]) == {child["pid"]}
    assert _children_of(os.getpid()) - before == set()
    with pytest.raises(ProcessLookupError):
        os.kill(child["pid"], 0)


@pytest.mark.parametrize("task", ["sleep", "spin"])
def test_a_check_does_not_outlive_the_process_that_asked_for_it(task: str) -> None:
    program = (
        "from checkers.sandbox import Sandbox\n"
        "sandbox = Sandbox(60, preload=(), worker='support.sandbox_worker')\n"
        f"sandbox.run({task!r}, {{}})\n"
    )
    environment = {"PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}
    with subprocess.Popen([sys.executable, "-c", program], env=environment) as asking:
        server = _one_child_of(asking.pid)
        child = _one_child_of(server)
        asking.kill()
    _wait_until_gone(server)
    _wait_until_gone(child)


def test_where_the_process_that_stands_by_is_killed_another_one_is_started() -> None:
    with sandbox_for_tests() as sandbox:
        first = sandbox.run("surroundings", {})
        os.kill(first["parent"], signal.SIGKILL)
        _wait_until_gone(first["parent"])
        assert sandbox.run("surroundings", {})["parent"] != first["parent"]
        _wait_until_gone(first["pid"])


def test_a_child_that_dies_in_a_check_is_replaced(sandbox: Sandbox) -> None:
    with pytest.raises(CheckKilled, match="died"):
        sandbox.run("die", {})
    assert sandbox.run("echo", {"n": 1}) == {"n": 1}


@pytest.mark.parametrize(
    ("task", "cause", "reason"),
    [
        ("crash", "crashed", "the check crashed: LookupError"),
        ("die", "crashed", "the checking process died: SIGKILL"),
        ("spend", "time", "the check reached its CPU time limit"),
        ("missing", "not_installed", "the check's module could not be loaded: missing"),
        ("unheard-of", "crashed", "the check's module could not be loaded: unheard-of"),
    ],
)
def test_a_killed_check_says_what_it_was(sandbox: Sandbox, task: str, cause: str, reason: str) -> None:
    with pytest.raises(CheckKilled) as caught:
        sandbox.run(task, {})
    assert (caught.value.cause, caught.value.reason) == (cause, reason)


def test_a_child_that_died_between_two_checks_is_replaced_unseen(sandbox: Sandbox) -> None:
    pid = sandbox.run("surroundings", {})["pid"]
    os.kill(pid, signal.SIGKILL)
    _wait_until_gone(pid)
    assert sandbox.run("echo", {"n": 1}) == {"n": 1}


def test_memory_beyond_the_limit_ends_the_check_only() -> None:
    with sandbox_for_tests(memory_bytes=256 * 2**20) as sandbox:
        assert sandbox.run("hoard", {"bytes": 2**20}) == {"size": 2**20}
        with pytest.raises(CheckKilled, match="MemoryError") as caught:
            sandbox.run("hoard", {"bytes": 2**30})
        assert caught.value.cause == "memory"
        assert sandbox.run("hoard", {"bytes": 2**20}) == {"size": 2**20}


def test_what_a_check_prints_is_not_taken_for_its_result(sandbox: Sandbox) -> None:
    assert sandbox.run("chatter", {"n": 1}) == {"n": 1}


def test_a_long_line_passes_in_pieces(sandbox: Sandbox) -> None:
    assert len(sandbox.run("verbose", {"length": 3_000_000})["text"]) == 3_000_000


def test_a_result_beyond_all_measure_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(CheckKilled, match="too long"):
        sandbox.run("verbose", {"length": 5_000_000})
    assert sandbox.run("echo", {"n": 1}) == {"n": 1}


@pytest.mark.parametrize("payload", [{"text": "x" * 5_000_000}, {"n": float("nan")}, {"n": object()}])
def test_a_payload_that_cannot_be_sent_is_a_killed_check(
    sandbox: Sandbox, payload: dict[str, object]
) -> None:
    with pytest.raises(CheckKilled, match="can be sent"):
        sandbox.run("echo", payload)


@pytest.mark.parametrize("task", ["missing", "unheard-of"])
def test_a_task_that_is_not_there_is_a_killed_check(sandbox: Sandbox, task: str) -> None:
    with pytest.raises(CheckKilled, match="could not be loaded"):
        sandbox.run(task, {})
    assert sandbox.run("echo", {"n": 1}) == {"n": 1}


def test_the_child_sees_nothing_of_the_functions_environment_and_files(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not for the child")
    with (tmp_path / "open").open("w") as held:
        os.set_inheritable(held.fileno(), True)
        seen = sandbox.run("surroundings", {})
    allowed = {
        "PYTHONPATH",
        "PYTHONHASHSEED",
        "PYTHONDONTWRITEBYTECODE",
        "PYTHONUTF8",
        "LD_LIBRARY_PATH",
        "LC_CTYPE",
    }
    assert set(seen["environment"]) <= allowed
    # 0, 1, 2, the socket to the parent, and the listing of the folder itself.
    assert seen["files"] == [0, 1, 2, 3, 4]
    assert seen["memory"] == 512 * 2**20


def test_the_cpu_limit_is_renewed_for_each_check(sandbox: Sandbox) -> None:
    first, second = (sandbox.run("surroundings", {})["cpu"] for _ in range(2))
    assert 5 <= first <= second <= 8


def test_closing_ends_the_child_and_the_sandbox_can_be_used_again(sandbox: Sandbox) -> None:
    pid = sandbox.run("surroundings", {})["pid"]
    sandbox.close()
    sandbox.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert sandbox.run("echo", {"n": 1}) == {"n": 1}


def test_a_sandbox_that_nobody_closed_takes_its_child_along() -> None:
    forgotten = sandbox_for_tests()
    pid = forgotten.run("surroundings", {})["pid"]
    del forgotten
    gc.collect()
    _wait_until_gone(pid)


def test_a_forked_process_gets_a_child_of_its_own(sandbox: Sandbox) -> None:
    program = (
        "import os, sys\n"
        "from checkers.sandbox import Sandbox\n"
        "sandbox = Sandbox(preload=(), worker='support.sandbox_worker')\n"
        "before = sandbox.run('surroundings', {})['pid']\n"
        "child = os.fork()\n"
        "after = sandbox.run('surroundings', {})['pid']\n"
        "sandbox.close()\n"
        "if child == 0: os._exit(0 if after != before else 1)\n"
        "_, status = os.waitpid(child, 0)\n"
        "sys.exit(status or after != before)\n"
    )
    environment = {"PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, timeout=60, check=False)
    assert done.returncode == 0


def test_the_parent_imports_nothing_heavy() -> None:
    program = "import sys, checkers.sandbox; sys.exit(any(m in sys.modules for m in ('sympy', 'z3', 'multiprocessing')))"
    environment = {"PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, timeout=60, check=False)
    assert done.returncode == 0


_SHARED: list[Sandbox] = []


def _shared_sandbox() -> Sandbox:
    if not _SHARED:
        _SHARED.append(sandbox_for_tests())
    return _SHARED[0]


@pytest.fixture(scope="module", autouse=True)
def _close_the_shared_sandbox() -> Iterator[None]:
    yield
    for shared in _SHARED:
        shared.close()
    _SHARED.clear()


def _children_of(pid: int) -> set[int]:
    return {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()}


def _one_child_of(pid: int) -> int:
    while not (children := _children_of(pid)):
        os.sched_yield()
    return children.pop()


def _wait_until_gone(pid: int) -> None:
    """Wait for the process to have died; whose it is may not have reaped it yet."""
    with suppress(ProcessLookupError):
        pidfd = os.pidfd_open(pid)
        try:
            ended, _, _ = select.select([pidfd], [], [], 30)
        finally:
            os.close(pidfd)
        assert ended
