"""What a conversation asks for: the task, the language, and the text between the marks of the prompt."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from embedded_model.requests import Message
from embedded_model.solution import Language

__all__ = ["Asked", "asked", "too_late"]

Task = Literal["solve", "analyze", "chat"]
_CJK = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_LETTERS = re.compile(r"[A-Za-z]{2,}")


@dataclass(frozen=True)
class Asked:
    """A task: *text* is the problem, the argument or the last message; *question* what is asked of an argument."""

    task: Task
    language: Language
    text: str
    question: str = ""
    steps: bool = True


def asked(messages: Sequence[Message]) -> Asked:
    """What *messages* ask for. The system prompt tells the task and the language, the fence the text."""
    last = next((message.content for message in reversed(messages) if message.role != "system"), "")
    return Asked("chat", _language(last), last.strip())


def _language(text: str) -> Language:
    return "zh" if len(_CJK.findall(text)) > len(_LETTERS.findall(text)) else "en"


def too_late(messages: Sequence[Message]) -> str:
    """What is said for a conversation that took too long."""
    if asked(messages).language == "zh":
        return "<think>\n这道题算得太久，已经停止。\n</think>\n\n我没能在限定的时间内解出这道题，所以不给出答案。"
    return (
        "<think>\nThis took too long, so it was stopped.\n</think>\n\n"
        "I could not solve this within my time limit, so I give no answer."
    )
