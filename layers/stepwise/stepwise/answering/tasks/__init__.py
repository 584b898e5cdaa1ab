"""What differs between the kinds of answers: one task per kind, by its name.

Nothing outside of this folder compares a kind: it asks the task.
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
    """The task of a plan's or a job's *kind*.

    Raises:
        KeyError: no task has this name.
    """
    return TASKS[kind]
