"""Solutions as the text of an answer: thinking in ``<think>`` marks, then the parts that the prompts ask for."""

from __future__ import annotations

from embedded_model.values.solution import Say, Solution

__all__ = ["brief", "thinking", "whole"]


def thinking(text: str, answer: str) -> str:
    """A thinking part and the answer after it."""
    return f"<think>\n{text}\n</think>\n\n{answer}"


def whole(solution: Solution, say: Say) -> str:
    """Analysis, numbered steps, final answer and check."""
    steps = "\n".join(
        f"{number}. **{step.title}**" + say(": ", "：") + step.text
        for number, step in enumerate(solution.steps, start=1)
    )
    between = say(" ", "")
    return "\n\n".join(
        [
            say("## Analysis", "## 分析"),
            f"{solution.kind}{between}{solution.information}",
            say("## Steps", "## 步骤"),
            steps,
            brief(solution, say),
        ]
    )


def brief(solution: Solution, say: Say) -> str:
    """The final answer and its check."""
    return "\n\n".join(
        [
            say("## Answer", "## 答案"),
            rf"$\boxed{{{solution.answer}}}$",
            say("Check: ", "检验：") + solution.check,
        ]
    )
