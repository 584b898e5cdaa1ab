"""Time from the model's first token to a stream's first event: `PYTHONPATH=infra/local:tests python tests/benchmarks/time_to_first_event.py`.

A model host that writes 20 tokens a second stands behind the local stack; each figure is the median of 7.
"""

from __future__ import annotations

import statistics
import threading
import time

import httpx
from support.hosts.model_host import ModelHost
from support.local_stack import local_stack

ANSWER = "The sum of two and three is five, as two and three more make five of them. " * 2
THINKING = "<think>" + " so" * 5 + "</think>"
ROUNDS = 7
NATIVE = {"messages": [{"role": "user", "content": "hello"}], "stream": True}
CASES = [
    ("/v1/general/chat, thinking shown", "/v1/general/chat", NATIVE | {"include_reasoning": True}, THINKING),
    ("/v1/general/chat, no thinking", "/v1/general/chat", NATIVE, ""),
    ("/v1/chat/completions", "/v1/chat/completions", NATIVE | {"model": "phi4-mini-reasoning"}, THINKING),
]


def main() -> None:
    with ModelHost(tokens_per_second=20) as host, local_stack(settings={"OLLAMA_HOST": host.url}) as stack:
        headers = {"x-api-key": "demo-key", "authorization": "Bearer demo-key"}
        with httpx.Client(base_url=stack.base_url, headers=headers, timeout=60, trust_env=False) as client:
            for name, path, body, thinking in CASES:
                host.script = thinking + ANSWER
                measured(client, host, path, body)  # the first one starts the function
                seconds = [measured(client, host, path, body) for _ in range(ROUNDS)]
                print(f"{name:36} {statistics.median(seconds):.3f} s (worst {max(seconds):.3f} s)")


def measured(client: httpx.Client, host: ModelHost, path: str, body: dict[str, object]) -> float:
    """Seconds from the first token that the host sends to the first event with text that the client has."""
    written = host.generated
    begun: list[float] = []

    def first_token() -> None:
        host.wait_for(lambda seen: seen.generated > written, timeout=30)
        begun.append(time.monotonic())

    watching = threading.Thread(target=first_token)
    watching.start()
    try:
        with client.stream("POST", path, json=body) as response:
            for line in response.iter_lines():
                if '"delta":"' in line or 'content":"' in line.replace('content":""', ""):
                    now = time.monotonic()
                    watching.join()
                    return now - begun[0]
    finally:
        watching.join()
    raise RuntimeError("the stream had no text")


if __name__ == "__main__":
    main()
