"""Writing an answer, from nothing or from what is there already."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stepwise.answering.drafting.writing import Draft, Writing, write
from stepwise.errors import GenerationBroken, InvalidRequest, ModelError, ModelTimeout, ModelUnavailable
from stepwise.ollama.failures import failure
from stepwise.plan import Plan
from support.hosts.scripted_model import ScriptedModel, finish

BEGINNING = "<think>First the two sides are compared, then solved."
TOKENS = ["<think>", "First", " the", " two", " sides", " are", " compared", ", then", " solved", "."]


def plan(tokens: int = 1_000) -> Plan:
    return Plan("chat", ({"role": "user", "content": "q"},), "m", {}, tokens)


def written(model: ScriptedModel, draft: Draft, tokens: int = 1_000, **options: Any) -> str:
    return "".join(
        piece or "" for piece in write(model, plan(tokens), draft, Writing(1.0, clock=lambda: 0.0, **options))
    )


def test_an_answer_is_what_the_model_writes() -> None:
    draft = Draft()

    text = written(ScriptedModel(["a", None, "b", finish(2)]), draft)

    assert (text, draft.text, draft.tokens, draft.reason, draft.prompt_tokens) == ("ab", "ab", 2, "stop", 100)


def test_a_tick_of_the_model_is_passed_on() -> None:
    pieces = list(
        write(ScriptedModel([None, "a", finish(1)]), plan(), Draft(), Writing(1.0, clock=lambda: 0.0))
    )

    assert pieces[0] is None


def test_going_on_prefills_what_is_there_and_asks_for_the_rest_of_the_tokens() -> None:
    model = ScriptedModel(
        [" and", " the", " answer", " is", " forty-two, as everybody knows.", finish(5, prompt_tokens=110)]
    )
    draft = Draft(text=BEGINNING, tokens=10, prompt_tokens=100)

    written(model, draft, tokens=50)

    (call,) = model.calls
    assert call.prefill == BEGINNING
    assert call.num_predict == 40
    assert draft.text == BEGINNING + " and the answer is forty-two, as everybody knows."
    assert draft.tokens == 15
    assert draft.prompt_tokens == 100


def test_the_prompt_of_a_continuation_does_not_count_what_it_prefills() -> None:
    draft = Draft(text=BEGINNING, tokens=10)

    written(ScriptedModel([" done", finish(1, prompt_tokens=110)]), draft)

    assert draft.prompt_tokens == 100


def test_an_answer_that_has_used_its_tokens_is_cut_and_not_asked_for_again() -> None:
    model = ScriptedModel()
    draft = Draft(text=BEGINNING, tokens=50)

    written(model, draft, tokens=50)

    assert (draft.reason, model.calls) == ("length", [])


def test_a_break_is_mended_and_cannot_be_seen() -> None:
    model = ScriptedModel(
        [*TOKENS, GenerationBroken()], [" The", " answer", " is", " found", " at", " once", " now", finish(7)]
    )
    draft = Draft()

    text = written(model, draft)

    assert text == draft.text == BEGINNING + " The answer is found at once now"
    assert draft.tokens == len(TOKENS) + 7
    assert model.calls[1].prefill == BEGINNING


def test_a_second_break_is_an_error_and_what_was_written_stays() -> None:
    model = ScriptedModel([*TOKENS, GenerationBroken()], [" and", " more", GenerationBroken()])
    draft = Draft()

    with pytest.raises(GenerationBroken) as broken:
        written(model, draft)

    assert broken.value.status == 502
    assert draft.text == BEGINNING + " and more"
    assert draft.breaks == 2


def test_when_time_is_up_what_was_written_stays_for_the_next_one() -> None:
    draft = Draft()

    with pytest.raises(ModelTimeout):
        written(ScriptedModel([*TOKENS, ModelTimeout()]), draft)

    assert (draft.text, draft.tokens, draft.reason) == (BEGINNING, len(TOKENS), "")


@pytest.mark.parametrize("parts", [1, 2, 4])
def test_parts_join_to_the_undivided_answer(parts: int) -> None:
    tokens = [f" w{number}" for number in range(40)]
    cuts = [0, *sorted(range(1, 40, 40 // parts))[1:parts], 40]
    draft = Draft()

    for begin, end in itertools.pairwise(cuts):
        last = finish(end - begin, prompt_tokens=100 + begin) if end == 40 else ModelTimeout()
        model = ScriptedModel([*tokens[begin:end], last])
        try:
            written(model, draft)
        except ModelTimeout:
            draft = Draft.from_dict(draft.as_dict())

    assert draft.text == "".join(tokens)
    assert (draft.tokens, draft.spent, draft.prompt_tokens) == (40, 0, 100)


@given(st.integers(1, 39), st.integers(1, 39))
def test_wherever_an_answer_is_cut_the_parts_join(first: int, second: int) -> None:
    tokens = [f"{number * 7919 % 997} " for number in range(40)]
    cuts = sorted({0, first, second, 40})
    draft = Draft()

    for begin, end in itertools.pairwise(cuts):
        script = [*tokens[begin:end], finish(end - begin) if end == 40 else ModelTimeout()]
        try:
            written(ScriptedModel(script), draft)
        except ModelTimeout:
            assert end < 40

    assert draft.text == "".join(tokens)
    assert draft.tokens == 40


# Hosts that do not go on


def test_a_host_that_begins_anew_is_noticed_and_the_answer_is_begun_anew() -> None:
    model = ScriptedModel([*TOKENS, " No"], [*TOKENS, " Yes", finish(len(TOKENS) + 1)])
    draft = Draft(text=BEGINNING + " I had", tokens=12)

    text = written(model, draft)

    assert text == draft.text == BEGINNING + " Yes"
    assert model.calls[1].prefill == ""
    assert draft.tokens == len(TOKENS) + 1
    assert draft.spent >= 12


def test_a_host_that_thinks_anew_with_other_words_is_noticed() -> None:
    other = ["<think>", "Quite", " another", " way", " of", " looking", " at", " it", "."]
    model = ScriptedModel(other, ["<think>", "ok", "</think>", "42", finish(4)])
    draft = Draft(text=BEGINNING, tokens=10)

    written(model, draft)

    assert draft.text == "<think>ok</think>42"


def test_a_host_with_a_field_for_thinking_that_begins_anew_is_noticed() -> None:
    """Its thinking comes without the opening tag, as the prefill has it open already."""
    model = ScriptedModel(TOKENS[1:], [*TOKENS, finish(10)])
    draft = Draft(text=BEGINNING + " More", tokens=11)

    written(model, draft)

    assert draft.text == BEGINNING


def test_a_short_draft_that_comes_again_is_noticed() -> None:
    model = ScriptedModel([*TOKENS[1:], "!"], ["All", " new", finish(2)])
    draft = Draft(text="First the two", tokens=3)

    written(model, draft)

    assert draft.text == "All new"


def test_a_text_that_repeats_itself_is_taken_for_a_continuation() -> None:
    verse = "one two three four five six seven eight nine ten "
    model = ScriptedModel([verse, finish(1)])
    draft = Draft(text=verse * 2, tokens=2)

    written(model, draft)

    assert draft.text == verse * 3


def test_a_host_that_refuses_a_prefill_is_asked_anew() -> None:
    refused = failure(ModelError, "status_400:unknown_error")
    model = ScriptedModel([refused], ["ok", finish(1)])
    draft = Draft(text=BEGINNING, tokens=10)

    written(model, draft)

    assert (draft.text, draft.tokens, draft.spent) == ("ok", 1, 10)


def test_a_refusal_of_the_first_call_is_an_error() -> None:
    with pytest.raises(ModelError):
        written(ScriptedModel([failure(ModelError, "status_400:unknown_error")]), Draft())


def test_a_context_that_is_full_at_a_continuation_ends_the_answer_as_cut() -> None:
    draft = Draft(text=BEGINNING, tokens=10)

    written(ScriptedModel([failure(ModelError, "status_400:prompt_too_long")]), draft)

    assert (draft.text, draft.reason) == (BEGINNING, "length")


def test_where_a_setting_says_that_hosts_do_not_go_on_none_is_asked_to() -> None:
    model = ScriptedModel(["ok", finish(1)])
    draft = Draft(text=BEGINNING, tokens=10)

    written(model, draft, prefill=False)

    assert model.calls[0].prefill == ""
    assert draft.text == "ok"


def test_where_the_text_was_shown_already_it_is_not_begun_anew() -> None:
    draft = Draft(text=BEGINNING, tokens=10)

    with pytest.raises(GenerationBroken):
        written(ScriptedModel(TOKENS), draft, may_restart=False)

    assert draft.text == BEGINNING


def test_of_a_continuation_that_is_cut_early_what_may_be_the_beginning_again_is_dropped() -> None:
    draft = Draft(text=BEGINNING, tokens=10)

    with pytest.raises(ModelTimeout):
        written(ScriptedModel(["First", " the", ModelTimeout()]), draft)

    assert (draft.text, draft.tokens, draft.spent) == (BEGINNING, 10, 2)


def test_of_a_continuation_that_is_cut_early_what_goes_on_is_kept() -> None:
    draft = Draft(text=BEGINNING, tokens=10)

    with pytest.raises(ModelTimeout):
        written(ScriptedModel([" Then", ModelTimeout()]), draft)

    assert draft.text == BEGINNING + " Then"


def test_a_host_that_is_gone_is_not_mended() -> None:
    model = ScriptedModel(["a", ModelUnavailable()])

    with pytest.raises(ModelUnavailable):
        written(model, Draft())

    assert len(model.calls) == 1


def test_closing_the_writing_stops_the_model() -> None:
    model = ScriptedModel(["a", "b", "c", finish(3)])
    draft = Draft()
    writing = write(model, plan(), draft, Writing(1.0, clock=lambda: 0.0))

    next(writing)
    writing.close()

    assert model.closed == 1
    assert draft.text == "a"


def test_a_conversation_that_the_models_context_cannot_hold_is_the_clients_fault() -> None:
    model = ScriptedModel([failure(ModelError, "status_400:prompt_too_long")])

    with pytest.raises(InvalidRequest) as caught:
        written(model, Draft())

    (fault,) = caught.value.errors
    assert (fault.pointer, fault.code) == ("/messages", "too_long")
    assert "holds 4096" in fault.message


def test_what_a_closed_call_was_miscounted_by_is_learned_from_the_next_one() -> None:
    # Given 40 chunks of a closed call, and then 40 that the host says were 50 tokens
    script = [*("猫" for _ in range(40)), ModelTimeout()]
    model = ScriptedModel(script, [*("狗" for _ in range(40)), finish(50, prompt_tokens=150)])
    draft = Draft()
    with pytest.raises(ModelTimeout):
        written(model, draft)

    written(model, draft)

    assert (draft.tokens, draft.prompt_tokens) == (100, 100)


def test_english_that_was_closed_is_not_counted_like_the_chinese_after_it() -> None:
    # Given 100 English tokens of a closed call, and then 40 Chinese chunks that the host says were 60 tokens
    model = ScriptedModel(
        [*(f" w{number}" for number in range(100)), ModelTimeout()],
        [*(f"{number}狗" for number in range(40)), finish(60, prompt_tokens=200)],
    )
    draft = Draft()
    with pytest.raises(ModelTimeout):
        written(model, draft)

    written(model, draft)

    assert (draft.tokens, draft.prompt_tokens) == (160, 100)
