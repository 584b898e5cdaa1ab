"""Solutions as the text of an answer: thinking in ``<think>`` marks, then Markdown with LaTeX."""

from __future__ import annotations

from embedded_model.solution import Say, Solution

__all__ = ["answer_only", "thinking", "whole"]


def thinking(text: str, answer: str) -> str:
    """A thinking part and the answer after it."""
    return f"<think>\n{text}\n</think>\n\n{answer}"


def whole(solution: Solution, say: Say) -> str:
    """All parts of a solution."""
    steps = "\n\n".join(
        say(f"**Step {number}: {step.title}**", f"**步骤 {number}：{step.title}**") + f"\n\n{step.text}"
        for number, step in enumerate(solution.steps, start=1)
    )
    head = say("## Analysis", "## 分析") + f"\n\n{solution.kind} {solution.information}".rstrip()
    return "\n\n".join([head, say("## Steps", "## 解答步骤"), steps, answer_only(solution, say)])


def answer_only(solution: Solution, say: Say) -> str:
    """The final answer and its check."""
    return "\n\n".join(
        [
            say("## Final answer", "## 最终答案"),
            rf"$\boxed{{{solution.answer}}}$",
            say("**Check:** ", "**检验：** ") + solution.check,
        ]
    )
