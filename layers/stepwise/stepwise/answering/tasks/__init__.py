"""The tasks, one for each kind of answer, by name.

Everything that differs between the kinds is a member of the task; no other code compares a kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stepwise.answering.tasks.analyze import Analyze
from stepwise.answering.tasks.chat import Chat
from stepwise.answering.tasks.solve import Solve
from stepwise.answering.tasks.task import Presentation, Task

__all__ = ["TASKS", "Analyze", "Chat", "Presentation", "Solve", "Task", "task_for"]

TASKS: Mapping[str, Task[Any]] = {task.name: task for task in (Solve(), Analyze(), Chat())}


def task_for(kind: str) -> Task[Any]:
    """The task of a *kind*, that of a plan or a job.

    Raises:
        KeyError: no task has this name.
    """
    return TASKS[kind]
