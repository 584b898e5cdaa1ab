"""Live pieces of an answer: each shown once, whoever writes them."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stepwise.answering.dependencies import Dependencies
from stepwise.answering.joining import begin
from stepwise.answering.stream import Live, Shown, live
from stepwise.answering.tasks import Presentation
from stepwise.answering.work import Progress
from stepwise.config import Settings
from stepwise.coordination.slots import LEASE_SECONDS
from stepwise.errors import GenerationBroken, ModelError, ModelTimeout, ModelUnavailable, QueueFull
from stepwise.ollama.port import Chunk, Finish, Prompt
from stepwise.plan import Plan
from support.scene import (
    PRESENTATION,
    FakeModel,
    Scene,
    answer,
    answer_to,
    caller,
    plan_of,
    save,
    solution_of,
    take_slot,
    work,
)

WHOLE = len(answer_to("q"))
THINKING = "".join(answer_to("q")).split("</think>")[0].removeprefix("<think>")


@pytest.fixture
def scene() -> Scene:
    return Scene()


def streamed(
    scene: Scene, deps: Dependencies | None = None, plan: Plan | None = None, **options: Any
) -> Generator[Live | None]:
    asked = {**PRESENTATION, "include_reasoning": options.pop("reasoning", False)}
    presentation = Presentation.from_dict(asked)
    until = options.pop("until", float("inf"))
    return live(
        deps or scene.environment(), plan or plan_of(), presentation, caller(scene, **options), until=until
    )


def text(pieces: list[Live | None], kind: str = "answer") -> str:
    return "".join(piece.text for piece in pieces if piece and piece.kind == kind)


def done(pieces: list[Live | None]) -> Any:
    (last,) = [piece for piece in pieces if piece and piece.kind == "done"]
    assert pieces[-1] is last
    return last.body


def at_token(scene: Scene, number: int, happens: Callable[[], object]) -> None:
    def at(written: int) -> None:
        if written == number:
            scene.model.at_token = lambda _: None
            happens()

    scene.model.at_token = at


def _raise(error: BaseException) -> None:
    raise error


def nothing_is_taken(scene: Scene) -> bool:
    return not scene.items("slots") and not scene.items("queue")


def owned_by_another(scene: Scene) -> Any:
    deps = scene.environment()
    assert deps.shared is not None
    begun = begin(deps, deps.shared, plan_of(), group="other", waiter_id="job_other", since=scene.clock())
    assert begun.ownership is not None
    return begun.ownership


def test_a_stream_shows_what_an_undivided_answer_has(scene: Scene) -> None:
    pieces = list(streamed(scene))

    assert text(pieces) == done(pieces)["solution"] == solution_of("q")
    assert text(pieces, "thinking").strip() == THINKING.strip()
    assert scene.run["status"] == "succeeded"
    assert nothing_is_taken(scene)


def test_a_finished_stream_is_cached_and_a_cached_answer_is_streamed(scene: Scene) -> None:
    list(streamed(scene))

    assert answer(scene.environment(), plan_of(), PRESENTATION, caller(scene)).body["cached"] is True
    pieces = list(streamed(scene))
    assert text(pieces) == solution_of("q")
    assert done(pieces)["cached"] is True
    assert len(scene.model.calls) == 1


def test_a_mended_break_cannot_be_seen_in_a_stream(scene: Scene) -> None:
    at_token(scene, 40, lambda: _raise(GenerationBroken()))

    pieces = list(streamed(scene))

    assert text(pieces) == solution_of("q")
    assert scene.model.produced["q"] == WHOLE


def test_a_second_break_ends_the_stream_with_an_error(scene: Scene) -> None:
    scene.model.at_token = lambda number: _raise(GenerationBroken()) if number == 20 else None
    seen: list[Any] = []

    with pytest.raises(ModelError):
        seen.extend(streamed(scene))

    assert nothing_is_taken(scene)
    assert scene.items("answer#") == []


@pytest.mark.parametrize("where", [0, 20, 50, 63])
def test_a_client_that_goes_away_stops_the_generation_and_leaves_nothing(scene: Scene, where: int) -> None:
    pieces = streamed(scene)
    for _ in range(where + 1):
        next(pieces)
    pieces.close()

    assert scene.model.running == 0
    assert scene.items("run#")[-1]["status"] == "cancelled"
    assert nothing_is_taken(scene)
    assert scene.queue.messages == []


def test_a_client_that_goes_away_does_not_stop_what_others_want(scene: Scene) -> None:
    pieces = streamed(scene)
    for _ in range(30):
        next(pieces)
    job = answer(scene.environment(), plan_of(), PRESENTATION, caller(scene, "partner-b", respond_async=True))
    pieces.close()
    scene.clock.advance(20)
    work(scene)

    assert job.status == 202
    assert scene.run["status"] == "succeeded"
    assert scene.model.produced["q"] == WHOLE


def test_a_client_that_goes_away_at_the_last_event_leaves_a_whole_answer(scene: Scene) -> None:
    pieces = streamed(scene)
    for piece in pieces:
        if piece and piece.kind == "done":
            break
    pieces.close()

    assert scene.run["status"] == "succeeded"
    assert nothing_is_taken(scene)


@pytest.mark.parametrize("error", [ModelUnavailable(retry_after=5), GenerationBroken()])
def test_an_illness_of_the_host_ends_the_stream_and_not_the_jobs_of_others(
    scene: Scene, error: Exception
) -> None:
    pieces = streamed(scene)
    for _ in range(20):
        next(pieces)
    answer(scene.environment(), plan_of(), PRESENTATION, caller(scene, "partner-b", respond_async=True))

    def ill(_: int) -> None:
        raise error

    scene.model.at_token = ill
    with pytest.raises(type(error)):
        list(pieces)
    scene.model.at_token = lambda _: None
    scene.clock.advance(20)
    work(scene)

    assert scene.run["status"] == "succeeded"


def test_a_host_that_comes_back_within_seconds_is_not_noticed_by_a_stream(scene: Scene) -> None:
    refusals = [3]

    def away(number: int) -> None:
        if number == 10 or refusals[0] < 3:
            refusals[0] -= 1
            if refusals[0] >= 0:
                raise ModelUnavailable(retry_after=5)

    scene.model.at_token = away
    *_, done = [piece for piece in streamed(scene) if piece is not None]

    assert done.kind == "done"
    assert scene.model.produced["q"] == WHOLE


def test_a_stream_that_runs_out_of_time_ends_with_an_error(scene: Scene) -> None:
    with pytest.raises(ModelTimeout) as late:
        list(streamed(scene, remaining=6.0))

    assert "strict" not in late.value.detail
    assert nothing_is_taken(scene)


def test_a_stream_waits_for_a_slot_and_gives_up_in_the_end(scene: Scene) -> None:
    assert scene.deps.shared is not None
    slots = [take_slot(scene.deps.shared) for _ in range(scene.settings.model_slots)]

    def renew(seconds: float) -> None:
        scene.clock.advance(seconds)
        for slot in slots:
            assert slot is not None
            scene.table.transact([scene.deps.shared.slots.taking(slot)])  # type: ignore[union-attr]

    with pytest.raises(QueueFull):
        list(streamed(scene, replace(scene.environment(), sleep=renew)))

    assert scene.items("queue") == []
    assert scene.model.calls == []


# Together with others


def test_a_stream_joins_who_answers_already_and_gets_the_whole(scene: Scene) -> None:
    other = owned_by_another(scene)
    result = answer(Scene().environment(), plan_of(), PRESENTATION, caller(scene)).body
    pieces = streamed(scene)
    seen = [next(pieces), next(pieces)]
    other.succeed({**result, "checked": False}, Progress())
    seen += list(pieces)

    assert text(seen) == solution_of("q")
    assert scene.model.calls == []


def test_a_stream_takes_over_when_the_owner_dies_and_shows_all_of_it(scene: Scene) -> None:
    other = owned_by_another(scene)
    progress = Progress()
    progress.draft.text, progress.draft.tokens = "".join(answer_to("q")[:40]), 40
    assert scene.deps.shared is not None
    save(scene.deps.shared, other.run, progress)

    pieces = list(streamed(scene))

    assert text(pieces) == solution_of("q")
    assert scene.model.produced["q"] == WHOLE - 40


def test_a_stream_that_loses_its_run_goes_on_where_it_was_without_showing_anything_twice() -> None:
    """Its environment stalls, a worker takes over and ends the answer; the stream shows the rest of it."""
    scene = Scene(tokens=400)
    pieces = streamed(scene)
    seen = [next(pieces) for _ in range(330)]
    scene.clock.advance(LEASE_SECONDS + 1)
    run_id = scene.run["pk"].removeprefix("run#")
    scene.queue.send(run_id, "g")
    work(scene)
    seen += list(pieces)

    assert text(seen) == solution_of("q", 400)
    assert done(seen)["solution"] == solution_of("q", 400)
    assert scene.run["fence"] == 2


def test_a_follower_that_goes_away_stops_a_run_that_nobody_else_wants(scene: Scene) -> None:
    other = owned_by_another(scene)
    pieces = streamed(scene)
    next(pieces)
    assert scene.deps.shared is not None
    scene.deps.shared.runs.cancel(other.run.id, "job_other")

    pieces.close()

    run = scene.deps.shared.runs.get(other.run.id)
    assert run is not None
    assert run.status == "cancelled"


def test_a_follower_whose_time_is_up_gets_an_error_and_leaves_the_run_to_the_others(scene: Scene) -> None:
    other = owned_by_another(scene)

    with pytest.raises(ModelTimeout):
        list(streamed(scene, remaining=10.0))

    assert scene.deps.shared is not None
    run = scene.deps.shared.runs.get(other.run.id)
    assert run is not None
    assert (run.status, run.waiters) == ("running", {"job_other"})


def test_a_failure_of_the_owner_is_the_error_of_the_stream(scene: Scene) -> None:
    other = owned_by_another(scene)
    pieces = streamed(scene)
    next(pieces)
    other.fail(ModelError())

    with pytest.raises(ModelError):
        list(pieces)


# Hosts that do not go on, and tables that fail


def test_where_hosts_do_not_go_on_a_stream_that_takes_over_begins_anew_and_shows_one_answer(
    scene: Scene,
) -> None:
    scene.settings = Settings(model_slots=2, max_queued=5, prefill="never")
    other = owned_by_another(scene)
    progress = Progress()
    progress.draft.text, progress.draft.tokens = "".join(answer_to("q")[:50]), 50
    assert scene.deps.shared is not None
    save(scene.deps.shared, other.run, progress)

    pieces = list(streamed(scene))

    assert text(pieces) == solution_of("q")
    assert done(pieces)["usage"]["completion_tokens"] == 50 + WHOLE


def test_where_hosts_do_not_go_on_a_stream_that_breaks_off_ends_with_an_error(scene: Scene) -> None:
    scene.settings = Settings(model_slots=2, max_queued=5, prefill="never")
    at_token(scene, 40, lambda: _raise(GenerationBroken()))

    with pytest.raises(GenerationBroken):
        list(streamed(scene))


@pytest.mark.parametrize("calls", range(20))
def test_a_table_that_fails_in_the_middle_does_not_cost_the_stream(scene: Scene, calls: int) -> None:
    seen = 0

    def fall() -> None:
        nonlocal seen
        seen += 1
        scene.table.down = seen > calls

    scene.table.slow = fall

    assert text(list(streamed(scene))) == solution_of("q")


# What was shown


@given(st.lists(st.text("abc", max_size=3), max_size=12), st.integers(0, 12), st.integers(1, 3))
def test_what_is_told_again_is_shown_once_however_it_is_cut(parts: list[str], told: int, size: int) -> None:
    whole = "".join(parts)
    shown = Shown()

    def tell(pieces: list[str]) -> str:
        def each() -> Generator[Live | None]:
            for piece in pieces:
                yield Live("answer", piece)

        return text(list(shown.only_new(each())))

    first = tell(parts[:told])
    again = [whole[at : at + size] for at in range(0, len(whole), size)]
    assert first + tell(again) == whole


def test_another_answer_than_the_one_shown_is_an_error() -> None:
    shown = Shown()
    list(shown.only_new(iter_of(Live("answer", "The answer is 4"))))

    with pytest.raises(GenerationBroken):
        list(shown.only_new(iter_of(Live("answer", "The result is 4, of course"))))


def iter_of(*pieces: Live) -> Generator[Live | None]:
    yield from pieces


class Speaks(FakeModel):
    """Writes the tokens that it is told to."""

    def __init__(self, scene: Scene, *tokens: str) -> None:
        super().__init__(scene.clock)
        self._text = tokens

    def write(self, prompt: Prompt, deadline: float) -> Generator[Chunk | Finish]:  # type: ignore[override]
        for token in self._text:
            yield Chunk(token)
        yield Finish("stop", 100, len(self._text), 0, 0)


UNTAGGED = ("Two", " plus", " three", " is", " five,", " as", " everybody", " knows.")


def tokens_before_the_answer(pieces: list[Live | None]) -> int:
    """How many tokens showed nothing before the first that did."""
    return next(number for number, piece in enumerate(pieces) if piece is not None and piece.kind == "answer")


def speaking(scene: Scene, *tokens: str) -> Dependencies:
    return replace(scene.environment(), model=Speaks(scene, *tokens))


@pytest.mark.parametrize(
    ("seen", "held"),
    [(("<think>", "a", "</think>", "b"), 0), (("a", "</think>", "b"), len(UNTAGGED) + 1)],
)
def test_an_untagged_beginning_is_shown_as_soon_as_what_is_known_of_the_model_lets_it(
    scene: Scene, seen: tuple[str, ...], held: int
) -> None:
    list(streamed(scene, speaking(scene, *seen), plan_of("first")))

    pieces = list(streamed(scene, speaking(scene, *UNTAGGED), plan_of("second")))

    assert tokens_before_the_answer(pieces) == held
    assert text(pieces) == "".join(UNTAGGED)


def test_a_model_that_once_left_out_the_opening_tag_shows_no_thinking_as_its_answer(scene: Scene) -> None:
    list(streamed(scene, speaking(scene, "a", "</think>", "b"), plan_of("first")))

    pieces = list(streamed(scene, speaking(scene, *UNTAGGED, "</think>", "5"), plan_of("second")))

    assert text(pieces) == "5"
    assert text(pieces, "thinking") == "".join(UNTAGGED)


def test_a_thinking_that_we_closed_says_nothing_of_the_models_own_tags(scene: Scene) -> None:
    aloud = ("Okay", ", so", *(f" {number}" for number in range(20)))
    plan = plan_of("first", thinking_budget=5, answer_reserve=50)
    list(streamed(scene, speaking(scene, *aloud), plan))

    assert scene.deps.shared is not None
    assert scene.deps.shared.thinking_marks.of("m") is None
