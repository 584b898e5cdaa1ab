"""The check of one answer.

From the problem and the answer to a verdict, its method and a sentence that explains it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

import sympy as sp
from sympy.polys.polyerrors import BasePolynomialError

from checkers.mathematics.answers.expected import Expected
from checkers.mathematics.answers.judge import after_the_question, judged
from checkers.mathematics.answers.reader import meaning
from checkers.mathematics.confirmation import (
    Doubt,
    doubt_of_answer,
    doubt_of_letters,
    doubt_of_result,
    doubt_of_statement,
)
from checkers.mathematics.formulas.build import build
from checkers.mathematics.formulas.nodes import NotUnderstood
from checkers.mathematics.formulas.text import LONGEST_TEXT
from checkers.mathematics.problem.asking import wordings
from checkers.mathematics.problem.facts import Facts, gathered
from checkers.mathematics.problem.notes import shape_of
from checkers.mathematics.problem.options import Options, split_options
from checkers.mathematics.problem.phrases import phrased
from checkers.mathematics.problem.reading import Reading, reading
from checkers.mathematics.problem.wording import sentence, shown, target_of
from checkers.mathematics.problem.wrapped import Form, unwrapped
from checkers.mathematics.questions import QUESTIONS, Ask, Question
from checkers.mathematics.questions.options import OPTION_QUESTIONS
from checkers.mathematics.solving.forms import letters_of
from checkers.mathematics.steps.false_steps import false_step

__all__ = ["CANNOT", "Understood", "recognised", "understood", "verify"]

CANNOT = (
    ArithmeticError,
    AttributeError,
    IndexError,
    KeyError,
    NotImplementedError,
    RecursionError,
    TypeError,
    ValueError,
    BasePolynomialError,
    NotUnderstood,
    sp.SympifyError,
    BasePolynomialError,
)
"""What SymPy raises where it can do no more; then nothing is said of the answer."""


def verify(request: dict[str, Any]) -> dict[str, Any]:
    """Check `final_answer` and the steps of `solution` against `problem`.

    `language` is that of the `detail`.

    The reply has `status` (verified, refuted, unverifiable), `method` and `detail`, for a false step also its `line` in
    the solution (from 1) and `step`, a sentence about it, and depends on nothing else.
    Where something raised what `CANNOT` does not foresee, nothing is said of the answer, and `fault` is the
    name of the exception. Raises MemoryError only, as what lacked memory was not checked.
    """
    try:
        return _verify(request)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - SymPy raises what it likes; who asked gets a verdict
        language = "zh" if request.get("language") == "zh" else "en"
        verdict = _verdict("unverifiable", "none", sentence("failed", language))
        return {**verdict, "fault": type(error).__name__}


def _verify(request: dict[str, Any]) -> dict[str, Any]:
    language = "zh" if request.get("language") == "zh" else "en"
    problem, answer = request.get("problem"), request.get("final_answer")
    if not isinstance(problem, str) or len(problem) > LONGEST_TEXT:
        return _verdict("unverifiable", "none", sentence("too long", language))
    judgement = _of_answer(problem, answer, language)
    if judgement["status"] == "refuted":
        return judgement
    solution = request.get("solution")
    return _of_steps(problem, solution, language, judgement) if isinstance(solution, str) else judgement


def _of_steps(problem: str, solution: str, language: str, judgement: dict[str, Any]) -> dict[str, Any]:
    """What is said of the answer, with the line of a false equality in the steps, if there is one.

    A false line does not refute the answer: in recorded answers of real models slips cancel, or are meant otherwise.
    """
    found = false_step(problem, solution)
    if found is None:
        return judgement
    if doubt := doubt_of_statement(*found.trees, nearly=found.nearly):
        return {"doubt": doubt} | judgement
    values = {"left": shown(found.left), "right": shown(found.right)}
    detail = sentence("step", language, line=str(found.line), statement=found.written, **values)
    return judgement | {"line": found.line, "step": detail}


def _of_answer(problem: str, answer: object, language: str) -> dict[str, Any]:
    """What recomputing the problem says of the final answer."""
    if not isinstance(answer, str) or not answer.strip():
        return _verdict("unverifiable", "none", sentence("no answer", language))
    found = understood(problem)
    if found is None:
        return _verdict("unverifiable", "none", sentence("unrecognised", language))
    expected = found.expected
    said = after_the_question(expected, answer)
    try:
        verdict = judged(expected, said, found.facts.context())
    except CANNOT:
        verdict = None
    if verdict is not None and (doubt := _doubt(found, said, verdict=verdict)):
        return _verdict("unverifiable", "none", sentence("doubt", language)) | {"doubt": doubt}
    key = {True: "verified", False: "refuted", None: "unclear"}[verdict]
    try:
        target = target_of(expected, language)
    except CANNOT:  # a number of so many digits that SymPy cannot write it
        return _verdict("unverifiable", "none", sentence("unrecognised", language))
    detail = sentence(key, language, expected.method, target=target, given=answer.strip())
    if verdict is None:
        return _verdict("unverifiable", "none", detail)
    return _verdict(key, expected.method, detail)


def _doubt(found: Understood, answer: str, *, verdict: bool) -> Doubt:
    """What the second way has against a verdict.

    It is asked for the result and for the comparison.
    """
    expected, facts, result = found.expected, found.ask.facts, found.result
    if found.doubt or expected.kind in ("digits", "word"):
        return found.doubt
    if expected.kind == "choice" and expected.inner is None:
        return found.doubt
    try:
        # Of a choice, the text of the right option is compared.
        said = expected.options[expected.values[0]] if expected.kind == "choice" else answer
        told = meaning(said, facts.context())
    except CANNOT:
        return "unconfirmed"
    if result.kind in ("digits", "word"):
        return ""
    return doubt_of_answer(result, told, found.ask, verdict=verdict or expected.kind == "choice")


@dataclass(frozen=True)
class Understood:
    """A problem that is understood.

    Its right answer, what it gives, and the question that was recognised in it.
    """

    expected: Expected
    facts: Facts
    question: str
    ask: Ask

    @property
    def result(self) -> Expected:
        """What was computed; of a choice, what the right option says."""
        expected = self.expected
        return expected.inner if expected.kind == "choice" and expected.inner is not None else expected

    @cached_property
    def doubt(self) -> Doubt:
        """What the second way has against the result, whatever the answer is."""
        return doubt_of_result(self.question, self.ask, self.result)


@dataclass(frozen=True)
class Formed(Understood):
    """A problem that asks for the letters of a form that the answer of an inner question has."""

    inner: Understood
    form: Form

    @cached_property
    def doubt(self) -> Doubt:
        """What the second way has against the inner result, or against the letters."""
        return self.inner.doubt or doubt_of_letters(self.form, self.expected, self.inner.expected, self.ask)


def recognised(problem: str) -> tuple[Expected, Facts] | None:
    """The right answer to the problem, where it states everything and is understood."""
    found = understood(problem)
    return None if found is None else (found.expected, found.facts)


@lru_cache(maxsize=8)
def understood(problem: str) -> Understood | None:
    """As `recognised`, with the question that was recognised.

    Kept for the last few problems: most of a check's time goes here, and an answer that was refuted is asked for again.
    """
    options = split_options(problem)
    if options is not None:
        return _chosen(options)
    return _recognised_question(problem)


def _chosen(options: Options) -> Understood | None:
    """The letter of the one option that says what was computed.

    Where none does, the question was misread.
    """
    found = _recognised_question(options.question)
    if found is None:
        return _decided_by_options(options)
    expected, facts = found.expected, found.facts
    letters = []
    for letter, text in options.texts.items():
        verdict = _of_option(expected, text, facts)
        if verdict is None:
            return None
        if verdict:
            letters.append(letter)
    if len(letters) != 1:
        return None
    chosen = Expected("choice", (letters[0],), "options", inner=expected, options=options.texts)
    return replace(found, expected=chosen)


def _decided_by_options(options: Options) -> Understood | None:
    """The letter where each option says for itself whether it is the right one, such as an equation that holds."""
    read = reading(options.question)
    found = None if read is None else _recognised(read, OPTION_QUESTIONS, options.texts)
    if found is None:
        return None
    return replace(found, expected=replace(found.expected, options=options.texts))


_NONE_OF_THEM = re.compile(r"none of (?:the above|these)|以上(?:答案)?都不(?:对|是)|无法确定", re.IGNORECASE)


def _of_option(expected: Expected, text: str, facts: Facts) -> bool | None:
    """Whether an option says what was computed; None: it could, or says more that nobody has read."""
    if _NONE_OF_THEM.fullmatch(text.strip(" .。")):
        return False
    try:
        return judged(expected, text, facts.context())
    except CANNOT:
        return None


def _recognised_question(problem: str) -> Understood | None:
    read = reading(problem)
    if read is None:
        return None
    return _plainly_recognised(read) or _formed(read)


def _plainly_recognised(read: Reading) -> Understood | None:
    told = phrased(read)
    return _recognised(read) or (_recognised(told) if told is not None else None)


def _formed(read: Reading) -> Formed | None:
    """The letters of the form that the answer of the question before it has."""
    parted = unwrapped(read)
    inner = _plainly_recognised(parted[0]) if parted is not None else None
    if parted is None or inner is None or inner.expected.kind not in ("value", "roots"):
        return None
    form, result = parted[1], inner.expected
    if len(result.values) != 1 or result.unit is not None or result.decimals is not None:
        return None
    try:
        letters = letters_of(form, result.values[0], inner.facts.context())
        value = build(form.target, inner.facts.context(**letters))
    except CANNOT:
        return None
    if value.free_symbols or not value.is_Rational:
        return None
    expected = Expected("value", (value,), result.method, solutions=(letters,), question=form.target)
    return Formed(expected, inner.facts, inner.question, inner.ask, inner, form)


def _recognised(
    read: Reading, questions: tuple[Question, ...] = QUESTIONS, options: Mapping[str, str] | None = None
) -> Understood | None:
    try:
        shape_of(read, "")
        text, _ = gathered(read)
    except CANNOT:
        return None
    matches = (
        (question, match)
        for wording in wordings(text)
        for question in questions
        for shape in question.patterns
        if (match := shape.fullmatch(wording)) is not None
    )
    for question, match in matches:
        try:
            # Handlers add to the facts, so that each one gets its own.
            _, facts = gathered(read)
            ask = Ask(match, facts, read, options)
            return Understood(question.answer(ask), facts, question.name, ask)
        except CANNOT:
            continue  # another question may fit
    return None


def _verdict(status: str, method: str, detail: str) -> dict[str, Any]:
    return {"status": status, "method": method, "detail": detail}
