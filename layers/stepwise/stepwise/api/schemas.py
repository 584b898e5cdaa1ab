"""Request schemas of the HTTP contract: strict types, no unknown fields, lengths in code points."""

from __future__ import annotations

import json
from abc import abstractmethod
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from stepwise.answering.tasks import Presentation
from stepwise.errors import InvalidRequest, MalformedJson, Pointer
from stepwise.screening import screen, screen_conversation

__all__ = [
    "WHOLE",
    "AnalyzeRequest",
    "AnswerRequest",
    "ChatRequest",
    "Conversation",
    "Effort",
    "Language",
    "Message",
    "SolveRequest",
    "read_json",
    "read_request",
]

Language = Literal["auto", "zh", "en"]
Effort = Literal["low", "medium", "high"]
_EFFORT = Field(description="How long the model may think before it has to answer.")

_MAX_ERRORS = 20


class Request(BaseModel):
    """Base of the schemas: unknown fields are refused; null for an optional field counts as missing.

    Each is built when it is first used, as a function uses one or two of them.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def _null_is_left_out(cls, data: Any) -> Any:
        """Treat null for an optional field as missing."""
        if not isinstance(data, dict):
            return data
        optional = {name for name, field in cls.model_fields.items() if not field.is_required()}
        return {name: value for name, value in data.items() if value is not None or name not in optional}


class AnswerRequest(Request):
    """A request for an answer of the model."""

    @abstractmethod
    def screen(self) -> None:
        """Screen the texts of the request. Raises what :mod:`stepwise.screening` raises."""

    @abstractmethod
    def presentation(self) -> Presentation:
        """The options that shape the response body but not the computation."""


class Conversation(AnswerRequest):
    """A request whose prompt is a conversation."""

    @property
    @abstractmethod
    def characters(self) -> int:
        """Least number of code points in the prompt; assistant turns are not counted, as their thinking is left out."""


def _whole(value: Any) -> Any:
    """Accept 5.0 as 5: JSON has only one type of number."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


WHOLE = BeforeValidator(_whole)
"""Accepts whole numbers that are written as floats, such as 5.0."""


class SolveRequest(AnswerRequest):
    """Body of ``POST /v1/math/solve``."""

    problem: Annotated[str, Field(min_length=1, max_length=2_000, description="The problem to solve.")]
    steps: Annotated[bool, Field(description="false: only the final answer and its verification.")] = True
    language: Annotated[Language, Field(description="Language of the answer.")] = "auto"
    context: Annotated[
        str | None, Field(max_length=100_000, description="A long text that the problem refers to.")
    ] = None
    verify: Annotated[bool, Field(description="Check the final answer independently of the model.")] = True
    include_reasoning: Annotated[bool, Field(description="Return the model's thinking too.")] = False
    effort: Annotated[Effort, _EFFORT] = "medium"

    @field_validator("problem")
    @classmethod
    def _not_blank(cls, value: str) -> str:
        return _not_blank(value)

    def screen(self) -> None:
        screen(self.problem, "/problem")
        if self.context:
            screen(self.context, "/context")

    def presentation(self) -> Presentation:
        return Presentation(self.include_reasoning, self.verify, self.problem)


class AnalyzeRequest(AnswerRequest):
    """Body of ``POST /v1/logic/analyze``."""

    text: Annotated[
        str,
        Field(
            min_length=1,
            max_length=100_000,
            description="The argument, the proof to be found, or the puzzle.",
        ),
    ]
    question: Annotated[str | None, Field(max_length=2_000, description="What is asked of it.")] = None
    language: Annotated[Language, Field(description="Language of the answer.")] = "auto"
    verify: Annotated[bool, Field(description="Check the verdict independently of the model.")] = True
    include_reasoning: Annotated[bool, Field(description="Return the model's thinking too.")] = False
    effort: Annotated[Effort, _EFFORT] = "medium"

    @field_validator("text")
    @classmethod
    def _not_blank(cls, value: str) -> str:
        return _not_blank(value)

    def screen(self) -> None:
        screen(self.text, "/text")
        if self.question:
            screen(self.question, "/question")

    def presentation(self) -> Presentation:
        return Presentation(self.include_reasoning, self.verify)


class Message(Request):
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


class ChatRequest(Conversation):
    """Body of ``POST /v1/general/chat``."""

    messages: Annotated[
        list[Message],
        Field(
            min_length=1,
            max_length=100,
            description="At least one from the user, the last not from the assistant.",
        ),
    ]
    model: Annotated[
        str | None, Field(min_length=1, max_length=200, description="One that the deployment serves.")
    ] = None
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.8
    top_p: Annotated[float, Field(gt=0, le=1)] = 0.95
    max_tokens: Annotated[
        Annotated[int, Field(ge=1), WHOLE] | None, Field(description="At most the deployment's limit.")
    ] = None
    stream: bool = False
    include_reasoning: bool = False
    effort: Annotated[Effort, _EFFORT] = "medium"

    @model_validator(mode="after")
    def _turns(self) -> Self:
        if all(message.role != "user" for message in self.messages):
            raise ValueError("messages needs at least one message of role user")
        if self.messages[-1].role == "assistant":
            raise ValueError("the last message must not be from the assistant")
        return self

    @property
    def characters(self) -> int:
        return sum(len(message.content) for message in self.messages if message.role != "assistant")

    def screen(self) -> None:
        for index, message in enumerate(self.messages):
            if message.role != "assistant":  # text of the model is not screened
                screen_conversation(message.content, f"/messages/{index}/content")

    def presentation(self) -> Presentation:
        return Presentation(self.include_reasoning, temperature=self.temperature, top_p=self.top_p)


def read_json(body: bytes) -> Any:
    """Parse *body* as JSON (RFC 8259: UTF-8, no NaN).

    Raises:
        MalformedJson: not UTF-8, not JSON, nested too deeply, or a number with thousands of digits.
    """
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
    except RecursionError:
        raise MalformedJson("The body is nested too deeply.") from None
    except UnicodeDecodeError as error:
        raise MalformedJson(f"The body is not UTF-8: byte {error.start} is invalid.") from None
    except json.JSONDecodeError as error:
        raise MalformedJson(
            f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        ) from None
    except ValueError:
        raise MalformedJson(
            "The body is not JSON: it contains NaN, Infinity or a number with too many digits."
        ) from None


def read_request[T: Request](model: type[T], body: bytes) -> T:
    """Parse and validate the request in *body*.

    Raises:
        MalformedJson: the body is not JSON.
        InvalidRequest: it has a pointer to each fault.
    """
    value = read_json(body)
    if not isinstance(value, dict):
        raise InvalidRequest(
            "The body must be a JSON object.",
            errors=(Pointer("", "not_an_object", "Send a JSON object with the fields of this request."),),
        )
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise InvalidRequest(
            errors=tuple(_pointer(entry) for entry in error.errors()[:_MAX_ERRORS])
        ) from None


def _refuse_constant(name: str) -> float:
    raise ValueError(name)


def _not_blank(value: str) -> str:
    if not value.strip():
        raise ValueError("must contain more than white space")
    return value


_MESSAGES = {
    "missing": ("missing", "This field is required."),
    "extra_forbidden": ("unknown_field", "This field is unknown; remove it."),
    "string_type": ("wrong_type", "This must be a string."),
    "string_unicode": ("not_unicode", "This contains a lone surrogate, which is not a character."),
    "bool_type": ("wrong_type", "This must be true or false."),
    "int_type": ("wrong_type", "This must be a whole number."),
    "float_type": ("wrong_type", "This must be a number."),
    "list_type": ("wrong_type", "This must be a list."),
    "model_type": ("wrong_type", "This must be an object."),
    "dict_type": ("wrong_type", "This must be an object."),
}


def _pointer(entry: Any) -> Pointer:
    """One of pydantic's errors as a pointer, without the input that it quotes."""
    path = "".join("/" + _escaped(part) for part in entry["loc"])
    kind = entry["type"]
    context = entry.get("ctx", {})
    if kind in _MESSAGES:
        code, message = _MESSAGES[kind]
        return Pointer(path, code, message)
    match kind:
        case "string_too_short":
            return Pointer(path, "too_short", f"This needs at least {context['min_length']} character(s).")
        case "string_too_long":
            return Pointer(path, "too_long", f"This may have at most {context['max_length']} characters.")
        case "too_short":
            return Pointer(path, "too_short", f"This needs at least {context['min_length']} entry.")
        case "too_long":
            return Pointer(path, "too_long", f"This may have at most {context['max_length']} entries.")
        case "literal_error":
            return Pointer(path, "not_allowed", f"This must be {context['expected']}.")
        case "value_error":
            return Pointer(path or "/messages", "not_allowed", str(context["error"]).capitalize() + ".")
        case "greater_than_equal" | "greater_than" | "less_than_equal" | "less_than" | "finite_number":
            return Pointer(path, "out_of_range", entry["msg"].replace("Input should", "This must") + ".")
    return Pointer(path, "invalid", "This is invalid.")


def _escaped(part: object) -> str:
    """A reference token (RFC 6901), cut to 80 characters, as a field's name may be any text of the client."""
    text = str(part).encode("utf-8", "replace").decode()[:80]
    return text.replace("~", "~0").replace("/", "~1")
