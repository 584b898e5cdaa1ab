"""What the playground does when an answer is slow, lost, refused or hostile; before a scripted model host."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, Route, expect
from support.browser import RUN, Playground, answer_first, shown_programs
from support.drills import question_of
from support.hosts.model_host import ModelHost, tokens_of
from support.local_stack import LocalStack, local_stack

SOLUTION = (
    "## Analysis\n\nA sum.\n\n## Steps\n\n1. **Add**: two and three make five.\n\n## Answer\n\n$\\boxed{5}$"
)
SLOTS, QUEUED = 2, 1
STREAM_SECONDS = 10
"""How long an answer may be streamed before it is handed over."""
HOSTILE = r"""## Analysis

<img src=x onerror="window.hit=1"><script>window.hit=2</script><iframe srcdoc="<script>parent.hit=3</script>"></iframe>

[click](javascript:window.hit=4) ![x](x" onerror="window.hit=5) <a href="data:text/html,<script>1</script>">a</a>

Broken: $\frac{1$ and $\href{javascript:window.hit=6}{x}$ and $\def\a{\a\a}\a$ and $\includegraphics{//example.org/x}$

<style>body{display:none}</style><form action="//example.org"><input name=key></form>

## Steps

1. **<b onclick="window.hit=7">Bold</b>**: $x^{<img src=x onerror=window.hit=8>}$ is $\unknown{2}$.

## Answer

$\boxed{<svg onload=window.hit=9>5}$
"""


def thinking(words: int) -> str:
    return "<think>" + "".join(f" t{number}" for number in range(words)) + "</think>"


def script(body: dict[str, Any]) -> str:
    return script_of(question_of(body))


def script_of(question: str) -> str:
    """Slow for problems that say so."""
    if "hostile" in question:
        return f"{thinking(3)}{HOSTILE}"
    if "long" in question:
        return f"{thinking(3)}{HOSTILE}" + "\n\n".join(
            f"$x_{{{n}}}$ <img src=x onerror=hit> **w** [a](javascript:1)" for n in range(2000)
        )
    words = 300 if "slow" in question else 6000 if "endless" in question else 10
    return f"{thinking(words)}{SOLUTION}"


@pytest.fixture(scope="module")
def host() -> Iterator[ModelHost]:
    with ModelHost(script) as host:
        yield host


@pytest.fixture(scope="module")
def stack(host: ModelHost) -> Iterator[LocalStack]:
    with _stack(host, generation_timeout=STREAM_SECONDS) as stack:
        yield stack


@pytest.fixture
def patient_stack(host: ModelHost) -> Iterator[LocalStack]:
    """One that hands no long answer over during a test: each of them would wait in the queue for a moment."""
    with _stack(host, generation_timeout=600) as stack:
        yield stack


@contextmanager
def _stack(host: ModelHost, *, generation_timeout: int) -> Iterator[LocalStack]:
    host.tokens_per_second = 0
    settings = {
        "OLLAMA_HOST": host.url,
        "MODEL_SLOTS": str(SLOTS),
        "MAX_QUEUED": str(QUEUED),
        "GENERATION_TIMEOUT_SECONDS": str(generation_timeout),
        "DEFAULT_WAIT_SECONDS": "1",
        "WITNESS_TOKENS": "0",  # the host's tokens are those of the answers
    }
    with local_stack(settings=settings) as stack:
        answer_first(stack.base_url)
        yield stack


@pytest.fixture
def playground(opens: Callable[..., Playground], stack: LocalStack, host: ModelHost) -> Playground:
    host.tokens_per_second = 0
    playground = opens(stack.base_url)
    playground.open()
    return playground


def test_thinking_and_steps_appear_as_they_are_written(playground: Playground, host: ModelHost) -> None:
    host.tokens_per_second = 10  # each state is to be there for seconds, however busy the machine
    playground.ask("How much is two and three? 1")
    view = playground.view("solve")
    expect(view.locator(".state")).to_have_text("The model is thinking…")
    expect(view.locator(".thinking summary")).to_contain_text("characters")
    expect(view.locator(".state")).to_have_text("Writing the answer…")
    expect(view.locator(".prose.live")).to_contain_text("Add")
    expect(playground.answer().locator(".steps > li")).to_contain_text("two and three make five")


def test_cancel_stops_the_model_and_ends_the_job(playground: Playground, host: ModelHost) -> None:
    host.tokens_per_second = 60
    playground.ask("An endless one to cancel")
    expect(playground.page.locator("#job-count")).to_have_text("1")
    playground.screenshot("solve-thinking")

    playground.view("solve").get_by_role("button", name="Cancel").click()

    expect(playground.view("solve")).to_contain_text("Cancelled. Nothing of it goes on.")
    assert host.wait_for(lambda host: host.running == 0, 10)
    playground.go("jobs")
    expect(playground.view("jobs").locator(".status")).to_have_text("Cancelled")


def test_a_service_that_is_gone_is_a_sentence(playground: Playground) -> None:
    playground.page.context.set_offline(True)
    playground.ask("How much is two and three? 3")
    expect(playground.failure().locator("h3")).to_have_text("The service cannot be reached")
    playground.page.context.set_offline(False)
    playground.failure().locator(".actions button").click()
    playground.answer()


def test_a_long_answer_goes_on_as_a_job_without_anybody_doing_anything(
    playground: Playground, host: ModelHost
) -> None:
    host.tokens_per_second = 50
    generated = host.generated
    playground.ask("A slow one that outlasts its stream")
    view = playground.view("solve")
    expect(view.locator(".state")).to_have_text("The model is thinking…")
    expect(view.locator(".state")).to_have_text("Working on it as a job")
    playground.screenshot("solve-job")
    expect(playground.answer().locator(".final")).to_contain_text("5")
    assert host.generated - generated < 1.2 * len(tokens_of(script_of("slow")))  # nothing is computed twice
    playground.go("jobs")
    expect(playground.view("jobs").locator(".job .status")).to_have_text("Done")


@pytest.mark.parametrize("tab", ["Python · httpx", "JavaScript"])
def test_the_programs_shown_fetch_a_long_answer_from_its_job(
    playground: Playground, host: ModelHost, monkeypatch: pytest.MonkeyPatch, tab: str
) -> None:
    monkeypatch.setenv("STEPWISE_KEY", "demo-key")
    host.tokens_per_second = 25
    playground.view("solve").locator("textarea").fill(f"How much is two and three? {tab[0]}")
    playground.view("solve").get_by_role("button", name="Show request").click()
    said = RUN[tab](shown_programs(playground.page)[tab], playground.page)
    assert "two and three make five" in said


NEVER_ENDING_202 = """() => {
    const real = window.fetch;
    window.fetch = async (url, options) => {
        if (options?.headers?.Prefer !== "respond-async") return real(url, options);
        const wait = (body) => options.signal.addEventListener("abort", () => body.error(options.signal.reason));
        return new Response(new ReadableStream({ start: wait }), { status: 202 });
    };
}"""


def test_an_answer_may_come_while_it_is_being_made_a_job(playground: Playground, host: ModelHost) -> None:
    playground.page.evaluate(NEVER_ENDING_202)
    host.tokens_per_second = 25
    playground.ask("How much is two and three? 5")
    playground.answer()  # and the page has nothing to complain of


def test_a_reload_brings_a_long_answer_back(playground: Playground, host: ModelHost) -> None:
    host.tokens_per_second = 60
    playground.ask("A slow one to be reloaded")
    expect(playground.page.locator("#job-count")).to_have_text("1")

    playground.page.reload()

    view = playground.view("solve")
    expect(view.locator("textarea")).to_have_value("A slow one to be reloaded")
    expect(view.locator(".state")).to_have_text("Working on it as a job")
    expect(view.locator(".more")).to_contain_text("tokens so far")
    host.tokens_per_second = 0
    expect(playground.answer().locator(".final")).to_contain_text("5")
    playground.page.reload()
    expect(playground.answer().locator(".final")).to_contain_text("5")  # kept by the tab


def test_a_question_behind_others_shows_its_place_and_one_too_many_what_to_do(
    opens: Callable[..., Playground], host: ModelHost, patient_stack: LocalStack
) -> None:
    playground = opens(patient_stack.base_url)
    playground.open()
    host.tokens_per_second = 60
    with httpx.Client(
        base_url=patient_stack.base_url, headers={"x-api-key": "demo-key"}, trust_env=False
    ) as app:

        def sent(problem: str) -> httpx.Response:
            return app.post("/v1/math/solve", json={"problem": problem}, headers={"Prefer": "respond-async"})

        jobs = [sent(f"An endless one in the way {number}").json()["id"] for number in range(SLOTS)]
        assert host.wait_for(lambda host: host.running == SLOTS, 20)
        playground.ask("A short one that waits")
        view = playground.view("solve")
        expect(view.locator(".state")).to_have_text("In the queue: you are next")
        expect(view.locator(".more")).to_have_text("You may close or reload the page: it goes on.")
        playground.screenshot("solve-queued")

        another = playground.page.context.new_page()  # one more tab, for one more than there is room for
        crowded = Playground(another, patient_stack.base_url)
        crowded.open()
        crowded.ask("A short one too many")
        expect(crowded.failure().locator("h3")).to_have_text("Too many problems wait for the model")
        expect(crowded.failure().locator(".actions button")).to_have_text(re.compile(r"Try again in \d+ s"))
        crowded.screenshot("solve-queue-full")
        another.close()

        for job in jobs:
            app.delete(f"/v1/jobs/{job}")
    expect(playground.answer().locator(".final")).to_contain_text("5")


@pytest.mark.parametrize("the_first_job", ["accepted", "refused"])
def test_a_model_that_is_down_is_a_sentence_and_answers_when_it_is_back(
    playground: Playground, host: ModelHost, the_first_job: str
) -> None:
    if the_first_job == "refused":
        _refuse_the_first_job(playground.page)
    host.kill()  # open connections too: one of them would still bring an answer
    try:
        playground.ask(f"How much is two and three? {the_first_job}")
        view = playground.view("solve")
        expect(view.locator(".state")).to_have_text("The model cannot be reached just now")
        expect(view.locator(".more")).to_contain_text("It is tried again by itself; you need not do anything")
        playground.screenshot("solve-host-down")
    finally:
        host.start()
    expect(playground.answer().locator(".final")).to_contain_text("5")
    expect(playground.view("solve").locator("textarea")).to_have_value(
        f"How much is two and three? {the_first_job}"
    )


def _refuse_the_first_job(page: Page) -> None:
    """The stream finds no model either, but not before the job that the page makes beside it was refused."""
    streams: list[Route] = []
    refused: list[Route] = []

    def refuse(route: Route) -> None:
        problem = {"code": "model_unavailable", "title": "Model unavailable", "status": 503, "detail": ""}
        route.fulfill(status=503, content_type="application/problem+json", body=json.dumps(problem))

    def answer(route: Route) -> None:
        if refused:
            route.fallback()
        elif route.request.headers.get("prefer") == "respond-async":
            refused.append(route)
            refuse(route)
            refuse(streams.pop())
        else:
            streams.append(route)

    page.route("**/v1/math/solve", answer)


@pytest.mark.parametrize("kind", ["hostile", "long"])
@pytest.mark.parametrize("view", ["solve", "analyze", "chat"])
def test_what_the_model_writes_does_nothing_but_be_read(playground: Playground, view: str, kind: str) -> None:
    if view != "solve":
        playground.go(view)
    playground.ask(f"A {kind} one", view)

    answer = playground.answer(view)
    expect(answer).to_contain_text("onerror")  # shown as it was written
    assert playground.page.evaluate("window.hit ?? null") is None
    assert (
        answer.locator("img, script, iframe, style, form, input, svg[onload], [onclick], [onerror]").count()
        == 0
    )
    links = answer.locator("a").evaluate_all("(all) => all.map((each) => each.getAttribute('href'))")
    assert [link for link in links if link and not link.startswith("http")] == []
    expect(playground.page.locator("body")).to_be_visible()
    if view == "solve" and kind == "hostile":
        assert answer.locator(".unread").count() >= 1
        playground.screenshot("solve-hostile")


def test_fields_that_are_wrong_are_named(playground: Playground) -> None:
    playground.page.evaluate("document.querySelector('#view-solve textarea').maxLength = 5000")
    playground.ask("x" * 2001)
    expect(playground.failure().locator("h3")).to_have_text("The request does not fit")
    expect(playground.failure().locator("li")).to_have_text("/problem This may have at most 2000 characters.")
