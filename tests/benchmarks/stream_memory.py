"""Memory of the chat function over 500 streams: `PYTHONPATH=infra/local:tests python tests/benchmarks/stream_memory.py`.

Half of the clients read to the end, the others leave after the first event. The resident set of the function's
processes is read from /proc after every 50 streams.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import httpx
from support.hosts.model_host import ModelHost
from support.local_stack import LocalStack, local_stack

BODY = {"messages": [{"role": "user", "content": "hello"}], "stream": True, "include_reasoning": True}
SCRIPT = "<think>" + " so it is" * 60 + "</think>" + "The answer is five. " * 40
EVERY = 50


def main() -> None:
    parser = argparse.ArgumentParser(description="Memory of the chat function over many streams.")
    parser.add_argument("--streams", type=int, default=500)
    streams = parser.parse_args().streams
    with ModelHost(SCRIPT) as host, local_stack(settings={"OLLAMA_HOST": host.url}) as stack:
        headers = {"x-api-key": "demo-key"}
        with httpx.Client(base_url=stack.base_url, headers=headers, timeout=60, trust_env=False) as client:
            for number in range(1, streams + 1):
                one_stream(client, leaves=number % 2 == 0)
                if number == 1 or number % EVERY == 0:
                    sizes = ", ".join(f"{size:.1f}" for size in resident(stack))
                    print(f"after {number:4} streams: {sizes} MB", flush=True)


def one_stream(client: httpx.Client, *, leaves: bool) -> None:
    with client.stream("POST", "/v1/general/chat", json=BODY) as response:
        response.raise_for_status()
        for line in response.iter_lines():
            if leaves and line:
                return


def resident(stack: LocalStack) -> list[float]:
    """Megabytes of each environment of the chat function, the oldest first."""
    pids = [environment["pid"] for environment in stack.environments("ChatFunction")]
    statuses = [Path(f"/proc/{pid}/status").read_text("utf-8") for pid in pids]
    lines = [line for status in statuses for line in status.splitlines() if line.startswith("VmRSS")]
    return [int(line.split()[1]) / 1024 for line in lines]


if __name__ == "__main__":
    main()
