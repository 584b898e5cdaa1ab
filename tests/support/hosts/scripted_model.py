"""A model whose calls follow scripts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from stepwise.ollama.port import Chunk, Finish, Prompt

__all__ = ["ScriptedModel", "finish"]

type Step = str | Finish | Exception | None


def finish(tokens: int, *, reason: str = "stop", prompt_tokens: int = 100) -> Finish:
    return Finish(reason, prompt_tokens, tokens, 0, 0)  # type: ignore[arg-type]


class ScriptedModel:
    """Each call follows the next script: a text is a token, None a tick, an exception is raised."""

    def __init__(self, *scripts: Iterable[Step]) -> None:
        self._scripts = [list(script) for script in scripts]
        self.calls: list[Prompt] = []
        self.closed = 0

    def context_length(self) -> int | None:
        return 4_096

    def generate(self, prompt: Prompt, *, deadline: float) -> Any:
        self.calls.append(prompt)
        return _Call(self, self._scripts[len(self.calls) - 1])


class _Call:
    def __init__(self, model: ScriptedModel, script: list[Step]) -> None:
        self._model = model
        self._script = script

    def __enter__(self) -> Iterator[Chunk | Finish | None]:
        return self._play()

    def __exit__(self, *_: object) -> None:
        self._model.closed += 1

    def _play(self) -> Iterator[Chunk | Finish | None]:
        for step in self._script:
            if isinstance(step, Exception):
                raise step
            yield Chunk(step) if isinstance(step, str) else step
