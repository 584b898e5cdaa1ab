"""What the scheduled warm-up learns about the model."""

from __future__ import annotations

from dataclasses import replace

from stepwise.answering.maintenance import learn_thinking_marks
from stepwise.config import Settings
from stepwise.errors import ModelUnavailable
from stepwise.text.thinking import Marking
from support.hosts.scripted_model import ScriptedModel, finish
from support.scene import Scene


def learned(scene: Scene, model: ScriptedModel) -> Marking | None:
    deps = replace(scene.environment(), model=model)
    assert deps.shared is not None
    return learn_thinking_marks(deps, deps.shared)


def test_one_tiny_generation_teaches_all_that_the_model_uses_tags() -> None:
    scene = Scene()
    model = ScriptedModel(["<think>", "Two", finish(2)])

    assert learned(scene, model) == "opened"
    assert learned(scene, model) == "opened"

    assert [call.num_predict for call in model.calls] == [48]


def test_a_model_that_answers_without_tags_is_known_to_have_none() -> None:
    scene = Scene()
    model = ScriptedModel(["Two", finish(1)])

    assert learned(scene, model) == "none"
    assert learned(scene, model) == "none"


def test_a_thinking_without_its_opening_tag_is_noticed() -> None:
    assert learned(Scene(), ScriptedModel(["One and one.", "</think>", "Two", finish(3)])) == "unopened"


def test_the_same_generation_teaches_how_long_a_prompt_is_read() -> None:
    scene = Scene()
    learned(scene, ScriptedModel(["<think>", replace(finish(1, prompt_tokens=20), prompt_ms=500)]))

    assert scene.deps.shared is not None
    assert scene.deps.shared.prompt_speed.seconds(scene.settings.model_name, 40) == 1.0


def test_a_beginning_that_was_cut_or_thinks_aloud_teaches_nothing() -> None:
    scene = Scene()
    model = ScriptedModel(["Two", finish(48, reason="length")], ["Okay, so two.", finish(4)])

    assert learned(scene, model) is None
    scene.clock.advance(61)
    assert learned(scene, model) is None


def test_a_host_that_does_not_answer_teaches_nothing() -> None:
    assert learned(Scene(), ScriptedModel([ModelUnavailable()])) is None


def test_nothing_is_asked_where_the_marks_are_set() -> None:
    scene = Scene(Settings(thinking="tagged"))

    assert learned(scene, ScriptedModel()) is None
