from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from stepwise.config import Settings, SettingsError, variable_of

VARIABLES: dict[str, tuple[str, str, Any]] = {
    # variable: (field, text, value)
    "OLLAMA_HOST": (
        "ollama_host",
        "https://models.example:8443/ollama/",
        "https://models.example:8443/ollama",
    ),
    "MODEL_NAME": ("model_name", "phi4-mini-reasoning:3.8b", "phi4-mini-reasoning:3.8b"),
    "NUM_CTX": ("num_ctx", "32768", 32_768),
    "NUM_PREDICT": ("num_predict", "100", 100),
    "THINKING_BUDGET_LOW": ("thinking_budget_low", "500", 500),
    "THINKING_BUDGET_MEDIUM": ("thinking_budget_medium", "2000", 2_000),
    "ANSWER_RESERVE": ("answer_reserve", "600", 600),
    "WITNESS_TOKENS": ("witness_tokens", "0", 0),
    "TEMPERATURE": ("temperature", "0.8", 0.8),
    "TOP_P": ("top_p", "0.95", 0.95),
    "KEEP_ALIVE": ("keep_alive", "30m", "30m"),
    "CONNECT_TIMEOUT_SECONDS": ("connect_timeout", "2.5", 2.5),
    "IDLE_TIMEOUT_SECONDS": ("idle_timeout", "60", 60.0),
    "GENERATION_TIMEOUT_SECONDS": ("generation_timeout", "600", 600.0),
    "DEFAULT_WAIT_SECONDS": ("default_wait", "0", 0.0),
    "GATEWAY_TIMEOUT_SECONDS": ("gateway_timeout", "60", 60.0),
    "MODEL_SLOTS": ("model_slots", "8", 8),
    "MAX_QUEUED": ("max_queued", "0", 0),
    "CACHE_TTL_SECONDS": ("cache_ttl_seconds", "60", 60),
    "TABLE_NAME": ("table_name", "stepwise", "stepwise"),
    "QUEUE_URL": ("queue_url", "http://127.0.0.1:4566/1/jobs", "http://127.0.0.1:4566/1/jobs"),
    "DEAD_LETTER_QUEUE_ARN": ("dead_letter_queue_arn", "arn:aws:sqs:x:1:dead", "arn:aws:sqs:x:1:dead"),
    "AWS_TIMEOUT_SECONDS": ("aws_timeout", "0.5", 0.5),
    "THINKING": ("thinking", "implicit", "implicit"),
    "PREFILL": ("prefill", "never", "never"),
    "CHECKER_TIMEOUT_SECONDS": ("checker_timeout", "1", 1.0),
    "CONTEXT_BUDGET": ("context_budget", "2000", 2_000),
    "MAX_BODY_BYTES": ("max_body_bytes", "5000", 5_000),
}

NONSENSE = {
    "OLLAMA_HOST": [
        "localhost:11434",
        "ftp://host",
        "http://",
        "http://host:0",
        "http://host:99999",
        "http://[::1",
        "http://a b",
        "http://host:1/a\tb",
    ],
    "MODEL_NAME": ["two words", "x" * 201, "bell\x07"],
    "NUM_CTX": ["511", "1048577", "16k", "16384.5", "-1", "nan"],
    "NUM_PREDICT": ["0", "-1", "many"],
    "THINKING_BUDGET_LOW": ["0", "much"],
    "THINKING_BUDGET_MEDIUM": ["0"],
    "ANSWER_RESERVE": ["0"],
    "WITNESS_TOKENS": ["-1", "some"],
    "TEMPERATURE": ["-0.1", "2.1", "warm"],
    "TOP_P": ["0", "1.1"],
    "KEEP_ALIVE": ["-2", "-1m", "5d", "for ever", "m"],
    "CONNECT_TIMEOUT_SECONDS": ["0", "61", "inf", "nan", "10s"],
    "IDLE_TIMEOUT_SECONDS": ["0", "901"],
    "GENERATION_TIMEOUT_SECONDS": ["0", "901"],
    "DEFAULT_WAIT_SECONDS": ["-1", "901"],
    "GATEWAY_TIMEOUT_SECONDS": ["0", "901"],
    "MODEL_SLOTS": ["0", "4097"],
    "MAX_QUEUED": ["-1", "10001"],
    "CACHE_TTL_SECONDS": ["0", "31536001"],
    "AWS_TIMEOUT_SECONDS": ["0", "11"],
    "THINKING": ["Auto", "yes"],
    "PREFILL": ["always"],
    "CHECKER_TIMEOUT_SECONDS": ["0", "61"],
    "CONTEXT_BUDGET": ["99"],
    "MAX_BODY_BYTES": ["999", "6000001"],
}


def test_an_empty_environment_gives_the_defaults() -> None:
    assert Settings.from_environment({}) == Settings()


def test_every_setting_can_be_set() -> None:
    assert {variable_of(field): field for field in Settings.model_fields} == {
        variable: field for variable, (field, _, _) in VARIABLES.items()
    }
    assert {field for field, _, _ in VARIABLES.values()} == set(Settings.model_fields)


@pytest.mark.parametrize("variable", VARIABLES)
def test_a_variable_sets_its_field_and_no_other(variable: str) -> None:
    field, text, value = VARIABLES[variable]
    default = Settings()

    settings = Settings.from_environment({variable: f" {text} "})

    changed = {name for name in Settings.model_fields if getattr(settings, name) != getattr(default, name)}
    assert getattr(settings, field) == value
    assert type(getattr(settings, field)) is type(getattr(default, field))
    assert changed == {field}


@pytest.mark.parametrize("variable", VARIABLES)
def test_an_empty_variable_is_the_same_as_none(variable: str) -> None:
    assert Settings.from_environment({variable: "  "}) == Settings()


@pytest.mark.parametrize(
    ("variable", "text"), [(name, text) for name, texts in NONSENSE.items() for text in texts]
)
def test_nonsense_is_refused_with_a_sentence_that_names_the_variable_and_what_fits(
    variable: str, text: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment({variable: text})

    sentence = str(refused.value)
    assert sentence.startswith(f"{variable} is {text!r}, but it must be ")
    assert sentence.endswith(".")


def test_an_answer_as_long_as_the_context_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"NUM_PREDICT is 4096, which leaves no room .* NUM_CTX"):
        Settings.from_environment({"NUM_CTX": "4096", "NUM_PREDICT": "4096"})


def test_other_variables_do_not_matter() -> None:
    assert Settings.from_environment({"PATH": "/bin", "num_ctx": "none"}) == Settings()


@given(variable=st.sampled_from(sorted(VARIABLES)), text=st.text(max_size=30))
def test_any_text_is_either_taken_or_refused_in_a_sentence(variable: str, text: str) -> None:
    try:
        sentence = "" if Settings.from_environment({variable: text}) else "no settings"
    except SettingsError as error:
        sentence = str(error)

    assert not sentence or (sentence.startswith(variable) and sentence.endswith("."))


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        Settings().num_ctx = 1  # type: ignore[misc]
