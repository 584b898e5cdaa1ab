"""Request schemas of the OpenAI-compatible endpoints; fields that are not supported are refused by name.

Source: OpenAI API reference, "Create chat completion" (https://platform.openai.com/docs/api-reference/chat/create).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from stepwise.answering.tasks import Presentation
from stepwise.api.schemas import WHOLE, Conversation, Effort, Request
from stepwise.screening import screen_conversation

__all__ = ["CompletionRequest"]


class _TextPart(Request):
    type: Literal["text"]
    text: str


def _as_parts(value: Any) -> Any:
    """Wrap a text in a list of parts, so that pointers of errors do not name the members of a union."""
    return [{"type": "text", "text": value}] if isinstance(value, str) else value


class _Turn(Request):
    role: Literal["system", "developer", "user", "assistant"]
    content: Annotated[
        list[_TextPart], BeforeValidator(_as_parts, json_schema_input_type=str | list[_TextPart])
    ]
    reasoning_content: Annotated[
        str | None, Field(description="As it came in an answer; the model does not see it again.")
    ] = None

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.content)

    def as_message(self) -> dict[str, str]:
        return {"role": "system" if self.role == "developer" else self.role, "content": self.text}


class _StreamOptions(Request):
    include_usage: bool = False


class CompletionRequest(Conversation):
    """Body of ``POST /v1/chat/completions``."""

    model_config = ConfigDict(title="CompletionRequest")

    model: Annotated[str, Field(min_length=1, max_length=200)]
    messages: Annotated[list[_Turn], Field(min_length=1, max_length=100)]
    max_tokens: Annotated[int, Field(ge=1), WHOLE] | None = None
    max_completion_tokens: Annotated[int, Field(ge=1), WHOLE] | None = None
    stop: Annotated[
        Annotated[list[str], Field(max_length=4)] | None,
        BeforeValidator(
            lambda value: [value] if isinstance(value, str) else value,
            json_schema_input_type=str | Annotated[list[str], Field(max_length=4)] | None,
        ),
    ] = None
    seed: Annotated[int, Field(ge=-(2**31), lt=2**31), WHOLE] | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.8
    top_p: Annotated[float, Field(gt=0, le=1)] = 0.95
    presence_penalty: Annotated[float, Field(ge=-2, le=2)] = 0
    frequency_penalty: Annotated[float, Field(ge=-2, le=2)] = 0
    reasoning_effort: Annotated[
        Literal["minimal", "low", "medium", "high"],
        Field(description="How long the model may think; minimal is low."),
    ] = "medium"
    stream: bool = False
    stream_options: _StreamOptions | None = None
    n: Annotated[int, Field(ge=1, le=1), WHOLE] = 1
    user: Annotated[str | None, Field(description="Accepted; changes nothing.")] = None
    metadata: Annotated[dict[str, Any] | None, Field(description="Accepted; changes nothing.")] = None
    store: Annotated[bool | None, Field(description="Accepted; changes nothing.")] = None

    @model_validator(mode="after")
    def _turns(self) -> Self:
        if all(turn.role != "user" for turn in self.messages):
            raise ValueError("messages needs at least one message of role user")
        if self.messages[-1].role == "assistant":
            raise ValueError("the last message must not be from the assistant")
        return self

    @property
    def effort(self) -> Effort:
        """The effort in the values of the other endpoints."""
        return "low" if self.reasoning_effort == "minimal" else self.reasoning_effort

    @property
    def limit(self) -> int | None:
        """Most tokens of the answer; the newer of the two names counts."""
        return self.max_completion_tokens or self.max_tokens

    @property
    def stops(self) -> tuple[str, ...]:
        return tuple(sequence for sequence in self.stop or [] if sequence)

    @property
    def characters(self) -> int:
        return sum(len(turn.text) for turn in self.messages if turn.role != "assistant")

    def screen(self) -> None:
        for index, turn in enumerate(self.messages):
            if turn.role != "assistant":  # text of the model is not screened
                screen_conversation(turn.text, f"/messages/{index}/content")

    def presentation(self) -> Presentation:
        return Presentation(include_reasoning=True, temperature=self.temperature, top_p=self.top_p)
