"""Settings from the environment, read once and refused with a sentence when they make no sense."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

__all__ = ["Settings", "SettingsError"]

Thinking = Literal["auto", "tagged", "implicit"]
Prefill = Literal["auto", "never"]


class SettingsError(ValueError):
    """A setting that makes no sense; its text says which variable and why."""


@dataclass(frozen=True)
class Settings:
    """All that a deployment can set. Times are in seconds, lengths in tokens unless the name says otherwise."""

    ollama_host: str = "http://127.0.0.1:11434"
    """Base URL of the model host."""
    model_name: str = "phi4-mini-reasoning"
    num_ctx: int = 16_384
    """Context length; one value everywhere, as another one makes Ollama load the model again."""
    num_predict: int = 8_192
    """Most tokens of one answer, thinking included."""
    keep_alive: str = "-1"
    """How long Ollama keeps the model: -1 (for ever), seconds, or a duration such as 30m."""
    connect_timeout: float = 10.0
    idle_timeout: float = 120.0
    """Longest silence between two tokens, the reading of the prompt included."""
    generation_timeout: float = 840.0
    """Longest time that one answer may take in one invocation."""
    default_wait: float = 25.0
    """How long a request waits where the client does not say (RFC 7240 wait)."""
    gateway_timeout: float = 29.0
    """When the gateway gives up on a request that is not streamed."""
    model_slots: int = 4
    """Generations that run at a time on the model host."""
    max_queued: int = 100
    """Jobs that wait at most."""
    cache_ttl_seconds: int = 604_800
    table_name: str = ""
    """DynamoDB table; empty: no cache, no jobs."""
    queue_url: str = ""
    """SQS queue of handed-over answers; empty: no hand-over."""
    dead_letter_queue_arn: str = ""
    """SQS queue of messages that came back too often; empty: there is none."""
    aws_timeout: float = 0.3
    """Longest time that the answer cache may cost a request."""
    thinking: Thinking = "auto"
    """How the model marks its thinking where it does not use a field of its own."""
    prefill: Prefill = "auto"
    """never: the model host does not continue a last message of role assistant."""
    checker_timeout: float = 2.0
    """CPU and wall-clock limit of one check."""
    context_budget: int = 3_000
    """Tokens that a long text is condensed to; the model slows down over 4,000."""
    max_body_bytes: int = 2_000_000

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Settings:
        """Settings of *environ*; a variable that is missing or empty has its default.

        Raises:
            SettingsError: names the variable, the value's fault and what is accepted.
        """
        read = _Reader(environ)
        settings = cls(
            ollama_host=read("OLLAMA_HOST", cls.ollama_host, _url),
            model_name=read("MODEL_NAME", cls.model_name, _word),
            num_ctx=read("NUM_CTX", cls.num_ctx, _integer(512, 1_048_576)),
            num_predict=read("NUM_PREDICT", cls.num_predict, _integer(1, 1_048_576)),
            keep_alive=read("KEEP_ALIVE", cls.keep_alive, _duration),
            connect_timeout=read("CONNECT_TIMEOUT_SECONDS", cls.connect_timeout, _number(0.05, 60)),
            idle_timeout=read("IDLE_TIMEOUT_SECONDS", cls.idle_timeout, _number(0.1, 900)),
            generation_timeout=read("GENERATION_TIMEOUT_SECONDS", cls.generation_timeout, _number(0.5, 900)),
            default_wait=read("DEFAULT_WAIT_SECONDS", cls.default_wait, _number(0, 900)),
            gateway_timeout=read("GATEWAY_TIMEOUT_SECONDS", cls.gateway_timeout, _number(1, 900)),
            model_slots=read("MODEL_SLOTS", cls.model_slots, _integer(1, 256)),
            max_queued=read("MAX_QUEUED", cls.max_queued, _integer(0, 10_000)),
            cache_ttl_seconds=read("CACHE_TTL_SECONDS", cls.cache_ttl_seconds, _integer(1, 31_536_000)),
            table_name=read("TABLE_NAME", cls.table_name, str),
            queue_url=read("QUEUE_URL", cls.queue_url, str),
            dead_letter_queue_arn=read("DEAD_LETTER_QUEUE_ARN", cls.dead_letter_queue_arn, str),
            aws_timeout=read("AWS_TIMEOUT_SECONDS", cls.aws_timeout, _number(0.02, 10)),
            thinking=read("THINKING", cls.thinking, _choice("auto", "tagged", "implicit")),
            prefill=read("PREFILL", cls.prefill, _choice("auto", "never")),
            checker_timeout=read("CHECKER_TIMEOUT_SECONDS", cls.checker_timeout, _number(0.1, 60)),
            context_budget=read("CONTEXT_BUDGET", cls.context_budget, _integer(100, 1_048_576)),
            max_body_bytes=read("MAX_BODY_BYTES", cls.max_body_bytes, _integer(1_000, 6_000_000)),
        )
        if settings.num_predict >= settings.num_ctx:
            raise SettingsError(
                f"NUM_PREDICT is {settings.num_predict}, which leaves no room for a problem in NUM_CTX"
                f" ({settings.num_ctx} tokens): make it smaller than NUM_CTX."
            )
        return settings


class _Reader:
    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def __call__[T](self, name: str, default: T, parse: Callable[[str], T]) -> T:
        text = self._environ.get(name, "").strip()
        if not text:
            return default
        try:
            return parse(text)
        except ValueError as error:
            raise SettingsError(f"{name} is {text!r}, but {error}.") from None


def _integer(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        message = f"it must be a whole number from {low} to {high}"
        try:
            value = int(text)
        except ValueError:
            raise ValueError(message) from None
        if not low <= value <= high:
            raise ValueError(message)
        return value

    return parse


def _number(low: float, high: float) -> Callable[[str], float]:
    def parse(text: str) -> float:
        message = f"it must be a number from {low:g} to {high:g}"
        try:
            value = float(text)
        except ValueError:
            raise ValueError(message) from None
        if not low <= value <= high:
            raise ValueError(message)
        return value

    return parse


def _choice[T: str](*choices: T) -> Callable[[str], T]:
    def parse(text: str) -> T:
        for choice in choices:
            if text == choice:
                return choice
        raise ValueError(f"it must be one of {', '.join(choices)}")

    return parse


def _url(text: str) -> str:
    message = "it must be an address such as http://10.0.0.5:11434"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError(message) from None
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.query
        or parts.fragment
        or port == 0
        or any(character.isspace() for character in text)
    ):
        raise ValueError(message)
    return text.rstrip("/")


def _word(text: str) -> str:
    if len(text) > 200 or any(character.isspace() or not character.isprintable() for character in text):
        raise ValueError("it must be a model's name without spaces, such as phi4-mini-reasoning")
    return text


def _duration(text: str) -> str:
    number, unit = (text[:-1], text[-1]) if text[-1] in "smh" else (text, "")
    try:
        value = int(number)
    except ValueError:
        value = -2
    if value < -1 or (unit and value < 0):
        raise ValueError("it must be -1 (for ever), a number of seconds, or a duration such as 30m")
    return text
