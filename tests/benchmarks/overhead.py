"""What the bundle adds to a bare model host: an uncached chat, and the first event of a stream.

    PYTHONPATH=infra/local:tests python tests/benchmarks/overhead.py [OTHER_CHECKOUT] [--rounds 15]

A scripted model host that answers at once, or writes --tokens-per-second, is asked itself, and through the local stack of
this checkout and of another one (with an environment of its own in .venv), in turn, so that all see the same machine.
Prints medians in milliseconds, and what each stack takes more than the bare host. The stack's parts on one machine (a
gateway, an authorizer, a table in memory) are part of the figure.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
from support.hosts.model_host import ModelHost

ROOT = Path(__file__).resolve().parents[2]
MODEL = "phi4-mini-reasoning"
ANSWER = "The sum of two and three is five, as two and three more make five of them. " * 2
TEXTS = {
    "thinking, shown": ("<think>" + " so" * 5 + "</think>\n\n" + ANSWER, True),
    "thinking, not shown": ("<think>" + " so" * 5 + "</think>\n\n" + ANSWER, False),
    "no thinking": (ANSWER.removeprefix("The "), False),
    # Held back for one token more: "the user …" is how a model thinks aloud.
    'no thinking, "The …"': (ANSWER, False),
}
WARM_UP = "<think> One and one.</think>\n\nTwo."
"""What the warm-up's question gets: the model is one that marks its thinking with both tags."""


@contextlib.contextmanager
def stack(checkout: Path, host: str) -> Iterator[str]:
    """The local stack of *checkout* before the model *host*; its address."""
    python = checkout / ".venv" / "bin" / "python"
    with tempfile.TemporaryDirectory() as folder:
        options = ["--port", "0", "--admin-port", "0", "--quiet", "--log-file", f"{folder}/stack.log"]
        process = subprocess.Popen(
            [python, "-m", "stepwise_local", *options],
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(checkout / "infra/local"),
                "OLLAMA_HOST": host,
            },
            cwd=checkout,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert process.stdout
            yield json.loads(process.stdout.readline())["url"]
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def of_a_chat(base: str, question: str) -> float:
    """Seconds of one chat that is not streamed."""
    body = {"messages": [{"role": "user", "content": question}]}
    if base.endswith("/api/chat"):
        return _seconds(base, {**body, "model": MODEL, "stream": False}, {})
    return _seconds(f"{base}/v1/general/chat", body, {"x-api-key": "demo-key"})


def _seconds(url: str, body: object, headers: dict[str, str]) -> float:
    began = time.monotonic()
    HTTP.post(url, json=body, headers=headers).raise_for_status()
    return time.monotonic() - began


def of_a_first_event(base: str, question: str, *, shown: bool) -> float:
    """Seconds to the first event that holds text; of the bare host to the first such line."""
    bare = base.endswith("/api/chat")
    body = {"messages": [{"role": "user", "content": question}], "stream": True}
    body |= {"model": MODEL} if bare else {"include_reasoning": shown}
    url = base if bare else f"{base}/v1/general/chat"
    began = time.monotonic()
    thinks = False
    with HTTP.stream("POST", url, json=body, headers={"x-api-key": "demo-key"}) as response:
        for line in response.raise_for_status().iter_lines():
            if not bare:
                if '"delta":"' in line:
                    return time.monotonic() - began
                continue
            text = json.loads(line)["message"]["content"]
            thinks = thinks or text == "<think>"
            if (shown or not thinks) and text.strip() and text not in ("<think>", "</think>"):
                return time.monotonic() - began
            thinks = thinks and text != "</think>"
    raise RuntimeError("the stream had no text")


HTTP = httpx.Client(timeout=120, trust_env=False)


def compare(name: str, bases: dict[str, str], rounds: int, measure: Callable[[str, str], float]) -> None:
    """Measure every base in turn, and print the medians."""
    found: dict[str, list[float]] = {each: [] for each in bases}
    for number in range(rounds):
        for each, base in bases.items():
            found[each].append(measure(base, f"{name}, {number}?"))
    bare = statistics.median(found["bare host"])
    for each, seconds in found.items():
        more = f"  {(statistics.median(seconds) - bare) * 1000:+7.0f} ms"
        print(
            f"{name:32} {each:12} {statistics.median(seconds) * 1000:7.0f} ms{more if each != 'bare host' else ''}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("other", nargs="?", type=Path, help="another checkout, to compare with")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--tokens-per-second", type=float, default=20.0)
    arguments = parser.parse_args()
    with ModelHost(WARM_UP) as host, contextlib.ExitStack() as stacks:
        bases = {"bare host": f"{host.url}/api/chat"}
        bases["this"] = stacks.enter_context(stack(ROOT, host.url))
        if arguments.other:
            bases["the other"] = stacks.enter_context(stack(arguments.other.resolve(), host.url))
        for base in list(bases.values())[1:]:
            # The functions start, the warm-up asks its question, and how the model thinks gets known.
            of_a_chat(base, "Start?")
            of_a_first_event(base, "Start?", shown=True)
        time.sleep(5)
        compare("uncached chat", bases, arguments.rounds, of_a_chat)
        host.tokens_per_second = arguments.tokens_per_second
        for name, (text, shown) in TEXTS.items():
            host.script = text
            compare(
                f"first event, {name}",
                bases,
                arguments.rounds,
                lambda base, question, shown=shown: of_a_first_event(base, question, shown=shown),
            )


if __name__ == "__main__":
    main()
