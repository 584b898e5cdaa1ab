"""The task chat: the next turn of a conversation, neither checked nor shared."""

from __future__ import annotations

from typing import TypedDict

from stepwise.answering.tasks.task import Body, Presentation, Result, Task, common_body
from stepwise.plan import Plan

__all__ = ["Chat", "ChatReply", "ChatResult", "Metadata"]


class ChatResult(Result):
    """The stored result of a chat."""

    response: str


class Metadata(TypedDict):
    """The sampling that was really used."""

    temperature: float
    top_p: float


class ChatReply(Body):
    """The next turn of a conversation."""

    response: str
    metadata: Metadata


class Chat(Task[ChatResult]):
    """The task chat."""

    name = "chat"
    text_field = "response"
    pointer = "/messages"
    body = ChatReply
    streamed_text_repeated = False

    def read(self, plan: Plan, answer: str, common: Result) -> ChatResult:
        return {"response": answer, **common}

    def present(self, result: ChatResult, presentation: Presentation, *, cached: bool) -> ChatReply:
        return {
            **common_body(result, presentation),
            "response": result["response"],
            "metadata": {"temperature": presentation.temperature, "top_p": presentation.top_p},
        }

    def cacheable(self, result: ChatResult) -> bool:
        return False
