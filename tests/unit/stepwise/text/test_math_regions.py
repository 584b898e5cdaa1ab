"""Which parts of a text count as mathematics."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stepwise.text.math_regions import mask, regions


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a $x$ b", ["$x$"]),
        ("$x$$y$", ["$x$", "$y$"]),
        ("$$x$$ and $$y$$", ["$$x$$", "$$y$$"]),
        (r"\(x\) \[y\]", [r"\(x\)", r"\[y\]"]),
        (r"\begin{align*}x\\\begin{matrix}1\end{matrix}\end{align*}", None),
        (r"half: \frac{1}{2} more", [r"\frac{1}{2}"]),
        (r"\sqrt[3]{x} \sin x", [r"\sqrt[3]{x}"]),
        ("[asy]draw(a);[/asy] end", ["[asy]draw(a);[/asy]"]),
        ("$ x $", ["$ x $"]),
        ("$x \\$ y$", ["$x \\$ y$"]),
    ],
)
def test_a_region_is_found_whole(text: str, found: list[str] | None) -> None:
    assert [text[start:end] for start, end in regions(text)] == ([text] if found is None else found)


@pytest.mark.parametrize(
    "text",
    ["it costs $5 and $6", r"a \\(b\\)", r"\$5 x\$", "$x", "$$x", r"\(x", r"\frac{1", "$$$$$", "${a}${b}"],
)
def test_money_escapes_and_what_never_closes_are_text(text: str) -> None:
    assert regions(text) == []


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from("$\\()[]{}abegindx \n1"), max_size=60))
def test_regions_are_in_order_apart_and_inside_and_masking_keeps_the_length(text: str) -> None:
    reached = 0
    for start, end in regions(text):
        assert reached <= start < end <= len(text)
        reached = end
    assert len(mask(text)) == len(text)
