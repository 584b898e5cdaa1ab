"""From a conversation to the whole text of its answer; always the same text for the same conversation."""

from __future__ import annotations

from collections.abc import Sequence

from embedded_model.answering import mathematics, small_talk, witness, writing
from embedded_model.answering.conversation import Asked, asked
from embedded_model.logic.analysis import analyse
from embedded_model.values.message import Message
from embedded_model.values.solution import Say, Solution

__all__ = ["full_text"]


def full_text(messages: Sequence[Message], *, witness_differs: bool = False) -> str:
    """Thinking and answer for *messages*; *witness_differs*: a problem is written as equations of another result."""
    task = asked(messages)
    say = Say(task.language)
    try:
        if task.task == "formalise":
            return _formalised(task, say, differs=witness_differs)
        return _analysed(task, say) if task.task == "analyze" else _solved(task, say)
    except (RecursionError, MemoryError, ArithmeticError, ValueError):
        # What is too large for a solver is something that it cannot do.
        return writing.thinking(_no_way(say), small_talk.unable(say))


def _formalised(task: Asked, say: Say, *, differs: bool) -> str:
    solution = mathematics.solve(task.text, say)
    if solution is None or solution.formalisation is None:
        return writing.thinking(_no_way(say), small_talk.unable(say))
    lines = witness.formal(solution.formalisation, differs=differs)
    return writing.thinking(say("I write down what is given.", "写出已知量。"), lines)


def _analysed(task: Asked, say: Say) -> str:
    report = analyse(task.text, task.question, say)
    if report is None:
        return writing.thinking(_no_argument(say), small_talk.unable(say))
    thoughts = [
        say("Let me find the premises and the conclusion.", "先找出前提和结论。"),
        *(line for line in report.splitlines() if line and not line.startswith("#")),
    ]
    return writing.thinking("\n".join(thoughts), report)


def _solved(task: Asked, say: Say) -> str:
    solution = mathematics.solve(task.text, say)
    if solution is None and task.context:
        solution = mathematics.solve(f"{task.context} {task.text}", say)
    if solution is not None:
        write = writing.whole if task.steps else writing.brief
        return writing.thinking(_thoughts(solution, say), write(solution, say))
    greeting = small_talk.reply(task.text, say) if task.task == "chat" else None
    if greeting is not None:
        return writing.thinking(say("This is no problem to solve.", "这不是需要求解的题目。"), greeting)
    report = analyse(task.text, "", say) if task.task == "chat" else None
    if report is not None:
        return writing.thinking(say("This is an argument.", "这是一个论证。"), report)
    unable = small_talk.unable(say)
    if task.task == "solve" and task.steps:
        # Under this heading nobody takes it for a step.
        unable = say("## Analysis", "## 分析") + f"\n\n{unable}"
    return writing.thinking(_no_way(say), unable)


def _thoughts(solution: Solution, say: Say) -> str:
    lines = [
        say("Let me see what is asked.", "先看清题目要求什么。"),
        f"{solution.kind} {solution.information}",
        *(say("Then: ", "接下来：") + step.title + say(". ", "。") + step.text for step in solution.steps),
        say(f"So the answer should be ${solution.answer}$.", f"所以答案应当是 ${solution.answer}$。"),
        say("Let me check it. ", "检验一下。") + solution.check,
    ]
    return "\n".join(lines)


def _no_way(say: Say) -> str:
    return say(
        "I try each kind of problem that I know. None of them accounts for every word and number in this text, and a "
        "guess would be worse than no answer.",
        "我逐一尝试我会的题型，但没有一种能解释题目中的每一个词和数字；与其猜测，不如不答。",
    )


def _no_argument(say: Say) -> str:
    return say(
        "I try to turn every sentence into a formula. That does not work for all of them, and an analysis of half an "
        "argument would mislead.",
        "我尝试把每个句子写成公式，但并非都能做到；只分析论证的一半会误导人。",
    )
