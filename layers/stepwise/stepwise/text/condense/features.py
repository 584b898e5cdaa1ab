"""Features of a sentence: question, option, formula, definition, number.

Patterns only, each linear. They match generously: a wrong match only takes room, a missed one may lose the answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Marks", "marks"]

_QUESTION = re.compile(r"[?？][\s”’\"')）】]*\Z")
_ASKS = re.compile(
    r"(?:[(（]?\d{1,2}[)）.、]\s*)?(?:"
    r"(?:试|请|并|再)?(?:求|证明|计算|解方程|解不等式|判断|化简|问[:：，]?|试问)"
    r"|(?:find|prove|show that|determine|compute|calculate|evaluate|solve|simplify|what|which|how many|how much|question)\b)",
    re.IGNORECASE,
)
_BLANK = re.compile(r"_{3,}|[(（]\s{0,8}[)）]\s*[。.]?\Z")
_OPTION = re.compile(r"[(（]?[A-H][)）.．、:：]\s*\S")
_FORMULA = re.compile(
    r"\\[a-zA-Z(\[]|\$[^\s$]"
    r"|[∀∃¬∧∨→↔⇒⇔⊕≤≥≠≈≡∑∏∫√±×÷∈∉⊂⊆∪∩∞∠△⊥∥°²³]"
    r"|[\w)\]]\s?[=<>＝＜＞]\s?[\w(\[\\√-]"
    r"|[0-9)]\s?[-+*/^]\s?[0-9(]"
)
_DEFINITION = re.compile(
    r"定义|称为|称作|叫做|叫作|记为|记作|所谓|规定|是指|定理|引理|公理|公式|性质|已知|假设|设|令"
    r"|\b(?:defin(?:e|es|ed|ition)|(?:is|are) called|denotes?|denoted|let|suppose|assume|given that|theorem|lemma|axiom"
    r"|means that|refers? to|stands? for|by definition|rule)\b",
    re.IGNORECASE,
)
_CONCLUSION = re.compile(
    r"因此|所以|故|综上|由此|可知|结论|从而"
    r"|\b(?:therefore|thus|hence|consequently|it follows|we conclude|conclusion|so)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"[0-9０-９]|[〇零一二两三四五六七八九十百千万亿]{2,}|百分之|分之"
    r"|[一二两三四五六七八九十几半][个只条本张人名位元角分米里克吨斤年月日天时岁倍次件箱辆棵台套层组份支把头匹口双]"
    r"|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred|thousand|million"
    r"|half|third|quarter|twice|double|triple|dozen|percent)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Marks:
    """The features of a sentence; several may be true."""

    question: bool
    option: bool
    formula: bool
    definition: bool
    number: bool
    conclusion: bool

    @property
    def notable(self) -> bool:
        """Whether it has a number, a formula or a definition, which the problem may need."""
        return self.formula or self.definition or self.number


def marks(sentence: str) -> Marks:
    """The features of one sentence (trimmed, at most some thousand characters)."""
    return Marks(
        question=bool(_QUESTION.search(sentence) or _ASKS.match(sentence) or _BLANK.search(sentence)),
        option=bool(_OPTION.match(sentence)),
        formula=bool(_FORMULA.search(sentence)),
        definition=bool(_DEFINITION.search(sentence)),
        number=bool(_NUMBER.search(sentence)),
        conclusion=bool(_CONCLUSION.search(sentence)),
    )
