"""The playground's views with the embedded model, and how they look."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect
from support.browser import RUN, Playground, shown_programs
from support.local_stack import LocalStack

type Opens = Callable[..., Playground]

EQUATION = "Solve the equation x^2 + 2x - 3 = 0."
VIEWS = ("solve", "analyze", "chat", "jobs")
MOST_BYTES = 500_000


@pytest.fixture
def at(opens: Opens, embedded_stack: LocalStack) -> Callable[..., Playground]:
    return lambda **settings: opens(embedded_stack.base_url, **settings)


def serious(page: Page) -> list[str]:
    """What axe-core finds serious or critical: rule and the elements."""
    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {', '.join(str(node['target']) for node in each['nodes'][:4])}"
        for each in found
        if each["impact"] in ("serious", "critical")
    ]


def fill_all(playground: Playground) -> None:
    """Something in every view."""
    playground.open()
    playground.ask(EQUATION)
    playground.answer()
    playground.go("analyze")
    playground.ask("If it rains, the street is wet. The street is wet. Therefore it rains.", "analyze")
    playground.answer("analyze")
    playground.go("chat")
    playground.ask("What is 6 * 7?", "chat")
    playground.answer("chat")


def test_a_problem_in_english_shows_steps_formulas_and_the_evidence(at: Any) -> None:
    playground = at()
    playground.open()
    playground.ask(EQUATION)

    answer = playground.answer()
    assert answer.get_attribute("lang") == "en"
    assert answer.locator("ol.steps > li").count() >= 3
    assert answer.locator(".steps .katex-html").count() > 5
    expect(answer.locator(".final > .value math")).to_have_text(re.compile("3"))  # MathML beside the drawing
    badge = answer.locator(".badge")
    expect(badge.locator("summary")).to_contain_text("Verified")
    expect(badge.locator(".evidence")).to_be_hidden()
    badge.locator("summary").click()
    expect(badge.locator(".evidence")).to_contain_text("substitution")
    expect(answer.locator(".thinking summary")).to_contain_text("tokens/s")
    expect(answer.locator(".thoughts")).to_be_hidden()
    answer.locator(".thinking summary").click()
    expect(answer.locator(".thoughts .katex").first).to_be_visible()
    answer.locator(".thinking summary").click()
    expect(answer.locator(".imprint")).to_contain_text("embedded-sympy")
    playground.screenshot("solve")


def test_a_chinese_browser_gets_chinese_words_and_a_chinese_solution(at: Any) -> None:
    playground = at(locale="zh-CN")
    playground.open()
    expect(playground.page.locator("#view-solve h1")).to_have_text("解一道题")
    assert playground.page.locator("html").get_attribute("lang") == "zh"

    playground.view("solve").locator(".chip", has_text="解方程").click()

    answer = playground.answer()
    assert answer.get_attribute("lang") == "zh"
    expect(answer.locator(".badge summary")).to_contain_text("已验证")
    expect(answer.locator("ol.steps > li").first).to_contain_text(re.compile(r"[\u4e00-\u9fff]"))
    playground.screenshot("solve-zh")


def test_the_words_change_without_a_reload_and_the_answer_stays(at: Any) -> None:
    playground = at()
    playground.open()
    playground.ask(EQUATION)
    playground.answer()
    playground.page.locator("#language").click()
    expect(playground.page.locator("#view-solve h1")).to_have_text("解一道题")
    expect(playground.answer().locator(".badge summary")).to_contain_text("已验证")
    playground.page.reload()
    expect(playground.page.locator("#view-solve h1")).to_have_text("解一道题")


def test_an_answer_out_of_the_cache_says_so(at: Any) -> None:
    playground = at()
    playground.open()
    playground.ask("What is 12 + 30?")
    expect(playground.answer().locator(".cached")).to_have_count(0)
    playground.page.reload()  # which asks for the page again, but not the model
    asked: list[dict[str, str]] = []
    playground.page.on("request", lambda request: asked.append(request.headers))
    playground.ask("What is 12 + 30?")
    expect(playground.answer().locator(".cached")).to_have_text(re.compile(r"Cached · \d+ s old"))
    assert [headers for headers in asked if "cache-control" in headers or "pragma" in headers] == []


EVIDENCE = [
    {
        "kind": "formalisation",
        "agrees": True,
        "answer": "18",
        "detail": "price = 2 ($2 per egg); paid = 36 ($36 in all); eggs * price = paid; ? eggs",
    },
    {"kind": "second_answer", "agrees": False, "answer": "20", "detail": "Answered **once** more."},
]


LEVELS = [
    ("verified", "proved", "Verified", "Recomputed without the model; it comes to the same."),
    ("unverifiable", "corroborated", "Corroborated", "Another witness that did not see the answer"),
    ("unverifiable", "single", "One source", "Nobody else was asked"),
    ("unverifiable", "disputed", "Disputed", "Witnesses differ"),
    ("refuted", "refuted", "Refuted", "Do not rely on this answer."),
]


def test_the_badge_says_how_far_an_answer_can_be_relied_on(at: Any) -> None:
    playground = at()
    playground.open()
    bodies: list[dict[str, Any]] = []
    playground.page.route("**/v1/math/solve", lambda route: answer_with(route, bodies[-1]))
    for status, level, badge, why in LEVELS:
        bodies.append(solution() | judged(status, level))
        playground.ask(f"How many eggs are that? {level}")
        shown = playground.answer().locator(".badge")
        expect(shown.locator("summary")).to_contain_text(badge)
        shown.locator("summary").click()
        expect(shown).to_contain_text(why)
        expect(shown).to_contain_text("Written as equations agrees")
        expect(shown.locator(".statements")).to_have_text(
            "price = 2 ($2 per egg)\npaid = 36 ($36 in all)\neggs * price = paid\n? eggs"
        )
        expect(shown).to_contain_text("A second answer differs")
        expect(shown).to_contain_text(
            "Measured on word problems: 95.6% of such answers are right (94.1%–96.8%"
        )
        playground.screenshot(f"confidence-{level}")


def judged(status: str, level: str) -> dict[str, Any]:
    return {
        "verification": {"status": status, "method": "substitution", "detail": "It comes to $18$."},
        "confidence": {
            "level": level,
            "evidence": EVIDENCE,
            "measured": {"precision": 0.956, "low": 0.941, "high": 0.968, "n": 1319, "on": "word problems"},
        },
    }


def answer_with(route: Route, body: dict[str, Any]) -> None:
    delta, done = json.dumps({"delta": body["solution"]}), json.dumps(body)
    stream = f"event: delta\ndata: {delta}\n\nevent: done\ndata: {done}\n\n"
    route.fulfill(body=stream, content_type="text/event-stream")


def solution() -> dict[str, Any]:
    """The body of a solved problem, but for its check."""
    return {
        "success": True,
        "problem": "How many eggs are that?",
        "solution": "It is 18.",
        "analysis": None,
        "steps": [{"title": "Divide", "text": "$36 : 2 = 18$"}],
        "final_answer": "18",
        "reasoning": None,
        "cached": False,
        "finish_reason": "stop",
        "condensed": None,
        "model": "phi4-mini-reasoning",
        "thinking": {"tokens": 0, "ended_by": "model"},
        "usage": {"prompt_tokens": 9, "completion_tokens": 40, "thinking_tokens": 0, "duration_ms": 800},
    }


@pytest.mark.parametrize(
    ("typed", "formulas"),
    [
        ("Solve the equation x^2 + 2x - 3 = 0.", ["x^{2} + 2x - 3 = 0"]),
        ("解方程 x² - 5x + 6 = 0", ["x^{2} - 5x + 6 = 0"]),
        ("Find the derivative of f(x) = x^3 - 4x.", ["f(x) = x^{3} - 4x"]),
        ("A train has 3 cars. How long is it?", []),
        (r"Compute $\frac{1}{2}$ of \(6\), please", [r"\frac{1}{2}", "6"]),
        ("Is a man mortal?", []),
        ("Simplify sqrt(x+1) * 2^(n+1)", [r"\sqrt{x+1} \cdot  2^{n+1}"]),
    ],
)
def test_the_preview_sets_the_formulas_in_a_text(at: Any, typed: str, formulas: list[str]) -> None:
    playground = at()
    playground.open(key=None)
    playground.view("solve").locator("textarea").fill(typed)
    shown = playground.view("solve").locator(".preview-text")
    assert shown.locator("annotation").all_text_contents() == formulas


def test_an_argument_shows_premises_verdicts_and_a_countermodel(at: Any) -> None:
    playground = at()
    playground.open("analyze")
    playground.ask("If it rains, the street is wet. The street is wet. Therefore it rains.", "analyze")

    answer = playground.answer("analyze")
    assert answer.locator(".premises > li").count() == 3
    expect(answer.locator(".verdict")).to_have_text(["The model says✗Invalid", "The solver says✗Invalid"])
    rows = answer.locator(".world tbody tr").all_inner_texts()
    assert [re.sub(r"\s+", " ", row) for row in rows] == [
        "Things street",
        "Rain false",
        "Wet holds for street",
    ]
    expect(answer).to_contain_text("Affirming the consequent")
    playground.screenshot("analyze-invalid")


def test_what_follows_from_what_is_drawn_and_said(at: Any) -> None:
    playground = at()
    playground.open("analyze")
    playground.ask("All men are mortal. Socrates is a man. Therefore Socrates is mortal.", "analyze")

    graph = playground.answer("analyze").locator(".graph")
    assert graph.locator(".node .id").all_text_contents() == ["P1", "P2", "C"]
    assert graph.locator("path.edge").count() == 3
    expect(graph.locator("li")).to_have_text("P1, P2 → C: entails (modus ponens)")
    playground.screenshot("analyze")


def test_a_conversation_is_kept_by_the_tab_and_begun_anew(at: Any) -> None:
    playground = at()
    playground.open("chat")
    playground.ask("What is 6 * 7?", "chat")
    expect(playground.answer("chat")).to_contain_text("42")
    playground.screenshot("chat")
    playground.page.reload()
    expect(playground.answer("chat")).to_contain_text("42")
    playground.page.get_by_role("button", name="New conversation").click()
    expect(playground.view("chat").locator(".turn")).to_have_count(0)


def test_the_key_stays_in_the_tab_and_out_of_the_address(at: Any) -> None:
    playground = at()
    playground.open()
    assert playground.page.url.endswith("/playground")
    assert playground.page.evaluate("sessionStorage.getItem('stepwise.key')") == '"demo-key"'
    assert "demo-key" not in playground.page.evaluate("JSON.stringify(localStorage)")
    another = playground.page.context.new_page()
    another.goto(playground.page.url)
    expect(another.locator("#key-button")).to_have_text("Enter API key")


def test_without_a_key_the_page_asks_for_one_and_then_goes_on(at: Any) -> None:
    playground = at()
    playground.open(key=None)
    playground.ask(EQUATION)
    expect(playground.failure().locator("h3")).to_have_text("An API key is needed")
    playground.failure().get_by_role("button", name="Enter API key").click()
    playground.page.get_by_role("button", name="Use demo-key").click()
    playground.answer()


def test_a_wrong_key_is_a_sentence_with_what_to_do(at: Any) -> None:
    playground = at()
    playground.open(key="wrong")
    playground.ask(EQUATION)
    expect(playground.failure().locator("h3")).to_have_text("This API key is not known")
    playground.failure().get_by_role("button", name="Enter API key").click()
    playground.page.locator("#key-dialog input").fill("demo-key")
    playground.page.locator("#key-dialog").get_by_role("button", name="Save").click()
    playground.answer()


@pytest.mark.parametrize(
    ("view", "text", "contained"),
    [
        ("solve", "Solve the equation x^2 + 2x - 3 = 0.", "-3"),
        ("solve", """It's "x" + $HOME = `2`\\n""", "$HOME"),
        ("analyze", "All men are mortal. Socrates is a man. Therefore Socrates is mortal.", "ocrates"),
        ("chat", "What is 6 * 7?", "42"),
    ],
)
def test_the_request_is_shown_as_programs_that_run(
    at: Any, monkeypatch: pytest.MonkeyPatch, view: str, text: str, contained: str
) -> None:
    playground = at()
    playground.open(view)
    playground.view(view).locator("textarea").first.fill(text)
    playground.view(view).get_by_role("button", name="Show request").click()
    sources = shown_programs(playground.page)
    playground.screenshot(f"request-{view}")
    monkeypatch.setenv("STEPWISE_KEY", "demo-key")
    for tab, source in sources.items():
        assert "demo-key" not in source
        said = RUN[tab](source, playground.page)
        assert contained in said or (contained == "$HOME" and "openai" in tab and said), tab


def test_all_of_it_can_be_done_with_the_keyboard(at: Any) -> None:
    playground = at()
    playground.open()
    page = playground.page
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(playground.view("solve").locator("textarea")).to_be_focused()
    page.keyboard.type(EQUATION)
    page.keyboard.press("Control+Enter")
    answer = playground.answer()
    expect(page.get_by_role("status")).to_have_text("Done")  # what a screen reader says
    for _ in range(30):
        page.keyboard.press("Tab")
        if answer.locator(".badge summary:focus").count():
            break
    page.keyboard.press("Enter")
    expect(answer.locator(".evidence")).to_be_visible()
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement !== document.body")
    page.locator("nav a[data-view=jobs]").focus()
    page.keyboard.press("Enter")
    expect(playground.view("jobs")).to_be_visible()


@pytest.mark.parametrize("look", ["light", "dark"])
def test_no_view_has_a_serious_finding_of_axe(at: Any, look: str) -> None:
    playground = at(color_scheme=look)
    fill_all(playground)
    found = {}
    for view in VIEWS:
        playground.go(view)
        found[view] = serious(playground.page)
        playground.screenshot(f"{view}-{look}")
    playground.go("solve")
    playground.answer().locator(".badge summary").click()
    playground.answer().locator(".thinking summary").click()
    found["evidence"] = serious(playground.page)
    playground.view("solve").get_by_role("button", name="Show request").click()
    found["request"] = serious(playground.page)
    playground.page.keyboard.press("Escape")
    playground.page.locator("#key-button").click()
    found["key"] = serious(playground.page)
    assert {where: what for where, what in found.items() if what} == {}


def test_a_dark_system_gets_a_dark_page_and_a_choice_is_kept(at: Any) -> None:
    playground = at(color_scheme="dark")
    playground.open()
    background = "getComputedStyle(document.body).backgroundColor"
    dark = playground.page.evaluate(background)
    assert max(map(int, re.findall(r"\d+", dark)[:3])) < 40
    playground.page.locator("#theme").click()  # system, then light
    assert min(map(int, re.findall(r"\d+", playground.page.evaluate(background))[:3])) > 200
    playground.page.reload()
    playground.page.wait_for_selector("html[data-ready]")
    assert min(map(int, re.findall(r"\d+", playground.page.evaluate(background))[:3])) > 200


def test_nothing_is_wider_than_a_phone(at: Any) -> None:
    playground = at(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    fill_all(playground)
    for view in VIEWS:
        playground.go(view)
        assert playground.page.evaluate("document.documentElement.scrollWidth") <= 360, view
        playground.screenshot(f"{view}-360")


def test_behind_a_stages_path_all_of_it_works(at: Any, embedded_stack: LocalStack) -> None:
    playground = at()

    def staged(route: Route) -> None:
        route.fulfill(response=route.fetch(url=route.request.url.replace("/live/", "/", 1)))

    playground.page.route("**/live/**", staged)
    asked: list[str] = []
    playground.page.on("request", lambda request: asked.append(request.url))
    playground.base_url = f"{embedded_stack.base_url}/live"
    playground.open()
    playground.ask(EQUATION)
    playground.answer()
    fetched = [url for url in asked if url.startswith("http")]
    assert len(fetched) > 20
    assert [url for url in fetched if "/live/" not in url] == []


def test_the_page_is_small_and_everything_in_it_comes_from_the_stack(
    at: Any, embedded_stack: LocalStack
) -> None:
    playground = at()
    playground.open()
    playground.page.wait_for_load_state("networkidle")
    bytes_ = playground.page.evaluate(
        "performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))"
        ".reduce((sum, each) => sum + each.transferSize, 0)"
    )
    hosts = playground.page.evaluate(
        "performance.getEntriesByType('resource').map((each) => new URL(each.name).origin)"
    )
    assert 100_000 < bytes_ < MOST_BYTES
    assert set(hosts) == {embedded_stack.base_url}
