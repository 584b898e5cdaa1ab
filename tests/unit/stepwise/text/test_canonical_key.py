"""When two texts are one problem, and when they are not."""

import time

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from stepwise.text.canonical_key import canonical, problem_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("解方程 x² + 2x - 3 = 0", "解方程x^2+2x−3=0。"),
        ("x**2", "x^2"),
        ("x ** 2", "x²"),
        ("x¹⁰", "x^{10}"),
        ("x⁻¹", "x^-1"),
        ("xⁿ⁺¹", "x^{n+1}"),
        ("（１＋２）×３", "(1+2)*3"),
        ("１．５", "1.5"),
        ("2·3", "2×3"),
        ("2⋅x", "2∗x"),
        (r"2\times 3", "2 × 3"),
        (r"2 \cdot 3", "2·3"),
        ("5 – 3", "5－3"),
        ("5 ‒ 3", "5-3"),
        ("1+1=?", "1+1=？"),
        ("What is 2+2 ?", "What is 2+2"),
        ("  a \t b  ", "a b"),
        ("a\r\nb", "a\nb"),
        ("有 3 个苹果。", "有3个苹果"),
        ("Janet’s “eggs”", 'Janet\'s "eggs"'),
        ("e\u0301", "é"),
        ("x\u200b+1", "x+1"),
        ("( -3 )", "(-3)"),
        ("题目：\n求 x", "题目：求x"),
        ("3 x + 2 = 5", "3x+2=5"),
        (r"2 \pi r", r"2\pi r"),
        (r"Solve \(x^2 = 4\)", "Solve $x^2=4$"),
        (r"\[ x = 1 \]", "$$x=1$$"),
        (r"\dfrac{1}{2} + \tfrac12", r"\frac{1}{2}+\frac12"),
        ("find the sum of 2 and 3.", "Find the sum of 2 and 3"),
        ("janet's ducks lay 16 eggs", "Janet's ducks lay 16 eggs"),
        ("a train leaves at 3:00", "A train leaves at 3:00"),
        ("已知 x=3, y=4, 求 x+y", "已知x=3，y=4，求x+y"),
        ("有3个, 又买5个. 一共几个?", "有3个，又买5个。一共几个？"),
        ("f(x,y) ;  g(x , y)", "f(x, y); g(x，y)"),
        ("点 (1,2)", "点（1，2）"),
        ("Solve:x=2", "Solve: x=2"),
        ("求值．", "求值。"),
        ("195\u00ad84 + 5", "19584+5"),
    ],
)
def test_two_ways_to_write_one_problem_have_one_canonical_form(one: str, other: str) -> None:
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x²", "x2"),
        ("x²3", "x²³"),
        ("x²y", "x²ʸ"),
        ("x^{2}3", "x^23"),
        ("xⁿ⁺¹", "x^n+1"),
        ("3²!", "3^2!"),
        ("- 3", "3"),
        ("3 -5", "3-5"),
        ("1.5", "15"),
        ("2 3", "23"),
        ("二 三", "二三"),
        ("2\u20093", "23"),
        ("a b", "ab"),
        ("sin x", "sinx"),
        ("x", "X"),
        ("A. x B. y", "a. x b. y"),
        ("1，234", "1,234"),
        ("(1，234)", "(1,234)"),
        ("1 ,234", "1,234"),
        ("a=5．3a+2", "a=5.3a+2"),
        ("a=5．3a+2", "a=5。3a+2"),
        ("1/2 x", "1/2x"),
        ("2^3 x = 64", "2^3x=64"),
        ("A 2 x 3 grid", "A 2x3 grid"),
        ("He eats 2 a day", "He eats 2a day"),
        ("x = 1 and X = 2", "X = 1 and X = 2"),
        ("ab = 3", "Ab = 3"),
        ("mm to cm", "Mm to cm"),
        ("costs \\\\$5", "costs $5"),
        (r"\\(2pt]", "$2pt]"),
        ("3:4", "3;4"),
        ("n!", "n"),
        ("(1,2)", "(1.2)"),
        ("a×b", "a·b"),
        ("a*b", "a×b"),
        ("规定 a*b=a+b，求 5*3", "规定 a*b=a+b，求 5×3"),
        ("1 2\n3 4", "1 2 3 4"),
        ("1½", "11/2"),
        ("½", "12"),
        ("x₁", "x1"),
        ("①", "1"),
        ("5!", "5"),
        ("5%", "5"),
        ("30°", "30"),
        ("1+2+...", "1+2+"),
        ("3×-2", "3-2"),
        ("2^3", "2*3"),
        ("f'(x)", "f(x)"),
        ("10⁻³", "10-3"),
        ("√2", "2"),
        ("x≤1", "x<1"),
        ("ℝ", "R"),
        ("|x|", "x"),
    ],
)
def test_two_problems_never_share_a_canonical_form(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


MINUS = st.sampled_from("-−–‒－﹣")
TIMES = st.sampled_from(["*", "×", "·", "⋅", "∗", "＊", r"\times "])
SPACE = st.sampled_from([" ", "  ", "\t", "\u00a0", "\u3000"])
DIGITS = "0123456789"
SUPERSCRIPT = str.maketrans(DIGITS, "⁰¹²³⁴⁵⁶⁷⁸⁹")
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F) if chr(code) != ","}


@st.composite
def expressions(draw: st.DrawFn) -> list[str]:
    """Tokens of an arithmetic expression in its plain form: numbers, powers, operators."""
    tokens = [str(draw(st.integers(0, 999)))]
    for _ in range(draw(st.integers(0, 5))):
        tokens.append(draw(st.sampled_from(["+", "-", "*", "="])))
        tokens.append(
            draw(st.sampled_from(["x", "y", ""])) + draw(st.sampled_from(["3", "12", "4.5", "x^2", "x^10"]))
        )
    return tokens


@settings(max_examples=300, deadline=None)
@given(expressions(), st.data())
def test_how_an_expression_is_typed_does_not_matter(tokens: list[str], data: st.DataObject) -> None:
    times = data.draw(TIMES)
    spaced = data.draw(st.booleans())
    typed = ""
    for token in tokens:
        if token in "+-*=":
            sign = {"-": data.draw(MINUS), "*": times}.get(token, token)
            space = data.draw(SPACE) if spaced else ""
            typed += f"{space}{sign}{space}"
        elif "^" in token:
            base, _, power = token.partition("^")
            raised = data.draw(st.sampled_from([power.translate(SUPERSCRIPT), f"^{power}", f"**{power}"]))
            typed += base + raised
        else:
            typed += token
    if data.draw(st.booleans()):
        typed = typed.translate(WIDE)
    assert canonical(typed + data.draw(st.sampled_from(["", "?", "？", "。", " ."]))) == canonical(
        "".join(tokens)
    )


@settings(max_examples=300, deadline=None)
@given(expressions(), st.data())
def test_a_changed_number_sign_or_power_is_another_problem(tokens: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(tokens) - 1))
    other = data.draw(
        st.sampled_from(
            ["+", "-", "*", "="] if tokens[at] in "+-*=" else ["7", "x2", "x10", "x^3", "45", "-3"]
        )
    )
    assume(other != tokens[at])
    changed = [*tokens[:at], other, *tokens[at + 1 :]]
    assume("".join(changed) != "".join(tokens))
    assert canonical("".join(changed)) != canonical("".join(tokens))


@settings(max_examples=500, deadline=None)
@given(
    st.text(
        alphabet=st.one_of(st.sampled_from("x23 -−*×·^{}().,。?\n²³ⁿ中二a%\\=12，．\u0301"), st.characters()),
        max_size=25,
    )
)
def test_the_canonical_form_of_a_canonical_form_is_itself(text: str) -> None:
    once = canonical(text)
    assert canonical(once) == once


@settings(max_examples=200, deadline=None)
@given(st.lists(st.from_regex(r"[A-Za-z]{2,6}|[0-9]{1,4}", fullmatch=True), min_size=1, max_size=8))
def test_words_and_numbers_stay_apart_and_keep_their_case(words: list[str]) -> None:
    assert canonical("  ".join(["7", *words])).split(" ") == ["7", *words]


def test_a_key_is_a_sha256_and_the_same_for_the_same_problem() -> None:
    parts = {"steps": True, "language": "zh", "sampling": {"temperature": 0.3}}
    key = problem_key(task="solve", text=canonical("x²=4？"), parts=parts)
    assert key == problem_key(task="solve", text=canonical("x^2 = 4"), parts=dict(reversed(parts.items())))
    assert len(key) == 64
    assert int(key, 16)


@pytest.mark.parametrize(
    ("task", "text", "parts"),
    [
        ("analyze", "x", {"steps": True}),
        ("solve", "y", {"steps": True}),
        ("solve", "x", {"steps": False}),
        ("solve", "x", {"steps": 1}),
        ("solve", "x", {"steps": "true"}),
        ("solve", "x", {"steps": True, "context": None}),
        ("solve", 'x",{"steps":true}', {}),
    ],
)
def test_whatever_changes_the_answer_changes_the_key(task: str, text: str, parts: dict[str, object]) -> None:
    assert problem_key(task=task, text=canonical(text), parts=parts) != problem_key(
        task="solve", text=canonical("x"), parts={"steps": True}
    )


def test_a_lone_surrogate_has_a_key_too() -> None:
    assert len(problem_key(task="solve", text=canonical("\ud800"), parts={})) == 64


@pytest.mark.parametrize("run", [" ", "\n", " \n", "²", "^{2}", "×", "，", "—", ".", "e\u0301", "2\u200b"])
def test_a_hundred_thousand_characters_take_no_noticeable_time(run: str) -> None:
    started = time.process_time()
    assert canonical("a" + run * (100_000 // len(run)) + "b")
    assert time.process_time() - started < 2
