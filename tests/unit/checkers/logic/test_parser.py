"""Formulas are read whatever they are spelled in, and what is no formula is refused with its place."""

from __future__ import annotations

import json
import string
import time
from pathlib import Path

import pytest
from checkers.logic.errors import FormulaError
from checkers.logic.formulas import (
    KEYWORDS,
    Equal,
    Formula,
    Junction,
    Not,
    Predicate,
    Quantified,
    Term,
    Truth,
    show,
)
from checkers.logic.parser import parse
from checkers.logic.wording import PROBLEMS
from hypothesis import given, settings
from hypothesis import strategies as st

DATA = Path(__file__).resolve().parents[3] / "data" / "logic"
SPELLINGS = [json.loads(line) for line in (DATA / "spellings.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("spelling", SPELLINGS, ids=lambda spelling: spelling["text"])
def test_every_spelling_is_read_as_it_is_meant(spelling: dict[str, str]) -> None:
    assert show(parse(spelling["text"])) == spelling["formula"]


NAMES = st.text(string.ascii_letters, min_size=1, max_size=6).filter(
    lambda name: name.lower() not in KEYWORDS
)
PREDICATES = NAMES.map(lambda name: name.capitalize() + "s")
CONSTANTS = st.one_of(
    NAMES.map(lambda name: name.lower() + "90"), st.integers(-99, 99).map(str), st.just("Ice Cream")
)


def terms(bound: tuple[str, ...]) -> st.SearchStrategy[Term]:
    things = st.builds(Term, CONSTANTS)
    if bound:
        things = st.one_of(things, st.sampled_from(bound).map(lambda name: Term(name, variable=True)))
    functions = st.builds(Term, NAMES.map(lambda name: name.lower() + "_of"), st.tuples(things))
    return st.one_of(things, things, functions)


def formulas(bound: tuple[str, ...] = (), depth: int = 4) -> st.SearchStrategy[Formula]:
    term = terms(bound)
    atoms: st.SearchStrategy[Formula] = st.one_of(
        st.builds(Predicate, PREDICATES, st.lists(term, max_size=3).map(tuple)),
        st.builds(lambda left, right: Predicate("<", (left, right)), term, term),
        st.builds(Equal, term, term),
        st.builds(Truth, st.booleans()),
    )
    if depth == 0:
        return atoms
    inner = st.deferred(lambda: formulas(bound, depth - 1))
    junctions = st.builds(Junction, st.sampled_from("∧∨"), st.lists(inner, min_size=2, max_size=3).map(tuple))
    implications = st.builds(Junction, st.sampled_from("→⊕↔"), st.tuples(inner, inner))
    variable = f"x{len(bound)}"
    quantified = st.builds(
        Quantified,
        st.sampled_from(["∀", "∃", "∃!"]),
        st.just(variable),
        st.deferred(lambda: formulas((*bound, variable), depth - 1)),
    )
    return st.one_of(atoms, st.builds(Not, inner), junctions, implications, quantified)


@settings(max_examples=200, deadline=None)
@given(formulas())
def test_a_formula_that_is_shown_and_read_again_is_the_same(formula: Formula) -> None:
    assert parse(show(formula)) == formula


@pytest.mark.parametrize(
    ("text", "code", "at"),
    [
        ("", "ends_early", 0),
        ("P ∧", "ends_early", 3),
        ("P Q", "unexpected", 2),
        ("∧ P", "unexpected", 0),
        ("P(a", "bracket_not_closed", 1),
        ("P(a))", "bracket_not_opened", 4),
        ("(P ∧ Q]", "bracket_not_opened", 6),
        ("C: (P → Q))", "bracket_not_opened", 10),
        ("P(a ∧ b)", "sign_among_arguments", 4),
        ("∀ (P)", "ends_early", 5),
        ("∀ → P", "variable_missing", 2),
        ("∃x x", "variable_is_no_statement", 3),
        ("∀x x(a)", "variable_is_no_function", 3),
        ("P → 5", "number_is_no_statement", 4),
        ("P # Q", "unknown_sign", 2),
        ("P ∧ ' '", "unknown_sign", 4),
        (r"P \frac Q", "unknown_sign", 2),
        ("P + Q", "unknown_sign", 2),
        ("a ∈ 5", "set_name_missing", 4),
        ("a =", "ends_early", 3),
        ("P(, a)", "name_missing", 2),
        ("if P or Q", "then_missing", 9),
        ("Implies(P, Q, R)", "wrong_number_of_parts", 0),
        ("__import__('os').system('ls')", "unexpected", 17),
        ("it is raining", "unexpected", 3),
    ],
)
def test_what_is_no_formula_is_refused_with_its_place(text: str, code: str, at: int) -> None:
    with pytest.raises(FormulaError) as caught:
        parse(text)

    assert (caught.value.code, caught.value.at) == (code, at)


HOSTILE = {
    "brackets": "(" * 7_999,
    "brackets that close": "(" * 3_000 + "P" + ")" * 3_000,
    "negations": "¬" * 3_900 + "P",
    "quantifiers": "∀x" * 1_900 + "P(x)",
    "implications": "P" + "→P" * 1_900,
    "functions": "P(" + "f(" * 1_900 + "a" + ")" * 1_901,
    "conditions": "if P then " * 700 + "P",
    "nested implications": "(" * 50 + "P" + "→P)" * 50 + "→P" * 160,
    "a megabyte": "7" * 1_000_000,
    "nested scopes": "∀x P(x) ∧ (" * 59 + "P" + ")" * 59,
    "carets": "^" * 4_000,
    "backslashes": "\\" * 4_000,
    "quotes": "'" * 4_000,
    "blanks": " " * 7_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_formulas_are_refused_at_once(text: str) -> None:
    began = time.process_time()
    with pytest.raises(FormulaError):
        parse(text)

    assert time.process_time() - began < 1


@pytest.mark.parametrize("sign", ["∧", "∨"])
def test_a_long_flat_chain_is_no_deep_one(sign: str) -> None:
    formula = parse(sign.join(f"P{number}" for number in range(1_500)))

    assert isinstance(formula, Junction)
    assert len(formula.parts) == 1_500


SIGNS = "∀|∃|x|y|P|Q(|R(x,|)|(|¬|∧|∨|→|↔|⊕|=|<|5|,|.|:| |如果|则|若|且|或|非|任意|存在|人|if|then| and | v |∈|\\text{|}|$|'|\"|!|-|>|[|]"


@pytest.mark.parametrize("name", ["5", "in", "and", "x y", "v", "∀", "<>", "O'Dell"])
def test_a_quoted_name_is_a_name_whatever_it_looks_like(name: str) -> None:
    formula = parse(f'"{name}" ∧ Knows(ann, "{name}") ∧ "{name}"(bob)')

    assert formula == Junction(
        "∧",
        (
            Predicate(name),
            Predicate("Knows", (Term("ann"), Term(name))),
            Predicate(name, (Term("bob"),)),
        ),
    )
    assert parse(show(formula)) == formula


def read(text: str) -> Formula | FormulaError:
    try:
        return parse(text)
    except FormulaError as error:
        return error


@settings(max_examples=800, deadline=None)
@given(st.lists(st.sampled_from(SIGNS.split("|")), max_size=25).map("".join))
def test_any_mixture_of_signs_is_read_or_refused_and_never_breaks(text: str) -> None:
    found = read(text)

    if isinstance(found, FormulaError):
        assert found.code in PROBLEMS
        assert 0 <= found.at <= len(text)
    else:
        assert parse(show(found)) == found


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_and_never_breaks(text: str) -> None:
    found = read(text)

    assert found.code in PROBLEMS if isinstance(found, FormulaError) else show(found)
