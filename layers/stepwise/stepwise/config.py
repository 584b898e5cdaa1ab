"""Settings from environment variables, validated once.

Each setting is declared here with its variable, bounds and description. README.md's table is generated from them
(``infra/settings_table.py``), and a test compares the parameters of ``template.yaml`` with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self, get_args, get_origin
from urllib.parse import urlsplit

from annotated_types import Ge, Le
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.fields import FieldInfo

__all__ = ["Settings", "SettingsError", "accepted", "bounds_of", "default_of", "variable_of"]

Thinking = Literal["auto", "tagged", "implicit"]
Prefill = Literal["auto", "never"]


class SettingsError(ValueError):
    """An invalid setting; its text names the variable and what is accepted."""


def _url(text: str) -> str:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError("no address") from None
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.query
        or parts.fragment
        or port == 0
        or any(character.isspace() for character in text)
    ):
        raise ValueError("no address")
    return text.rstrip("/")


def _word(text: str) -> str:
    if len(text) > 200 or any(character.isspace() or not character.isprintable() for character in text):
        raise ValueError("no name")
    return text


def _duration(text: str) -> str:
    number, unit = (text[:-1], text[-1]) if text[-1:] in ("s", "m", "h") else (text, "")
    try:
        value = int(number)
    except ValueError:
        value = -2
    if value < -1 or (unit and value < 0):
        raise ValueError("no duration")
    return text


Url = Annotated[str, AfterValidator(_url)]
Word = Annotated[str, AfterValidator(_word)]
Duration = Annotated[str, AfterValidator(_duration)]


def _setting(
    default: Any,
    description: str,
    *,
    accepted: str = "",
    seconds: bool = False,
    ge: float | None = None,
    le: float | None = None,
) -> Any:
    """A setting from *ge* to *le*, or described by *accepted*; with *seconds* its variable ends with ``_SECONDS``."""
    extra: dict[str, Any] = {"accepted": accepted, "suffix": "_SECONDS" if seconds else ""}
    return Field(default, description=description, json_schema_extra=extra, ge=ge, le=le)


class Settings(BaseModel):
    """The settings of a deployment. Times are in seconds, lengths in tokens, unless the name says otherwise."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    ollama_host: Url = _setting(
        "http://127.0.0.1:11434",
        "Address of the model host.",
        accepted="an address such as http://10.0.0.5:11434",
    )
    model_name: Word = _setting(
        "phi4-mini-reasoning",
        "Name of the model on that host.",
        accepted="a model's name without spaces, such as phi4-mini-reasoning",
    )
    num_ctx: int = _setting(
        16_384,
        "Context length in tokens. One value everywhere, as another one makes Ollama load the model again.",
        ge=512,
        le=1_048_576,
    )
    num_predict: int = _setting(
        8_192, "Most tokens of one answer, thinking included; smaller than `NUM_CTX`.", ge=1, le=1_048_576
    )
    thinking_budget_low: int = _setting(
        1_024,
        "Tokens of thinking at low effort; then the thinking is closed and the answer asked for.",
        ge=1,
        le=1_048_576,
    )
    thinking_budget_medium: int = _setting(
        4_096,
        "The same at medium effort. At high effort the context is the limit.",
        ge=1,
        le=1_048_576,
    )
    answer_reserve: int = _setting(
        1_024, "Tokens that are kept for the answer when a thinking is closed.", ge=1, le=1_048_576
    )
    witness_tokens: int = _setting(
        400,
        "Most tokens of a witness that writes a problem as equations; 0: none is asked.",
        ge=0,
        le=4_096,
    )
    temperature: float = _setting(
        0.3, "Sampling temperature of solve and analyze; the model's card recommends 0.8.", ge=0, le=2
    )
    top_p: float = _setting(
        0.9, "Nucleus sampling of solve and analyze; the model's card recommends 0.95.", ge=0.01, le=1
    )
    keep_alive: Duration = _setting(
        "-1",
        "How long Ollama keeps the model loaded.",
        accepted="-1 (for ever), a number of seconds, or a duration such as 30m",
    )
    connect_timeout: float = _setting(
        10.0, "Longest time to connect to the model host.", seconds=True, ge=0.05, le=60
    )
    idle_timeout: float = _setting(
        120.0,
        "Longest silence between two tokens; before the first one the likely time of reading the prompt is added.",
        seconds=True,
        ge=0.1,
        le=900,
    )
    generation_timeout: float = _setting(
        840.0,
        "Longest time of one answer in one invocation, before it is handed over again.",
        seconds=True,
        ge=0.5,
        le=900,
    )
    default_wait: float = _setting(
        25.0,
        "How long a request waits where the client does not say (RFC 7240 `wait`).",
        seconds=True,
        ge=0,
        le=900,
    )
    gateway_timeout: float = _setting(
        29.0, "When the gateway gives up on an answer that is not streamed.", seconds=True, ge=1, le=900
    )
    model_slots: int = _setting(
        4,
        "Generations that run at a time on the model hosts; the most, where hosts tell their own.",
        ge=1,
        le=4_096,
    )
    max_queued: int = _setting(
        100, "Answers that may wait; beyond it 429 with `Retry-After`.", ge=0, le=10_000
    )
    cache_ttl_seconds: int = _setting(604_800, "How long an answer is reused.", ge=1, le=31_536_000)
    table_name: str = _setting("", "DynamoDB table. Empty: nothing is cached, no jobs.")
    queue_url: str = _setting("", "SQS queue of answers that were handed over. Empty: no hand-over.")
    dead_letter_queue_arn: str = _setting(
        "", "SQS queue of messages that came back too often. Empty: there is none."
    )
    aws_timeout: float = _setting(
        0.3, "Longest time that the answer cache may cost a request.", seconds=True, ge=0.02, le=10
    )
    thinking: Thinking = _setting(
        "auto",
        "How the model marks its thinking where it has no field of its own. `tagged`: in `<think>` tags; `implicit`:"
        " it always leaves out the opening one.",
    )
    prefill: Prefill = _setting(
        "auto",
        "`never`: the host does not continue a last message of role assistant, so a hand-over begins anew.",
    )
    checker_timeout: float = _setting(
        2.0, "CPU and wall-clock limit of one check.", seconds=True, ge=0.1, le=60
    )
    context_budget: int = _setting(
        3_000,
        "Tokens that a long text is condensed to; the model slows down over 4,000.",
        ge=100,
        le=1_048_576,
    )
    max_body_bytes: int = _setting(2_000_000, "Largest body of a request.", ge=1_000, le=6_000_000)

    @model_validator(mode="after")
    def _leaves_room(self) -> Self:
        if self.num_predict >= self.num_ctx:
            raise ValueError(
                f"NUM_PREDICT is {self.num_predict}, which leaves no room for a problem in NUM_CTX"
                f" ({self.num_ctx} tokens): make it smaller than NUM_CTX."
            )
        return self

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Settings:
        """The settings of *environ*; a missing or empty variable gives the default.

        Raises:
            SettingsError: the first invalid variable, with its value and what is accepted.
        """
        texts = {name: environ.get(variable_of(name), "").strip() for name in cls.model_fields}
        try:
            return cls.model_validate({name: text for name, text in texts.items() if text})
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
        if not first["loc"]:
            raise SettingsError(str(first["ctx"]["error"])) from None
        name = str(first["loc"][0])
        raise SettingsError(f"{variable_of(name)} is {texts[name]!r}, but it must be {accepted(name)}.")


def variable_of(name: str) -> str:
    """The environment variable of the setting *name*."""
    return name.upper() + _extra(Settings.model_fields[name], "suffix")


def default_of(name: str) -> Any:
    """The default of the setting *name*."""
    return Settings.model_fields[name].default


def bounds_of(name: str) -> tuple[float, float] | None:
    """The least and the largest value of the setting *name*, or None if it is not a number."""
    limits = Settings.model_fields[name].metadata
    low = [each.ge for each in limits if isinstance(each, Ge)]
    high = [each.le for each in limits if isinstance(each, Le)]
    return (float(low[0]), float(high[0])) if low and high else None  # type: ignore[arg-type]


def accepted(name: str) -> str:
    """The accepted values of the setting *name*, in words that fit after "it must be"."""
    field = Settings.model_fields[name]
    bounds = bounds_of(name)
    if bounds is not None:
        kind = "whole number" if field.annotation is int else "number"
        return f"a {kind} from {bounds[0]:.16g} to {bounds[1]:.16g}"
    if get_origin(field.annotation) is Literal:
        return f"one of {', '.join(get_args(field.annotation))}"
    return _extra(field, "accepted") or "a text"


def _extra(field: FieldInfo, word: str) -> str:
    extra = field.json_schema_extra
    return str(extra[word]) if isinstance(extra, dict) else ""
