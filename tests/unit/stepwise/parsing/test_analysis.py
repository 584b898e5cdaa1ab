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


def formula_of(line: str) -> str | None:
    (premise,) = read_analysis(f"## Premises\n{line}").premises
    return premise.formula


@pytest.mark.parametrize(
    "line",
    [
        "P1: not `P`",
        "Not: `P`",
        "P1: It is not the case that `P`.",
        "P1: It is false that: `P`",
        "P1: `P` is false",
        "P1: `P` does not hold.",
        "P1: If `P` then it is wet.",
        "P1: if it rains, `P`",
        "P1: `P` unless it rains",
        "P1: it rains or `P`",
        "P1: Either `P`",
        "P1: `P` or `Q`",
        "P1: `P`, `Q`",
        "P1: $P \\to Q$ and $Q \\to R$",
        "P1: ¬`P`",
        "P1: `P` → Q",
        "P1: the negation of `P`",
        "P1: For some x: `P(x) → Q(x)`",
        "P1: Tom denies that `P`",
        "P1: It isn't so that `P`",
        "P1: ~~`P`~~",
        "P1: 不 `P`",
        "P1: 并非 `P`",
        "P1: 如果 `P`",
        "P1: 下雨或 `P`",
        "P1: 除非 `P`",
        "P1: `P` 不成立",
        "P1: `P` 是假的",
        "P1: 要么 `P` 要么 `Q`",
        "P1: 并非如此：`P`",
    ],
)
def test_a_formula_that_is_a_part_of_what_its_line_says_is_none(line: str) -> None:
    assert formula_of(line) is None


@pytest.mark.parametrize(
    ("line", "formula"),
    [
        ("P1: Socrates is a man. `Man(socrates)`", "Man(socrates)"),
        ("P1: If it rains, it is wet. `R → W`", "R → W"),
        ("P1: If it rains, it is wet: `R → W`", "R → W"),
        ("P1: It does not rain. `¬R`", "¬R"),
        ("P1: It does not rain: `¬R`", "¬R"),
        ("P1: All men are mortal `∀x (Man(x) → Mortal(x))`", "∀x (Man(x) → Mortal(x))"),
        ("P1: Some cats are black. Formula: `∃x (Cat(x) ∧ Black(x))`", "∃x (Cat(x) ∧ Black(x))"),
        ("P1: `R → W` (it is wet when it rains)", "R → W"),
        ("P1: 如果下雨，地就湿。`R → W`", "R → W"),
        ("P1: 小明非常高。`Tall(ming)`", "Tall(ming)"),
        ("P1: 小明非常高 `Tall(ming)`", "Tall(ming)"),
        ("P1: It costs $5. `P`", "P"),
        ("- **P1**: It is 1.5 m high. `P`", "P"),
    ],
)
def test_the_formula_of_a_sentence_is_the_one_behind_it(line: str, formula: str) -> None:
    assert formula_of(line) == formula


def test_of_several_conclusions_all_are_decided_or_none() -> None:
    both = read_analysis("## Conclusion\nC1: It is wet. `W`\nC2: It is cold. `C`").conclusion
    one = read_analysis("## Conclusion\nC1: It is wet. `W`\nC2: It is cold.").conclusion

    assert both == Statement("It is wet. It is cold.", "(W) ∧ (C)")
    assert one == Statement("It is wet. It is cold.", None)


@pytest.mark.parametrize(
    "sign", ["-", "\n", "假", "真-", "。", " ", "*", "(", "`", "$", "\\(", "((a)", "not ", "如果"]
)
def test_sixteen_thousand_characters_of_anything_are_read_at_once(sign: str) -> None:
    text = sign * (16_000 // len(sign))
    began = time.process_time()
    for part in ("Verdict", "Premises", "Conclusion", "Relations", "Fallacies"):
        read_analysis(f"## {part}\n{text}")
        read_analysis(f"## {part}\n{text}x")

    assert time.process_time() - began < 1
