"""Make a plan from a request: prompt, sampling, token limits and cache key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from stepwise import prompts
from stepwise.answering.tasks import Analyze, Chat, Solve
from stepwise.api.schemas import AnalyzeRequest, ChatRequest, Conversation, Effort, SolveRequest
from stepwise.config import Settings
from stepwise.errors import InvalidRequest, ModelNotFound, Pointer
from stepwise.plan import Plan
from stepwise.text.canonical_key import canonical, problem_key
from stepwise.text.condense import condense
from stepwise.text.language import detect
from stepwise.text.tokens import LEAST_PER_CHARACTER, estimate

if TYPE_CHECKING:
    from stepwise.api.openai_schemas import CompletionRequest

__all__ = ["analyze_plan", "chat_plan", "completion_plan", "refuse_by_length", "served_model", "solve_plan"]

_MESSAGE_TOKENS = 8
"""Most tokens that a chat template adds to a message."""
_LEAST_ROOM = 64


def solve_plan(request: SolveRequest, settings: Settings) -> Plan:
    """The plan of a mathematics problem; a long ``context`` is condensed to what the problem needs.

    Prompt, checker and cache key use the same canonical form of the problem.
    """
    language = detect(request.problem) if request.language == "auto" else request.language
    problem = canonical(request.problem)
    context, condensed = _condensed(request.context, problem, settings)
    messages = tuple(prompts.solve_messages(problem, language=language, steps=request.steps, context=context))
    room = _room(messages, settings, _most(request.effort, settings), "/problem")
    thinking = _thinking(request.effort, room, settings)
    return Plan(
        kind=Solve.name,
        messages=messages,
        model=settings.model_name,
        options=_sampling(settings),
        num_predict=room,
        thinking_budget=thinking.budget,
        answer_reserve=thinking.reserve,
        answer_start=prompts.answer_start("solve" if request.steps else "solve-brief", language),
        language=language,
        key=problem_key(
            task="solve",
            text=problem,
            parts=_parts(settings, language, request.effort)
            | {"steps": request.steps, "context": request.context or ""},
        ),
        store=True,
        subject={
            "problem": problem,
            "language": language,
            "steps": request.steps,
            "verify": request.verify,
            "condensed": condensed,
            "effort": request.effort,
            "has_context": bool(request.context),
        },
    )


def analyze_plan(request: AnalyzeRequest, settings: Settings) -> Plan:
    """The plan of an argument; a long text is condensed to what the question needs.

    Prompt and cache key use the same canonical form of the text.
    """
    question = request.question or ""
    language = detect(question + request.text[:2_000]) if request.language == "auto" else request.language
    condensed_text, condensed = _condensed(request.text, question, settings)
    text = canonical(condensed_text or "")
    messages = tuple(prompts.analyze_messages(text, request.question, language=language))
    room = _room(messages, settings, _most(request.effort, settings), "/text")
    thinking = _thinking(request.effort, room, settings)
    return Plan(
        kind=Analyze.name,
        messages=messages,
        model=settings.model_name,
        options=_sampling(settings),
        num_predict=room,
        thinking_budget=thinking.budget,
        answer_reserve=thinking.reserve,
        answer_start=prompts.answer_start("analyze", language),
        language=language,
        key=problem_key(
            task="analyze",
            text=text,
            parts=_parts(settings, language, request.effort) | {"question": question, "condensed": condensed},
        ),
        store=True,
        subject={"language": language, "verify": request.verify, "condensed": condensed},
    )


def chat_plan(request: ChatRequest, settings: Settings) -> Plan:
    """The plan of a conversation's next turn; its answer is not shared.

    Raises:
        ModelNotFound: a model that is not served here.
        InvalidRequest: ``max_tokens`` over the limit, or a conversation that the context cannot hold.
    """
    wanted = _allowed(request.max_tokens, "/max_tokens", settings)
    messages = tuple(prompts.chat_messages([message.model_dump() for message in request.messages]))
    room = _room(messages, settings, wanted, "/messages")
    thinking = _thinking(request.effort, room, settings)
    return Plan(
        kind=Chat.name,
        messages=messages,
        model=served_model(request.model, settings),
        options={"temperature": request.temperature, "top_p": request.top_p},
        num_predict=room,
        thinking_budget=thinking.budget,
        answer_reserve=thinking.reserve,
        language=detect(messages[-1]["content"]),
    )


def completion_plan(request: CompletionRequest, settings: Settings) -> Plan:
    """The plan of an OpenAI-compatible completion; its answer is not shared.

    Raises:
        ModelNotFound: a model that is not served here.
        InvalidRequest: more tokens than the limit, or a conversation that the context cannot hold.
    """
    pointer = "/max_tokens" if request.max_completion_tokens is None else "/max_completion_tokens"
    wanted = _allowed(request.limit, pointer, settings)
    messages = tuple(prompts.chat_messages([turn.as_message() for turn in request.messages]))
    room = _room(messages, settings, wanted, "/messages")
    thinking = _thinking(request.effort, room, settings)
    options: dict[str, Any] = {"temperature": request.temperature, "top_p": request.top_p}
    if request.seed is not None:
        options["seed"] = request.seed
    if request.presence_penalty:
        options["presence_penalty"] = request.presence_penalty
    if request.frequency_penalty:
        options["frequency_penalty"] = request.frequency_penalty
    return Plan(
        kind=Chat.name,
        messages=messages,
        model=served_model(request.model, settings),
        options=options,
        num_predict=room,
        thinking_budget=thinking.budget,
        answer_reserve=thinking.reserve,
        language=detect(messages[-1]["content"]),
        subject={"stop": list(request.stops)},
    )


@dataclass(frozen=True)
class _Thinking:
    """Token budget of the thinking, and tokens reserved for the answer."""

    budget: int
    reserve: int


def _thinking(effort: Effort, room: int, settings: Settings) -> _Thinking:
    """The budget of the thinking at this *effort*, in *room* tokens for thinking and answer.

    If the room is small, half of it is reserved for the answer.
    """
    reserve = min(settings.answer_reserve, room // 2)
    wanted = {"low": settings.thinking_budget_low, "medium": settings.thinking_budget_medium, "high": room}[
        effort
    ]
    return _Thinking(max(1, min(wanted, room - reserve)), reserve)


def _most(effort: Effort, settings: Settings) -> int:
    """Most tokens of an answer: ``NUM_PREDICT``, at high effort the whole context."""
    return settings.num_ctx if effort == "high" else settings.num_predict


def _sampling(settings: Settings) -> dict[str, float]:
    """Sampling of solve and analyze."""
    return {"temperature": settings.temperature, "top_p": settings.top_p}


def refuse_by_length(request: Conversation, settings: Settings) -> None:
    """Refuse a conversation that is certainly too long for the context, by its number of characters.

    Raises:
        InvalidRequest: ``too_long``.
    """
    least = int(request.characters * LEAST_PER_CHARACTER)
    if least > settings.num_ctx:
        message = f"This has at least {least} tokens; the model's context holds {settings.num_ctx}."
        raise InvalidRequest(errors=(Pointer("/messages", "too_long", message),))


def _allowed(tokens: int | None, pointer: str, settings: Settings) -> int:
    if tokens is None:
        return settings.num_predict
    if tokens > settings.num_predict:
        message = f"This deployment gives at most {settings.num_predict} tokens."
        raise InvalidRequest(errors=(Pointer(pointer, "out_of_range", message),))
    return tokens


def served_model(name: str | None, settings: Settings) -> str:
    """The model's name as the host knows it; ``:latest`` may be left out or added, as in Ollama."""
    if name is None or name.removesuffix(":latest") == settings.model_name.removesuffix(":latest"):
        return settings.model_name
    raise ModelNotFound


def _condensed(
    text: str | None, question: str, settings: Settings
) -> tuple[str | None, dict[str, int] | None]:
    if not text:
        return None, None
    result = condense(text, question, settings.context_budget)
    if result is None:
        return text, None
    return result.text, {"kept": result.kept, "dropped": result.dropped}


def _parts(settings: Settings, language: str, effort: Effort) -> dict[str, Any]:
    """The parts of the cache key beside the text: everything else that changes an answer."""
    return {
        "language": language,
        "model": settings.model_name,
        "prompt": prompts.VERSION,
        "sampling": _sampling(settings),
        "effort": effort,
        "thinking": asdict(_thinking(effort, settings.num_predict, settings)),
        "num_predict": settings.num_predict,
        "context_budget": settings.context_budget,
    }


def _room(messages: tuple[Mapping[str, str], ...], settings: Settings, wanted: int, pointer: str) -> int:
    """Tokens that are left in the context for an answer (an estimate), at most *wanted*."""
    prompt = sum(estimate(message["content"]) + _MESSAGE_TOKENS for message in messages)
    room = settings.num_ctx - prompt
    if room < _LEAST_ROOM:
        message = f"This has about {prompt} tokens; the model's context holds {settings.num_ctx}."
        raise InvalidRequest(errors=(Pointer(pointer, "too_long", message),))
    return min(wanted, room)
