"""The processes of a stack: what each is for, its memory and its descriptors. Read from Linux's /proc."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from support.local_stack import LocalStack

__all__ = ["Process", "Sample", "processes_of", "sample_of"]

_PROC = Path("/proc")
_ROLES = {
    "stepwise_local.aws.server": "table and queues",
    "snapshot.py": "snapshot",
    "checkers.": "checker",
    "reaper": "reaper",
}
"""What a command has in it, and what its process is for."""


@dataclass(frozen=True)
class Process:
    pid: int
    role: str
    megabytes: float
    """Resident."""
    descriptors: int


@dataclass(frozen=True)
class Sample:
    """The processes of a moment: of each role the number, and the most memory and descriptors of one."""

    count: Mapping[str, int]
    megabytes: Mapping[str, float]
    descriptors: Mapping[str, int]


def sample_of(processes: Iterable[Process]) -> Sample:
    roles: dict[str, list[Process]] = defaultdict(list)
    for process in processes:
        roles[process.role].append(process)
    return Sample(
        {role: len(found) for role, found in roles.items()},
        {role: max(each.megabytes for each in found) for role, found in roles.items()},
        {role: max(each.descriptors for each in found) for role, found in roles.items()},
    )


def processes_of(stack: LocalStack) -> list[Process]:
    """The stack's process and all that it has started; what ends meanwhile is left out."""
    functions = {one["pid"]: str(one["function"]) for one in stack.environments()}
    parents = _parents()
    found = []
    for pid in parents:
        if not _descends(pid, stack.pid, parents):
            continue
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            role = "stack" if pid == stack.pid else functions.get(pid) or _role(pid)
            found.append(Process(pid, role, _megabytes(pid), len(list((_PROC / str(pid) / "fd").iterdir()))))
    return found


def _parents() -> dict[int, int]:
    parents = {}
    for folder in _PROC.iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                parents[int(folder.name)] = int(fields[1])
    return parents


def _descends(pid: int, root: int, parents: Mapping[int, int]) -> bool:
    while pid in parents and pid != root:
        pid = parents[pid]
    return pid == root


def _role(pid: int) -> str:
    command = (_PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return next((role for part, role in _ROLES.items() if part in command), "other")


def _megabytes(pid: int) -> float:
    status = (_PROC / str(pid) / "status").read_text()
    line = next((line for line in status.splitlines() if line.startswith("VmRSS:")), "VmRSS: 0 kB")
    return int(line.split()[1]) / 1024
