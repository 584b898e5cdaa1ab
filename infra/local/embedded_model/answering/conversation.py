"""What a conversation asks for: the task, the language, and the text between the tags of the prompt."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from embedded_model.values.message import Message
from embedded_model.values.solution import Language

__all__ = ["Asked", "asked", "too_late"]

Task = Literal["solve", "formalise", "analyze", "chat"]
# The bundle's prompts put a text from outside between tags with a number made of the text.
_FENCE = re.compile(
    r"^<(?P<tag>(?P<name>problem|context|text|question)(?:-[0-9a-f]{8})?)>\n(?P<body>.*?)\n</(?P=tag)>\s*?$",
    re.DOTALL | re.MULTILINE,
)
_BRIEF = re.compile(r"without the steps|only the final answer|不要写步骤|只给出", re.IGNORECASE)
_FORMALISE = re.compile(r"^given (?:NAME|名称) = ", re.MULTILINE)
_CJK = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_WORDS = re.compile(r"[A-Za-z]{2,}")


@dataclass(frozen=True)
class Asked:
    """A task: *text* is the problem, to be solved or to be written as equations, the argument or the last message.

    *context* is what a problem refers to, *question* what is asked of an argument.
    """

    task: Task
    language: Language
    text: str
    context: str = ""
    question: str = ""
    steps: bool = True


def asked(messages: Sequence[Message]) -> Asked:
    """What *messages* ask for: the latest user message with tags decides, else it is a chat."""
    system = "\n".join(message.content for message in messages if message.role == "system")
    users = [message.content for message in messages if message.role not in {"system", "assistant"}]
    for content in reversed(users):
        parts = {match["name"]: match["body"].strip() for match in _FENCE.finditer(content)}
        spoken = _FENCE.sub("", content)
        if "problem" in parts:
            brief = _BRIEF.search(f"{system}\n{spoken}") is not None
            language = _language(system or parts["problem"])
            if _FORMALISE.search(system):
                return Asked("formalise", language, parts["problem"])
            return Asked(
                "solve", language, parts["problem"], context=parts.get("context", ""), steps=not brief
            )
        if "text" in parts:
            language = _language(system or parts["text"])
            return Asked("analyze", language, parts["text"], question=parts.get("question", ""))
    last = users[-1].strip() if users else ""
    return Asked("chat", _language(last), last)


def _language(text: str) -> Language:
    return "zh" if len(_CJK.findall(text)) > 1.5 * len(_WORDS.findall(text)) else "en"


def too_late(messages: Sequence[Message]) -> str:
    """What is said for a conversation that took too long."""
    if asked(messages).language == "zh":
        return "<think>\n这道题算得太久，已经停止。\n</think>\n\n我没能在限定的时间内解出这道题，因此不猜测结果。"
    return (
        "<think>\nThis took too long, and was stopped.\n</think>\n\n"
        "I could not solve this within my time limit, and I do not guess."
    )
