"""The fields of an analysed argument, read out of what models write."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stepwise.parsing.analysis import Analysis, Fallacy, Premise, Relation, Statement, read_analysis

ASKED_EN = """## Premises
P1: All men are mortal. `∀x (Man(x) → Mortal(x))`
P2: Socrates is a man. `Man(socrates)`

## Conclusion
C: Socrates is mortal. `Mortal(socrates)`

## Relations
P1, P2 -> C: entails (universal instantiation, modus ponens)
P2 -> P1: supports

## Reasoning
1. Instantiate P1 for Socrates.
2. Apply modus ponens.

## Proof idea
Instantiate the rule,
then apply it.

## Missing premises
- Socrates exists. `∃x (x = socrates)`

## Fallacies
- Hasty generalisation: one case is taken for all.

## Verdict
valid: it follows."""

ASKED_ZH = """## 前提
P1: 所有人都会死。`∀x (Man(x) → Mortal(x))`
P2: 苏格拉底是人。`Man(socrates)`

## 结论
C: 苏格拉底会死。`Mortal(socrates)`

## 关系
P1, P2 -> C: entails（假言推理）

## 推理链
1. 代入。
2. 推出。

## 证明思路
直接代入。

## 缺失的前提
无

## 谬误
无

## 判断
有效"""

LOOSE = """### 1. Premises:
- **P1:** All men are mortal.
  Formula: $\\forall x (Man(x) \\to Mortal(x))$
- **P2:** Plato is a man. **Formula:** `Man(plato)`

**2. Conclusion:** Plato is mortal (`Mortal(plato)`).

**Logical relations**
* {P1, P2} ⇒ C (entails, by modus ponens)

**Chain of reasoning**
① From P1. ② is not split

### Hidden assumptions
None.
### Fallacies
There are no fallacies in this argument.
### Validity
The argument is **not valid**."""


def test_the_layout_that_the_english_prompt_asks_for_is_read() -> None:
    assert read_analysis(ASKED_EN) == Analysis(
        premises=(
            Premise("P1", "All men are mortal.", "∀x (Man(x) → Mortal(x))"),
            Premise("P2", "Socrates is a man.", "Man(socrates)"),
        ),
        conclusion=Statement("Socrates is mortal.", "Mortal(socrates)"),
        relations=(
            Relation(("P1", "P2"), "C", "entails", "universal instantiation, modus ponens"),
            Relation(("P2",), "P1", "supports", None),
        ),
        reasoning_chain=("Instantiate P1 for Socrates.", "Apply modus ponens."),
        proof_idea="Instantiate the rule,\nthen apply it.",
        missing_premises=("Socrates exists.",),
        missing_formulas=("∃x (x = socrates)",),
        fallacies=(Fallacy("Hasty generalisation", "one case is taken for all."),),
        model_verdict="valid",
    )


def test_the_layout_that_the_chinese_prompt_asks_for_is_read() -> None:
    analysis = read_analysis(ASKED_ZH)
    assert [premise.text for premise in analysis.premises] == ["所有人都会死。", "苏格拉底是人。"]
    assert analysis.conclusion == Statement("苏格拉底会死。", "Mortal(socrates)")
    assert analysis.relations == (Relation(("P1", "P2"), "C", "entails", "假言推理"),)
    assert (analysis.reasoning_chain, analysis.proof_idea) == (("代入。", "推出。"), "直接代入。")
    assert (analysis.missing_premises, analysis.fallacies, analysis.model_verdict) == ((), (), "valid")


def test_other_headings_bullets_and_formulas_are_understood() -> None:
    analysis = read_analysis(LOOSE)
    assert [premise.id for premise in analysis.premises] == ["P1", "P2"]
    assert [premise.text for premise in analysis.premises] == ["All men are mortal.", "Plato is a man."]
    assert analysis.premises[0].formula == "\\forall x (Man(x) \\to Mortal(x))"
    assert analysis.premises[1].formula == "Man(plato)"
    assert analysis.conclusion is not None
    assert analysis.conclusion.formula == "Mortal(plato)"
    assert [relation.from_ for relation in analysis.relations] == [("P1", "P2")]
    assert (analysis.missing_premises, analysis.fallacies) == ((), ())
    assert analysis.model_verdict == "invalid"


def test_the_json_shapes_are_those_of_the_contract() -> None:
    shape = read_analysis(ASKED_EN).as_dict()
    assert shape["premises"][0] == {
        "id": "P1",
        "text": "All men are mortal.",
        "formula": "∀x (Man(x) → Mortal(x))",
    }
    assert shape["relations"][0]["from"] == ["P1", "P2"]
    assert shape["fallacies"] == [
        {"name": "Hasty generalisation", "explanation": "one case is taken for all."}
    ]
    assert set(shape) == {
        "premises",
        "conclusion",
        "relations",
        "reasoning_chain",
        "proof_idea",
        "missing_premises",
        "fallacies",
    }


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        ("valid", "valid"),
        ("Invalid.", "invalid"),
        ("**unknown**", "unknown"),
        ("The conclusion follows from the premises.", "valid"),
        ("The conclusion does not follow.", "invalid"),
        ("It cannot be determined whether it is valid.", "unknown"),
        ("Uncertain", "unknown"),
        ("True", "valid"),
        ("无效", "invalid"),
        ("结论不成立", "invalid"),
        ("不能由前提推出，无效", "invalid"),
        ("不能确定是否有效", "unknown"),
        ("成立", "valid"),
        ("mu", "unknown"),
    ],
)
def test_the_verdict_is_the_first_word_that_decides(verdict: str, expected: str) -> None:
    assert read_analysis(f"## Verdict\n{verdict}").model_verdict == expected


@pytest.mark.parametrize(
    "nothing",
    [
        "none",
        "**None.**",
        "N/A",
        "No fallacies.",
        "There are no missing premises.",
        "无",
        "无明显谬误。",
        "没有缺失的前提",
        "（无）",
    ],
)
def test_nothing_to_say_is_no_item(nothing: str) -> None:
    analysis = read_analysis(f"## Missing premises\n- {nothing}\n## Fallacies\n{nothing}")
    assert (analysis.missing_premises, analysis.fallacies) == ((), ())


def test_a_premise_that_says_that_there_are_none_of_something_is_a_premise() -> None:
    premises = "## Premises\n1. There are no cats.\n2. 没有猫。"
    analysis = read_analysis(f"{premises}\n## Missing premises\n- 无理数是实数。\n- No cat is a dog.")
    assert [premise.text for premise in analysis.premises] == ["There are no cats.", "没有猫。"]
    assert analysis.missing_premises == ("无理数是实数。", "No cat is a dog.")


def test_names_of_premises_are_kept_unique_and_premises_without_names_get_some() -> None:
    analysis = read_analysis("## Premises\n1. It rains.\n2. Rain is wet.\nP2: It is wet.\nP2: Again.")
    ids = [premise.id for premise in analysis.premises]
    assert len(set(ids)) == len(ids) == 4
    assert ids[:2] == ["P1", "P2"]


@pytest.mark.parametrize(
    "text", ["", "I cannot analyse this.", "## Premises\n\n## Conclusion", "\n#\n##\n**\n"]
)
def test_a_text_without_parts_has_empty_fields(text: str) -> None:
    analysis = read_analysis(text)
    assert (analysis.premises, analysis.conclusion, analysis.relations, analysis.model_verdict) == (
        (),
        None,
        (),
        "unknown",
    )


@pytest.mark.parametrize(
    "unit",
    [
        "## Premises\nP1: a `b`\n",
        "P1, P2 -> C: entails (a",
        "## Fallacies\n- (",
        "`",
        "**a",
        "# :",
        "没有",
        "premises: ",
    ],
)
def test_long_and_strange_analyses_take_no_noticeable_time(unit: str) -> None:
    text = "## Premises\n" + unit * (30_000 // len(unit)) + "\n## Relations\n" + unit * (30_000 // len(unit))
    started = time.process_time()
    analysis = read_analysis(text)
    assert time.process_time() - started < 3
    assert isinstance(analysis.premises, tuple)


@pytest.mark.parametrize("gap", [" ", "\t", "*", "(", "a"])
@pytest.mark.parametrize(
    "text", ["{}x", "P1{}: x", "- {}x", "P1 -> C (a){}x", "formula.{}x", "**a**{}x", "none{}x"]
)
def test_gaps_of_any_length_take_no_noticeable_time(text: str, gap: str) -> None:
    line = text.replace("{}", gap * 20_000)
    started = time.process_time()
    analysis = read_analysis(
        "\n".join(f"## {part}\n{line}" for part in ("Premises", "Relations", "Fallacies", "Verdict"))
    )
    assert time.process_time() - started < 2
    assert isinstance(analysis.premises, tuple)


@settings(max_examples=300, deadline=None)
@given(
    st.text(
        alphabet=st.one_of(st.sampled_from("#*`$->:：P12C \n()无前提结论关系"), st.characters()), max_size=100
    )
)
def test_any_text_has_an_analysis_of_the_right_shape(text: str) -> None:
    analysis = read_analysis(f"## Premises\n{text}\n## Relations\n{text}\n## Missing premises\n{text}")
    assert len(analysis.missing_premises) == len(analysis.missing_formulas)
    assert all(premise.text and premise.id for premise in analysis.premises)
