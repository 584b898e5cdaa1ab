"""Build the prompts of each task, in Chinese and English.

The texts are the Markdown files in this folder, one for each task and language. A line of ``=====`` separates the
system message from the user message; ``[[name]]`` is replaced by the text of that name. Text from users is data: its
control tokens are neutralised, and it is put between tags that it cannot close.
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
    "formalise_messages",
    "retry_messages",
    "solve_messages",
]

Message = dict[str, str]

_FILES = {
    entry.name.removesuffix(".md"): entry.read_text(encoding="utf-8")
    for entry in sorted(files(__name__).iterdir(), key=lambda entry: entry.name)
    if entry.name.endswith(".md")
}
# Part of every cache key. Raise the digit when a change of the code here or in ``fencing`` changes the prompts.
VERSION = (
    "2-"
    + hashlib.sha256("\0".join(f"{name}\0{text}" for name, text in _FILES.items()).encode()).hexdigest()[:12]
)

_PLACE = re.compile(r"\[\[(\w+)\]\]\n?")


def solve_messages(problem: str, *, language: Language, steps: bool, context: str | None) -> list[Message]:
    """Messages for a mathematics problem; *context* is the text that it refers to, already condensed."""
    name = "solve" if steps else "solve-brief"
    return _messages(f"{name}.{language}", {"context": context, "problem": problem})


def formalise_messages(problem: str, *, language: Language) -> list[Message]:
    """What to ask a witness, who writes the *problem* as equations (see :mod:`checkers.witness.language`)."""
    return _messages(f"formalise.{language}", {"problem": problem})


def analyze_messages(text: str, question: str | None, *, language: Language) -> list[Message]:
    """Messages for an argument, a proof or a puzzle, and the *question* about it."""
    return _messages(f"analyze.{language}", {"text": text, "question": question})


def chat_messages(messages: Sequence[Mapping[str, str]]) -> list[Message]:
    """A conversation with control tokens neutralised and without the thinking of earlier answers."""
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
    """The first heading of the prompt's answer form, with a line break; empty for a *task* without such a form."""
    file = _FILES.get(f"{task}.{'zh' if language == 'zh' else 'en'}", "")
    heading = re.search(r"^## .+$", file, re.MULTILINE)
    return f"{heading[0]}\n" if heading is not None else ""


def at_once_messages(
    messages: Sequence[Mapping[str, str]], language: Language | str
) -> tuple[Mapping[str, str], ...]:
    """*messages* with a request to answer without thinking, for hosts that cannot continue after a closed thinking."""
    request = _FILES[f"at-once.{'zh' if language == 'zh' else 'en'}"].strip()
    last = messages[-1]
    return (*messages[:-1], {**last, "content": f"{last['content']}\n\n{request}"})


def retry_messages(
    messages: Sequence[Message], wrong_answer_text: str, line: int | None, *, language: Language
) -> list[Message]:
    """*messages*, the refuted answer without its thinking, and a request to solve the problem again.

    *line* is the line of that answer with a false step, if one was found. The prompt does not contain what the check
    computed: a model that copied it would pass the next check without having solved the problem.
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
    """Replace each ``[[name]]`` of *template* by its fenced text, in one pass: a ``[[name]]`` inside a text stays."""
    blocks = fenced({name: text for name, text in texts.items() if text is not None})
    return _PLACE.sub(lambda match: f"{blocks[match[1]]}\n" if match[1] in blocks else "", template).strip()
