"""The fields of a solved problem, read out of what models write."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stepwise.parsing.final_answer import final_answer
from stepwise.parsing.solution import Step, read_solution

SAMPLES = Path(__file__).parents[3] / "data" / "text" / "model_answers.jsonl"
ASKED_EN = r"""## Analysis
A quadratic equation.

## Steps
1. **Factor**: $x^2+2x-3=(x-1)(x+3)$.
2. **Zero product**: so $x=1$ or
   $x=-3$.

## Answer
$\boxed{x = 1 \text{ or } x = -3}$

Check: $1+2-3=0$."""
ASKED_ZH = r"""## 分析
一元二次方程。

## 步骤
1. **因式分解**：$x^2+2x-3=(x-1)(x+3)$。

2. **求根**：所以

$$
1. x
$$

## 答案
$x=\boxed{1}$ 或 $x=\boxed{-3}$。检验：成立。"""


@pytest.mark.parametrize(
    "row",
    [json.loads(line) for line in SAMPLES.read_text(encoding="utf-8").splitlines()],
    ids=lambda row: row["problem"][:40],
)
def test_the_final_answer_of_a_real_model_is_found(row: dict[str, str]) -> None:
    assert (final_answer(row["output"]) or "").replace(" ", "") == row["extracted"].replace(" ", "")
    assert read_solution(row["output"], steps=True).steps


def test_the_layout_that_the_english_prompt_asks_for_is_read() -> None:
    solution = read_solution(ASKED_EN, steps=True)
    assert solution.analysis == "A quadratic equation."
    assert solution.steps == (
        Step("Factor", "$x^2+2x-3=(x-1)(x+3)$."),
        Step("Zero product", "so $x=1$ or\n   $x=-3$."),
    )
    assert solution.final_answer == r"x = 1 \text{ or } x = -3"


def test_the_layout_that_the_chinese_prompt_asks_for_is_read() -> None:
    solution = read_solution(ASKED_ZH, steps=True)
    assert solution.analysis == "一元二次方程。"
    assert solution.steps == (
        Step("因式分解", "$x^2+2x-3=(x-1)(x+3)$。"),
        Step("求根", "所以\n\n$$\n1. x\n$$"),
    )
    assert solution.final_answer == "1, -3"


def test_without_steps_only_the_final_answer_is_read() -> None:
    solution = read_solution(ASKED_EN, steps=False)
    assert (solution.analysis, solution.steps) == (None, ())
    assert solution.final_answer is not None


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        (
            "### Step 1: Isolate\nAdd 3.\n\n### Step 2: Solve\nDivide.\n\n**Final Answer**\n$x=3$",
            [("Isolate", "Add 3."), ("Solve", "Divide.")],
        ),
        (
            "**步骤一：移项**\n得 2x=4。\n**步骤二：求解**\n得 x=2。",
            [("移项", "得 2x=4。"), ("求解", "得 x=2。")],
        ),
        (
            "第一步，计算 2+3=5。\n第二步，计算 5*2=10。\n答案：10",
            [(None, "计算 2+3=5。"), (None, "计算 5*2=10。")],
        ),
        (
            "Step 1: Add.\nStep 2: Multiply.\n5*2=10\nThe answer is 10.",
            [(None, "Add."), (None, "Multiply.\n5*2=10")],
        ),
        (
            "(1) We add.\n(2) It is 3.5 then.\n\nFinal answer: 3.5",
            [(None, "We add."), (None, "It is 3.5 then.")],
        ),
        (
            "1. Kind of problem: sum.\n\n2. Steps:\n   1. **A**: x\n   2. **B**: y\n\n3. Final answer: 7",
            [("A", "x"), ("B", "y")],
        ),
        ("Let $a=1$.\n\nThen $b=2$.\n\n\\[c=3\\]\n\nTherefore $c=3$.", [(None, "Then $b=2$.\n\n\\[c=3\\]")]),
        ("Four.", [(None, "Four.")]),
        ("", []),
    ],
)
def test_other_layouts_give_their_steps(text: str, steps: list[tuple[str | None, str]]) -> None:
    assert [(step.title, step.text) for step in read_solution(text, steps=True).steps] == steps


def test_a_plan_is_not_taken_for_the_steps() -> None:
    plan = "We will:\n1. Simplify.\n2. Isolate.\n\n"
    work = "First we simplify both sides and get a much shorter equation for the unknown. " * 3
    solution = read_solution(plan + work + "\n\nThen we isolate.\n\nThus $x=2$.", steps=True)
    assert [step.text for step in solution.steps][-1] == "Then we isolate."
    assert "Simplify." not in [step.text for step in solution.steps]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (r"so $\boxed{3}$.", "3"),
        (r"\boxed{\frac{1}{\sqrt{2}}}", r"\frac{1}{\sqrt{2}}"),
        (r"\boxed{\{1, 2\}}", r"\{1, 2\}"),
        (r"\boxed{\boxed{4}}", r"\boxed{4}"),
        (r"\fbox{5} and \boxed 6.", "5, 6"),
        (r"First \boxed{2}. Wait, that is wrong, we must correct it: \boxed{3}.", "3"),
        (r"$x=\boxed{1}$ or $x=\boxed{-3}$", "1, -3"),
        (r"\(x=\boxed{1}\), \(y=\boxed{2}\)", "x = 1, y = 2"),
        (r"\boxed{7} ... again \boxed{7}", "7"),
        (r"put it in \boxed{}: \boxed{9}", "9"),
        (r"earlier \boxed{2}, and now \boxed{3", "2"),
        ("## Answer\n\n**42**\n\nCheck: yes", "42"),
        ("**最终答案**：$x = 3$。", "x = 3"),
        ("The final answer is: $\\frac{1}{2}$.", r"\frac{1}{2}"),
        ("The correct answer is **B**.", "B"),
        ("故选：C", "C"),
        ("答：小明有 5 个苹果。", "小明有 5 个苹果"),
        ("Therefore, the total is $1,234.50.", "1,234.50"),
        ("因此 x 的值是 $\\frac{1}{2}$。", r"\frac{1}{2}"),
        ("It is 12.5 in all", "12.5 in all"),
        ("Seven and 8 more", "8"),
        ("I do not know", None),
        ("", None),
    ],
)
def test_the_final_answer_is_the_last_that_the_text_gives(text: str, answer: str | None) -> None:
    assert final_answer(text) == answer


@pytest.mark.parametrize("gap", [" ", "\n", " \n", "*", "(", "a"])
@pytest.mark.parametrize(
    "text",
    [
        "## answer{}x",
        "Final answer:{}**{}x",
        "# a{}b",
        "{}x",
        "1.{}x",
        "Step 1{}x",
        "therefore{}={}x",
        "\\boxed{}1",
        "a\n{}\n---{}x",
    ],
)
def test_gaps_of_any_length_take_no_noticeable_time(text: str, gap: str) -> None:
    started = time.process_time()
    solution = read_solution(text.replace("{}", gap * (20_000 // len(gap))), steps=True)
    assert time.process_time() - started < 2
    assert isinstance(solution.steps, tuple)


@pytest.mark.parametrize(
    "unit",
    ["\\boxed{", "\\boxed{1}", "so 1 = ", "1. a\n", "**", "$a$ ", "## Answer\n", "Answer: ", "\\[", "因此"],
)
def test_long_and_strange_answers_take_no_noticeable_time(unit: str) -> None:
    started = time.process_time()
    solution = read_solution(unit * (60_000 // len(unit)), steps=True)
    assert time.process_time() - started < 3
    assert isinstance(solution.steps, tuple)


@settings(max_examples=300, deadline=None)
@given(
    st.text(
        alphabet=st.one_of(st.sampled_from("$\\{}[]()*#\n 1.:：步骤答案=boxed"), st.characters()), max_size=80
    )
)
def test_any_text_has_fields_and_each_step_is_cut_out_of_it(text: str) -> None:
    solution = read_solution(text, steps=True)
    lines = {line.strip() for line in text.split("\n")}
    for step in solution.steps:
        assert step.text
        assert all(any(part.strip() in line for line in lines) for part in step.text.split("\n"))
