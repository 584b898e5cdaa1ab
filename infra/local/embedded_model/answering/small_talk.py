"""What is said where there is nothing to solve, or nothing that this program can solve."""

from __future__ import annotations

import re

from embedded_model import MODEL
from embedded_model.values.solution import Say

__all__ = ["reply", "unable"]

_GREETING = re.compile(
    r"(?:hi|hello|hey|good (?:morning|afternoon|evening)|你好|您好|嗨|早上好|下午好|晚上好|大家好)(?: there)?[\s,.!，。！~]*",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"(?:thanks?(?: you)?(?: very much| a lot)?|thx|谢谢你?|多谢|感谢)[\s,.!，。！~]*", re.IGNORECASE
)
_WHO = re.compile(
    r".{0,20}(?:who are you|what are you|what can you do|what is your name|which model|introduce yourself|你是谁|你是什么|你叫什么|你能做什么|你会什么|介绍一下你自己|什么模型).{0,20}",
    re.IGNORECASE | re.DOTALL,
)


def reply(text: str, say: Say) -> str | None:
    """An answer to a greeting, to thanks, or to the question what this is."""
    rest = _GREETING.sub("", text, count=1).strip() if _GREETING.match(text) else text
    if not rest:
        return say("Hello! ", "你好！") + _what_i_am(say)
    if _THANKS.fullmatch(rest):
        return say("You are welcome.", "不客气。")
    if _WHO.fullmatch(rest):
        return _what_i_am(say)
    return None


def unable(say: Say) -> str:
    """That this cannot be answered; it holds no number and no formula that could be taken for an answer."""
    return say(
        f"I cannot solve this. {_what_i_am(say)} I do not understand every part of this text, and I do not guess.",
        f"这个我解不出来。{_what_i_am(say)}这段文字我没有完全读懂，因此不作猜测。",
    )


def _what_i_am(say: Say) -> str:
    return say(
        f"I am {MODEL}, a small program built on SymPy that stands in for a language model. I can do arithmetic, "
        "equations and systems, inequalities, derivatives, integrals, limits, factoring, simple word problems and short "
        "logical arguments.",
        f"我是 {MODEL}，一个基于 SymPy 的小程序，用来代替语言模型。我会算术、方程与方程组、不等式、求导、积分、极限、因式分解、"
        "简单应用题和简短的逻辑论证。",
    )
