"""Every setting can be set in a deployment, within what the functions accept, and README tells of it truly."""

from __future__ import annotations

import importlib.util
from types import ModuleType
from typing import Any

import pytest
from stepwise.config import Settings, bounds_of, default_of, variable_of
from support.infra import INFRA, bundle

MADE_BY_THE_TEMPLATE = {"OLLAMA_HOST", "TABLE_NAME", "QUEUE_URL", "DEAD_LETTER_QUEUE_ARN"}
"""Addresses of its own resources; that of the model host is a parameter where it brings none along."""
SET_BY_HAND = [name for name in Settings.model_fields if variable_of(name) not in MADE_BY_THE_TEMPLATE]


def variables() -> dict[str, Any]:
    own = [
        resource["Properties"].get("Environment", {}).get("Variables", {})
        for resource in bundle()["Resources"].values()
        if resource["Type"] == "AWS::Serverless::Function"
    ]
    shared: dict[str, Any] = bundle()["Globals"]["Function"]["Environment"]["Variables"]
    return {name: value for each in (*own, shared) for name, value in each.items()}


def test_every_setting_is_a_variable_of_the_functions() -> None:
    assert {variable_of(name) for name in Settings.model_fields} <= set(variables())


@pytest.mark.parametrize("name", SET_BY_HAND)
def test_a_setting_is_a_parameter_of_its_name_default_and_bounds(name: str) -> None:
    parameter = "".join(word.capitalize() for word in variable_of(name).split("_"))
    declared = bundle()["Parameters"][parameter]
    bounds = bounds_of(name)

    assert variables()[variable_of(name)] == {"Ref": parameter}
    assert type(default_of(name))(declared["Default"]) == default_of(name)
    if bounds is not None:
        assert bounds[0] <= float(declared["MinValue"]) <= float(declared["MaxValue"]) <= bounds[1]


def test_the_parameters_extremes_are_settings_that_the_functions_accept() -> None:
    for end in ("MinValue", "MaxValue"):
        for name in SET_BY_HAND:
            parameter = variables()[variable_of(name)]["Ref"]
            if end in bundle()["Parameters"][parameter] and name not in ("num_ctx", "num_predict"):
                text = str(bundle()["Parameters"][parameter][end])
                assert Settings.from_environment({variable_of(name): text}) is not None


@pytest.fixture
def table() -> ModuleType:
    spec = importlib.util.spec_from_file_location("settings_table", INFRA / "settings_table.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_table_in_the_readme_is_that_of_the_settings(table: ModuleType) -> None:
    text = table.README.read_text("utf-8")

    assert table.with_table(text) == text
    assert all(f"| `{variable_of(name)}` |" in text for name in Settings.model_fields)


def test_a_table_that_has_drifted_is_noticed(table: ModuleType, tmp_path: Any, capsys: Any) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(table.README.read_text("utf-8").replace("`16384`", "`16385`"), "utf-8")
    table.README = readme

    assert table.main(["--check"]) == 1
    assert "make settings" in capsys.readouterr().err
    assert table.main([]) == 0
    assert table.main(["--check"]) == 0
