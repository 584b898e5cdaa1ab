"""From a conversation to the whole text of its answer; always the same text for the same conversation."""

from __future__ import annotations

from collections.abc import Sequence

from embedded_model import MODEL, writing
from embedded_model.conversation import asked
from embedded_model.requests import Message
from embedded_model.solution import Say, Solution
from embedded_model.solvers import mathematics

__all__ = ["full_text"]


def full_text(messages: Sequence[Message]) -> str:
    """Thinking and answer for *messages*."""
    task = asked(messages)
    say = Say(task.language)
    solution = mathematics.solve(task.text, say)
    if solution is None:
        return writing.thinking(_no_way(say), _unable(say))
    write = writing.whole if task.steps else writing.brief
    return writing.thinking(_thoughts(solution, say), write(solution, say))


def _thoughts(solution: Solution, say: Say) -> str:
    lines = [
        say("Let me see what is asked.", "先看清题目要求什么。"),
        f"{solution.kind} {solution.information}",
    ]
    lines.extend(
        say("Then: ", "接下来：") + step.title + say(". ", "。") + step.text for step in solution.steps
    )
    lines.append(
        say(f"So the answer should be ${solution.answer}$.", f"所以答案应当是 ${solution.answer}$。")
    )
    lines.append(say("Let me check it. ", "检验一下。") + solution.check)
    return "\n".join(lines)


def _no_way(say: Say) -> str:
    return say(
        "I read the text and try each kind of problem that I know. None of them accounts for every word and number in "
        "it, and a guess would be worse than no answer.",
        "我逐一尝试我会的题型，但没有一种能解释题目中的每一个词和数字；与其猜测，不如不答。",
    )


def _unable(say: Say) -> str:
    return say(
        f"I am {MODEL}, a small built-in solver and not a language model, and I cannot solve this problem: I do not "
        "understand all of it. I give no answer rather than a guess.",
        f"我是 {MODEL}，一个内置的小型求解程序，不是语言模型。这道题我没有完全读懂，无法解答；我不会猜测答案。",
    )
