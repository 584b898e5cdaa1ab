"""Clients of OpenAI's API work with nothing but base_url and api_key set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import openai
import pytest
from langchain_openai import ChatOpenAI
from support.hosts.model_host import ModelHost
from support.local_stack import local_stack

MODEL = "phi4-mini-reasoning"
HELLO: Any = [{"role": "user", "content": "hello"}]


@pytest.fixture
def client(app: Any) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{app.stack.base_url}/v1", api_key="demo-key", max_retries=0) as client:
        yield client


def test_a_completion_has_content_thinking_and_usage(client: openai.OpenAI) -> None:
    completion = client.chat.completions.create(model=MODEL, messages=HELLO)

    choice = completion.choices[0]
    assert choice.message.content is not None
    assert choice.message.content.endswith("$\\boxed{5}$")
    assert choice.message.reasoning_content.split()[-1] == "t19"  # type: ignore[attr-defined]
    assert choice.finish_reason == "stop"
    assert completion.usage is not None
    assert (
        completion.usage.total_tokens == completion.usage.prompt_tokens + completion.usage.completion_tokens
    )


def test_a_streamed_completion_is_the_plain_one_in_pieces(client: openai.OpenAI) -> None:
    plain = client.chat.completions.create(model=MODEL, messages=HELLO)

    chunks = list(
        client.chat.completions.create(
            model=MODEL, messages=HELLO, stream=True, stream_options={"include_usage": True}
        )
    )

    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == plain.choices[0].message.content
    assert chunks[0].choices[0].delta.role == "assistant"
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert chunks[-1].choices == []
    assert chunks[-1].usage == plain.usage


def test_sampling_and_limits_reach_the_model(client: openai.OpenAI, host: ModelHost) -> None:
    before = len(host.requests)

    completion = client.chat.completions.create(
        model=MODEL,
        messages=[
            {"role": "developer", "content": "be brief"},
            {"role": "user", "content": [{"type": "text", "text": "hi"}]},
        ],
        max_completion_tokens=30,
        temperature=0.5,
        top_p=0.5,
        seed=7,
        presence_penalty=0.5,
        frequency_penalty=0.25,
        n=1,
        user="somebody",
        store=False,
        metadata={"a": "b"},
    )

    sent, *_ = host.requests[before:]  # a second one asks for the answer where the thinking used its share up
    options = sent["options"]
    assert (options["temperature"], options["top_p"], options["seed"]) == (0.5, 0.5, 7)
    assert (options["presence_penalty"], options["frequency_penalty"]) == (0.5, 0.25)
    assert options["num_predict"] == 30
    assert [message["role"] for message in sent["messages"]] == ["system", "user"]
    assert completion.choices[0].finish_reason == "length"


def test_stop_ends_the_answer_and_not_the_thinking(client: openai.OpenAI) -> None:
    completion = client.chat.completions.create(model=MODEL, messages=HELLO, stop=[" t5", "## Steps"])

    message = completion.choices[0].message
    assert message.content is not None
    assert message.content.endswith("A sum.")
    assert " t19" in message.reasoning_content  # type: ignore[attr-defined]
    assert completion.choices[0].finish_reason == "stop"


def test_models_are_listed_and_looked_up(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == [MODEL]
    assert client.models.retrieve(MODEL).id == MODEL
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt-9")


def test_an_unknown_model_is_not_found(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as error:
        client.chat.completions.create(model="gpt-9", messages=HELLO)
    assert error.value.code == "model_not_found"


@pytest.mark.parametrize(
    ("field", "value"),
    [("logprobs", True), ("n", 2), ("tools", []), ("response_format", {"type": "json_object"})],
)
def test_what_is_not_supported_is_refused_by_name(client: openai.OpenAI, field: str, value: Any) -> None:
    with pytest.raises(openai.BadRequestError) as error:
        client.chat.completions.create(model=MODEL, messages=HELLO, extra_body={field: value})
    assert error.value.param == field


def test_an_unknown_key_is_an_authentication_error(app: Any) -> None:
    with (
        openai.OpenAI(base_url=f"{app.stack.base_url}/v1", api_key="nobody's", max_retries=0) as stranger,
        pytest.raises(openai.AuthenticationError),
    ):
        stranger.chat.completions.create(model=MODEL, messages=HELLO)


def test_a_full_queue_is_a_rate_limit_error(host: ModelHost) -> None:
    host.script = "".join(f" w{number}" for number in range(2_000))
    host.tokens_per_second = 50
    settings = {"OLLAMA_HOST": host.url, "MODEL_SLOTS": "2", "MAX_QUEUED": "0"}
    with (
        local_stack(settings=settings) as stack,
        openai.OpenAI(base_url=f"{stack.base_url}/v1", api_key="demo-key", max_retries=0) as client,
    ):
        streams = [client.chat.completions.create(model=MODEL, messages=HELLO, stream=True) for _ in range(2)]
        for stream in streams:
            next(iter(stream))
        with pytest.raises(openai.RateLimitError) as error:
            client.chat.completions.create(model=MODEL, messages=HELLO)
        for stream in streams:
            stream.close()

    assert error.value.code == "queue_full"
    assert int(error.value.response.headers["retry-after"]) >= 1


def test_langchain_works_too(app: Any) -> None:
    model = ChatOpenAI(base_url=f"{app.stack.base_url}/v1", api_key="demo-key", model=MODEL, max_retries=0)  # type: ignore[arg-type]

    plain = model.invoke("hello").content
    streamed = "".join(str(chunk.content) for chunk in model.stream("hello"))

    assert plain == streamed
    assert str(plain).endswith("$\\boxed{5}$")
