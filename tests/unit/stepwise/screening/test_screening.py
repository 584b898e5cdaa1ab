"""What the screening lets through, what it refuses, and that it says why."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stepwise.errors import InputRejected
from stepwise.screening import DEEPEST_NESTING, find, screen, screen_conversation

SAMPLES = Path(__file__).parents[3] / "data" / "text"
SHARED = Path(__file__).parents[5] / "shared" / "data"
needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the full problem sets are not beside this checkout"
)


def rows(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def rule(text: str) -> str | None:
    finding = find(text)
    return finding.rule if finding else None


@pytest.mark.parametrize("row", rows(SAMPLES / "problems.jsonl"), ids=lambda row: row["source"])
def test_a_real_problem_passes(row: dict[str, str]) -> None:
    assert find(row["text"]) is None


@pytest.mark.parametrize("row", rows(SAMPLES / "model_answers.jsonl"), ids=lambda row: row["problem"][:40])
def test_a_worked_answer_passes_as_context(row: dict[str, str]) -> None:
    assert find(row["output"]) is None


@pytest.mark.parametrize("row", rows(SAMPLES / "attacks.jsonl"), ids=lambda row: row["payload"][:40])
def test_a_known_attack_is_refused(row: dict[str, str]) -> None:
    assert find(row["payload"]) is not None


@needs_shared
def test_none_of_the_problem_sets_is_refused() -> None:
    refused = [
        (name, finding.rule, row[field][finding.offset : finding.offset + 40])
        for name in ("math_en", "math_zh", "logic")
        for row in rows(SHARED / f"{name}.jsonl")
        for field in ("problem", "text", "question")
        if field in row and (finding := find(row[field])) is not None
    ]
    assert refused == []


@needs_shared
@pytest.mark.parametrize("kind", ["ssti", "xss", "cmdi"])
def test_four_of_five_attacks_of_each_kind_are_refused(kind: str) -> None:
    payloads = [row["payload"] for row in rows(SHARED / "attacks.jsonl") if row["kind"] == kind]
    refused = sum(find(payload) is not None for payload in payloads)
    assert refused >= 0.8 * len(payloads)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1+1\x00", "control_character"),
        ("3+3\x08 9", "control_character"),
        ("a\x9bb", "control_character"),
        ("2+\ud800", "lone_surrogate"),
        ("(" * 100_000, "nesting_too_deep"),
        ("(" * (DEEPEST_NESTING + 1) + "1" + ")" * (DEEPEST_NESTING + 1), "nesting_too_deep"),
        ("solve ((((x+1", "unbalanced_brackets"),
        ("x+1))))", "unbalanced_brackets"),
        ("<script>alert(1)</script>", "script_tag"),
        ("x < 3 < /script >", "script_tag"),
        ("&lt;script&gt;", "script_tag"),
        ("%3Cscript%3E", "script_tag"),
        ("<img src=x onerror=f()>", "active_markup"),
        ("<a href=javas&#99;ript:f()>x</a>", "active_markup"),
        ("<iframe src=//a.b>", "active_markup"),
        ("<form><button>", "active_markup"),
        ('"onmouseover="f(1)', "active_markup"),
        ('<!--#exec cmd="ls"-->', "active_markup"),
        ("${7*7}", "template_expression"),
        ("costs ${7*7} and ${8*8}", "template_expression"),
        ("{{7*7}}", "template_expression"),
        ("{{ a.b({'c': 1}) }}", "template_expression"),
        ("#{7*7}", "template_expression"),
        ("<%= 7 %>", "template_expression"),
        ("{% for x in y %}", "template_expression"),
        ("@(1+2)", "template_expression"),
        ("eval(1)", "code_call"),
        ("please exec (x)", "code_call"),
        ("__import__('os')", "code_call"),
        ("read /etc/passwd", "code_call"),
        ("1; ping -n 3 127.0.0.1", "shell_command"),
        ("x | whoami", "shell_command"),
        ("`id`", "shell_command"),
        ("a;id", "shell_command"),
        ("net user eve secret /add", "shell_command"),
        ("() { :;}; echo x", "shell_command"),
    ],
)
def test_what_is_refused_names_its_rule(text: str, expected: str) -> None:
    assert rule(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "求 $[1,2)$ 与 (2,3] 的并集",
        "区间[1,2)上的函数",
        "1) 2+2 2) 3+3 3) 4+4 4) 5+5 5) 6+6",
        "A) 1 B) 2 C) 3 D) 4",
        "（1）求 x；（2）求 y）",
        "I failed :( :( :( :( :(",
        "Janet's ducks' eggs, the dog's owner's name",
        "定义 a@b=2a+b，求 5@(3@2)",
        "2*{3+[4-(1+1)]}",
        "A = {{1,2},{3}}; B = {{1,2}}",
        "How large is #{x : x > 3}, or #{1, 2}?",
        "if a<b and b>c then a<b>c",
        "the height <base and the area = 3, x <form and y",
        "H<sub>2</sub>O, x<sup>2</sup>, <b>bold</b>",
        "He paid $5; she paid $6 & he got $7.",
        "She has $2 per egg and {x} dollars",
        "Solve for x; find the cat; sleep 8 hours; type A; more than 3",
        "Given:\nFind -2x + 3\nType 5",
        "| name | id | cat |\n|---|---|---|\n| Tom | ls | date |",
        "若 |a|<|b|，则 |id|=1",
        "20%>15%, 5%7 and 100%{x}",
        "the system (of equations), the prompt (below), medieval(12), retrieval(x)",
        r"$\text{eval}(x)$ and \(eval(x)\), $exec(2)$",
        r"$${{a}_{n}}$$, ${{x}^{2}}$ and ${(3^k)}^6=3^6$",
        r"\frac{{a}}{{b}} + \sqrt{{x}}",
        r"\begin{cases}{{x}}\end{cases}",
        "[asy] real f(real x){{return x;}} draw(f); [/asy]",
        "tab\tand\r\nline",
        "emoji 👨‍👩‍👧 and العربية",
        "50%20 of them, R&D; 3 &amp; 4",
        "(" * 20 + "1" + ")" * 20,
    ],
)
def test_what_looks_alike_but_is_a_problem_passes(text: str) -> None:
    assert find(text) is None


def test_a_refusal_names_rule_offset_and_pointer_and_not_the_text() -> None:
    with pytest.raises(InputRejected) as refusal:
        screen("题目：{{secret}}", "/problem")
    (error,) = refusal.value.errors
    assert (error.pointer, error.code) == ("/problem", "template_expression")
    assert "template_expression" in error.message
    assert "code point 3" in error.message
    assert "secret" not in refusal.value.detail + error.message


def test_offsets_count_code_points_also_behind_escapes_and_letters_that_grow() -> None:
    finding = find("🙂İ %41%42 eval(1)")
    assert finding is not None
    assert finding.offset == 10
    hidden = find("🙂İ %41 %65val(1)")
    assert hidden is not None
    assert hidden.offset == 7


@pytest.mark.parametrize(
    "text",
    [
        "What does __init__ do in Python?",
        "Explain how os.environ works.",
        "Why does `alert(1)` open a box in JavaScript? <script>alert(1)</script>",
        "Write ../../ as a relative path, and rm -rf / as a joke :(((((",
    ],
)
def test_a_conversation_may_speak_of_anything(text: str) -> None:
    screen_conversation(text, "/messages/0/content")


@pytest.mark.parametrize(
    ("text", "rule"),
    [("\ud800", "lone_surrogate"), ("a\x00b", "control_character"), ("(" * 40, "nesting_too_deep")],
)
def test_a_conversation_is_held_to_encoding_and_nesting(text: str, rule: str) -> None:
    with pytest.raises(InputRejected) as refused:
        screen_conversation(text, "/messages/0/content")

    assert [(each.pointer, each.code) for each in refused.value.errors] == [("/messages/0/content", rule)]


def test_mathematics_that_never_closes_hides_nothing() -> None:
    assert rule("$5 and then {{7*7}}") == "template_expression"
    assert rule(r"\( {{7*7}}") == "template_expression"
    assert rule(r"\begin{cases} {{7*7}}") == "template_expression"
    assert rule("$2 {{7*7}}\n\nand $3") == "template_expression"


@pytest.mark.parametrize(
    "text",
    [
        "()" * 50000,
        "$ " * 50000,
        "\\a{}" * 25000,
        "<a x='" * 16000,
        ";w" * 50000,
        "a)" * 50000,
        "\\(" * 50000,
        "\\begin{a}" * 11000,
        "&amp;" * 20000,
        "{{" * 10 + "1," * 49000,
        "\n\n(" * 33000,
        "已知函数，求值" * 14000,
        "'" * 100000,
        "|id " * 25_000,
        "[asy]" * 20_000,
        "| " * 50000,
    ],
    ids=lambda text: repr(text[:8]),
)
def test_a_hundred_thousand_characters_take_no_noticeable_time(text: str) -> None:
    started = time.process_time()
    finding = find(text)
    # Ten times what it takes; anything quadratic takes minutes.
    assert time.process_time() - started < 2
    assert finding is None or finding.rule


@settings(max_examples=300, deadline=None)
@given(
    st.text(alphabet=st.one_of(st.sampled_from("(){}[]<>$\\%&;|`#@*/\n a1"), st.characters()), max_size=60)
)
def test_any_text_is_let_through_or_refused_with_an_offset_inside_it(text: str) -> None:
    finding = find(text)
    assert finding is None or 0 <= finding.offset < len(text)


@settings(max_examples=200, deadline=None)
@given(
    st.text(alphabet="x1+-() ", max_size=30), st.sampled_from(["{{7*7}}", "<script>", "${x.y}", "__import__"])
)
def test_an_attack_is_found_wherever_it_stands_in_plain_text(around: str, attack: str) -> None:
    assert find(f"{around} {attack} {around}") is not None
