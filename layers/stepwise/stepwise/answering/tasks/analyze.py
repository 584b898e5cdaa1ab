"""The task analyze: an argument, whose validity Z3 decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypedDict

from stepwise.answering.tasks.task import (
    Body,
    Condensed,
    Presentation,
    Result,
    Task,
    common_body,
    is_corroborated,
)
from stepwise.plan import Plan

__all__ = [
    "Analysis",
    "Analyze",
    "AnalyzeResult",
    "Fallacy",
    "Ground",
    "Premise",
    "Relation",
    "Statement",
    "Validity",
]

_SUFFICES = {"zh": "（补上这一条，结论就成立）", "en": " (with this premise the conclusion follows)"}
_TRANSLATED = {
    "zh": "公式是模型对原文的翻译；求解器只判定这些公式，不判定原文。",
    "en": "The formulas are the model's translation of the text; the solver decides these, and not the text.",
}
_INCONSISTENT = {
    "zh": ("前提互相矛盾", "求解器发现这些前提不能同时成立，因此任何结论都可以从中推出。"),
    "en": (
        "Inconsistent premises",
        "The solver finds that the premises cannot all be true at once, so anything follows from them.",
    ),
}


class Statement(TypedDict):
    """A statement, and its formula if it has one."""

    text: str
    formula: str | None


class Premise(TypedDict):
    """A premise with its name in the relations: P1, P2, …"""

    id: str
    text: str
    formula: str | None


Relation = TypedDict(
    "Relation",
    {
        "from": list[str],
        "to": str,
        "type": Literal["entails", "supports", "contradicts", "assumes"],
        "rule": str | None,
    },
)
Relation.__doc__ = "How some statements bear on another."


class Fallacy(TypedDict):
    """A fallacy by its name, and why it is one."""

    name: str
    explanation: str


class Validity(TypedDict):
    """Whether the conclusion follows: as the model says, and as the solver decides."""

    model: Literal["valid", "invalid", "unknown"]
    solver: Literal["valid", "invalid", "unknown"]
    countermodel: dict[str, Any] | None


class Ground(TypedDict):
    """What the solver's verdict rests on: whose the formulas are, or what was decided about them."""

    kind: Literal["translation", "decision"]
    detail: str


class _Parts(TypedDict):
    analysis: str
    premises: list[Premise]
    conclusion: Statement | None
    relations: list[Relation]
    reasoning_chain: list[str]
    proof_idea: str | None
    missing_premises: list[str]
    fallacies: list[Fallacy]
    validity: Validity
    evidence: list[Ground]


class AnalyzeResult(_Parts, Result):
    """The stored result of an analysis. ``missing_formulas[i]`` is the formula of ``missing_premises[i]``."""

    missing_formulas: list[str | None]
    checked: bool


class Analysis(_Parts, Body):
    """The analysis of an argument."""

    cached: bool
    condensed: Condensed | None


class Analyze(Task[AnalyzeResult]):
    """The task analyze."""

    name = "analyze"
    text_field = "analysis"
    pointer = "/text"
    body = Analysis
    checker = "logic"
    verdict = ("verdict", "solver", "countermodel", "missing_that_suffices", "detail")

    def read(self, plan: Plan, answer: str, common: Result) -> AnalyzeResult:
        # Imported here: every function knows this task, one reads its answers, and that costs 10 ms of a cold start.
        from stepwise.parsing.analysis import read_analysis

        found = read_analysis(answer)
        parts: Any = found.as_dict()
        return {
            "premises": parts["premises"],
            "conclusion": parts["conclusion"],
            "relations": parts["relations"],
            "reasoning_chain": parts["reasoning_chain"],
            "proof_idea": parts["proof_idea"],
            "missing_premises": parts["missing_premises"],
            "fallacies": parts["fallacies"],
            "validity": {"model": found.model_verdict, "solver": "unknown", "countermodel": None},
            "evidence": [],
            "analysis": answer,
            "missing_formulas": list(found.missing_formulas),
            "checked": False,
            **common,
        }

    def present(self, result: AnalyzeResult, presentation: Presentation, *, cached: bool) -> Analysis:
        return {
            **common_body(result, presentation),
            "analysis": result["analysis"],
            "premises": result["premises"],
            "conclusion": result["conclusion"],
            "relations": result["relations"],
            "reasoning_chain": result["reasoning_chain"],
            "proof_idea": result["proof_idea"],
            "missing_premises": result["missing_premises"],
            "fallacies": result["fallacies"],
            "validity": _validity(result["validity"], verify=presentation.verify),
            "evidence": _evidence(result) if presentation.verify else [],
            "cached": cached,
            "condensed": result["condensed"],
        }

    def payload(self, plan: Plan, result: AnalyzeResult) -> dict[str, Any] | None:
        if not result["premises"]:
            return None  # with a premise missing, the solver would decide a different argument
        return {
            "premises": result["premises"],
            "conclusion": result["conclusion"],
            "missing": [
                {"text": text, "formula": formula}
                for text, formula in zip(result["missing_premises"], result["missing_formulas"], strict=False)
            ],
            "language": plan.subject["language"],
        }

    def nothing_to_check(self, result: AnalyzeResult, language: str) -> None:
        result["checked"] = True

    def take_verdict(self, result: AnalyzeResult, found: Mapping[str, Any], language: str) -> None:
        result["checked"] = True
        result["validity"] = {
            **result["validity"],
            "solver": found["solver"],
            "countermodel": found["countermodel"],
        }
        result["evidence"] = [
            {"kind": "translation", "detail": _TRANSLATED[language]},
            {"kind": "decision", "detail": str(found["detail"])},
        ]
        if found["verdict"] == "inconsistent":
            name, explanation = _INCONSISTENT[language]
            result["fallacies"] = [*result["fallacies"], {"name": name, "explanation": explanation}]
        missing, sufficient = list(result["missing_premises"]), found["missing_that_suffices"]
        if isinstance(sufficient, int) and 0 <= sufficient < len(missing):
            missing[sufficient] += _SUFFICES[language]
            result["missing_premises"] = missing

    def unchecked(self, result: AnalyzeResult) -> bool:
        return not result["checked"]

    def check_rank(self, result: AnalyzeResult) -> int:
        """The highest rank where the solver has decided, as for ``verified`` of a solution."""
        if result["validity"]["solver"] != "unknown":
            return 3
        return 2 if is_corroborated(result) else 1


def _evidence(result: AnalyzeResult) -> list[Ground]:
    """What the verdict rests on; a record of an earlier release does not say."""
    return result.get("evidence", [])


def _validity(validity: Validity, *, verify: bool) -> Validity:
    """The validity for a client; the solver's part only if verification was asked for."""
    if verify:
        return validity
    return {"model": validity["model"], "solver": "unknown", "countermodel": None}
