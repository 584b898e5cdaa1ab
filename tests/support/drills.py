"""Shared parts of the drills: a partner's app, the items of the table, and the conditions after a drill."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from support.local_stack import LocalStack, local_stack

__all__ = ["App", "aws_of", "drilled_stack", "items_of", "long_answer", "problems_left", "question_of"]

ROOT = Path(__file__).resolve().parents[2]
ENDS = ("succeeded", "failed", "cancelled")


def long_answer(tokens: int, mark: str = "") -> list[str]:
    """An answer of *tokens* tokens without repetitions; different for each *mark*."""
    ending = ["</think>", "\n\n", "The", " answer", " is", " \\boxed{42}", "."]
    return ["<think>", *(f" {mark}w{number}" for number in range(tokens - len(ending) - 1)), *ending]


def question_of(body: Mapping[str, Any]) -> str:
    """The last user message of a call to the model host."""
    users = [message["content"] for message in body["messages"] if message["role"] == "user"]
    return str(users[-1])


@dataclass
class App:
    """A partner's app: sends requests and looks up its jobs. Thread-safe, as httpx's client is."""

    base_url: str
    key: str = "demo-key"
    stack: LocalStack | None = None
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        limits = httpx.Limits(max_connections=300, max_keepalive_connections=300)
        self.http = httpx.Client(
            base_url=self.base_url,
            headers={"x-api-key": self.key},
            timeout=120,
            trust_env=False,
            limits=limits,
        )

    @property
    def running(self) -> LocalStack:
        """The stack that it uses."""
        assert self.stack is not None
        return self.stack

    def solve(self, problem: str, prefer: str = "", **headers: str) -> httpx.Response:
        """Ask without verification: the drills' answers would be refuted, and generated twice."""
        if prefer:
            headers["Prefer"] = prefer
        return self.http.post("/v1/math/solve", json={"problem": problem, "verify": False}, headers=headers)

    def job(self, job_id: str, wait: float = 0) -> dict[str, Any]:
        headers = {"Prefer": f"wait={wait:g}"} if wait else {}
        response = self.http.get(f"/v1/jobs/{job_id}", headers=headers)
        if response.status_code != 200:
            return {"status": f"http {response.status_code}", "error": response.text[:200]}
        body: dict[str, Any] = response.json()
        return body

    def ended(self, job_ids: Iterable[str], seconds: float) -> dict[str, dict[str, Any]]:
        """The jobs, once all have ended or after *seconds*."""
        left, found = list(job_ids), {}
        end = time.monotonic() + seconds
        while left and time.monotonic() < end:
            for job_id in list(left):
                found[job_id] = self.job(job_id)
                if found[job_id]["status"] in ENDS:
                    left.remove(job_id)
            if left:
                time.sleep(1)
        return found


@contextmanager
def drilled_stack(host: str, *arguments: str, **settings: str) -> Iterator[LocalStack]:
    """The stack with the model host at *host*, and with *settings* that may not be parameters of the template."""
    with tempfile.TemporaryDirectory() as folder:
        template = _with_variables(Path(folder), settings)
        with local_stack(*arguments, template=template, settings={"OLLAMA_HOST": host, **settings}) as stack:
            yield stack


def _with_variables(folder: Path, variables: Mapping[str, str]) -> Path:
    """The template with more variables for all functions, in a copy of the repository's layout."""
    text = (ROOT / "template.yaml").read_text("utf-8")
    for name in ("functions", "layers", "infra"):
        (folder / name).symlink_to(ROOT / name)
    more = [f'{name}: "{value}"' for name, value in variables.items() if f"        {name}: " not in text]
    anchor = "        TABLE_NAME: !Ref Table\n"
    assert text.count(anchor) == 1
    template = folder / "template.yaml"
    template.write_text(text.replace(anchor, anchor + "".join(f"        {line}\n" for line in more)), "utf-8")
    return template


def items_of(stack: LocalStack) -> list[dict[str, Any]]:
    """All items of the table, read from the in-memory AWS of the stack."""
    from stepwise.storage.attribute_values import from_item

    client, environ = aws_of(stack, "dynamodb")
    pages = client.get_paginator("scan").paginate(TableName=environ["TABLE_NAME"], ConsistentRead=True)
    return [from_item(item) for page in pages for item in page["Items"]]


def aws_of(stack: LocalStack, service: str) -> tuple[Any, dict[str, str]]:
    """A client of *service* in the AWS in memory that the functions use, and the functions' variables."""
    from botocore.session import Session

    environ = _environ(stack)
    client = Session().create_client(
        service,
        region_name="us-east-1",
        endpoint_url=environ["AWS_ENDPOINT_URL"],
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )
    return client, environ


def problems_left(items: Iterable[Mapping[str, Any]], now: float) -> Counter[str]:
    """Items that must not be left after a drill: slots, places, and jobs whose run has not ended.

    The run of a killed function without a job need not end.
    """
    found: Counter[str] = Counter()
    items = list(items)
    claimed = {item["run_id"] for item in items if item["sk"] == "job"}
    for item in items:
        if item["pk"].split("#")[0] in ("slots", "queue", "taken") and item["until"] >= now * 1000:
            found[f"taken: {item['pk']}"] += 1
        claims = item["sk"] == "run" and item["pk"].removeprefix("run#") in claimed
        if claims and item["status"] in ("queued", "running"):
            found[f"job {item['status']}"] += 1
    return found


def _environ(stack: LocalStack) -> dict[str, str]:
    """The environment variables of one of the function processes: the template's, and where AWS is."""
    variables: dict[str, str] = stack.environments()[0]["variables"]
    return variables
