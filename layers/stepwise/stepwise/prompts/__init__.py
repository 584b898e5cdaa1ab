"""The prompts: what the model is told for each task, in Chinese and in English.

The sentences are in the files beside this one, one for each task and language; a line of ``=====`` parts what the
system says from what the user says, and ``[[name]]`` is where a text goes. Text that comes from outside is data: its
control tokens are neutralised, and it stands between tags that it cannot close.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Mapping, Sequence
from importlib.resources import files

from stepwise.prompts.fencing import fenced, neutral
from stepwise.text.language import Language
from stepwise.text.thinking import split

__all__ = [
    "VERSION",
    "analyze_messages",
    "answer_start",
    "at_once_messages",
    "chat_messages",
    "retry_messages",
    "solve_messages",
]

Message = dict[str, str]

_FILES = {
    entry.name.removesuffix(".md"): entry.read_text(encoding="utf-8")
    for entry in sorted(files(__name__).iterdir(), key=lambda entry: entry.name)
    if entry.name.endswith(".md")
}
# Part of every cache key. The digit counts changes of the code here and in ``data`` that change what the model gets.
VERSION = (
    "2-"
    + hashlib.sha256("\0".join(f"{name}\0{text}" for name, text in _FILES.items()).encode()).hexdigest()[:12]
)

_PLACE = re.compile(r"\[\[(\w+)\]\]\n?")


def solve_messages(problem: str, *, language: Language, steps: bool, context: str | None) -> list[Message]:
    """What to ask for a mathematical problem; *context* is the text that it refers to, already condensed."""
    name = "solve" if steps else "solve-brief"
    return _messages(f"{name}.{language}", {"context": context, "problem": problem})


def analyze_messages(text: str, question: str | None, *, language: Language) -> list[Message]:
    """What to ask for an argument, a proof or a puzzle, and the question about it."""
    return _messages(f"analyze.{language}", {"text": text, "question": question})


def chat_messages(messages: Sequence[Mapping[str, str]]) -> list[Message]:
    """A conversation as the model may see it: control tokens neutralised, earlier turns without their thinking."""
    return [
        {
            "role": message["role"],
            "content": neutral(
                split(message["content"]).answer if message["role"] == "assistant" else message["content"]
            ),
        }
        for message in messages
    ]


@functools.cache
def answer_start(task: str, language: str) -> str:
    """The heading that an answer to *task* begins with, on a line of its own; empty where it has no form."""
    file = _FILES.get(f"{task}.{'zh' if language == 'zh' else 'en'}", "")
    heading = re.search(r"^## .+$", file, re.MULTILINE)
    return f"{heading[0]}\n" if heading is not None else ""


def at_once_messages(
    messages: Sequence[Mapping[str, str]], language: Language | str
) -> tuple[Mapping[str, str], ...]:
    """*messages* with the request to answer without thinking; for hosts that cannot go on from a closed thinking."""
    request = _FILES[f"at-once.{'zh' if language == 'zh' else 'en'}"].strip()
    last = messages[-1]
    return (*messages[:-1], {**last, "content": f"{last['content']}\n\n{request}"})


def retry_messages(
    messages: Sequence[Message], wrong_answer_text: str, line: int | None, *, language: Language
) -> list[Message]:
    """*messages*, the answer that was refuted (its thinking is left out), and the request to do it again.

    *line* is the line of that answer in which a step is false, if one was found. What the check computed is not told:
    a model that repeats it would make the next check worthless.
    """
    told, _, where = _FILES[f"corrected.{language}"].partition("\n=====\n")
    again = (
        told.strip() if line is None else f"{told.strip()}\n{where.strip().replace('[[line]]', str(line))}"
    )
    wrong = neutral(split(wrong_answer_text).answer)
    return [*messages, {"role": "assistant", "content": wrong}, {"role": "user", "content": again}]


def _messages(name: str, texts: Mapping[str, str | None]) -> list[Message]:
    system, _, user = _FILES[name].partition("\n=====\n")
    return [{"role": "system", "content": system.strip()}, {"role": "user", "content": _filled(user, texts)}]


def _filled(template: str, texts: Mapping[str, str | None]) -> str:
    """*template* with the fenced texts in their places, in one pass: a text that holds a place is not filled."""
    blocks = fenced({name: text for name, text in texts.items() if text is not None})
    return _PLACE.sub(lambda match: f"{blocks[match[1]]}\n" if match[1] in blocks else "", template).strip()
