"""The ``options`` object of a request, checked as Ollama checks it.

Types and texts are those of ``api.Options.FromMap`` in Ollama 0.24; the text for a float was recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["OptionError", "Options", "read"]

_INTEGERS = frozenset({
    "num_ctx", "num_batch", "num_gpu", "main_gpu", "num_thread", "num_keep", "seed", "num_predict", "top_k",
    "repeat_last_n",
})  # fmt: skip
_FLOATS = frozenset({
    "top_p", "min_p", "typical_p", "temperature", "repeat_penalty", "presence_penalty", "frequency_penalty",
})  # fmt: skip
_DEFAULT_CONTEXT = 4096
_SMALLEST_CONTEXT = 4
_LARGEST = 2**31


class OptionError(ValueError):
    """An option of the wrong type; its text is Ollama's."""


@dataclass(frozen=True)
class Options:
    """What the embedded model obeys; sampling changes nothing, as there is only one answer."""

    num_ctx: int = _DEFAULT_CONTEXT
    """Context length in tokens; Ollama's default on cards under 23 GiB."""
    num_predict: int = -1
    """Most tokens of the answer; negative: no limit of its own."""
    stop: tuple[str, ...] = field(default=())


def read(options: Mapping[str, object]) -> Options:
    """Options of a request; unknown ones and nulls are ignored.

    Raises:
        OptionError: one has the wrong type.
    """
    known = {name: value for name, value in options.items() if value is not None}
    for name, value in known.items():
        _check(name, value)
    stop = known.get("stop", ())
    return Options(
        num_ctx=max(_integer(known.get("num_ctx", _DEFAULT_CONTEXT)), _SMALLEST_CONTEXT),
        num_predict=_integer(known.get("num_predict", -1)),
        stop=tuple(str(text) for text in stop if text) if isinstance(stop, list) else (),
    )


def _check(name: str, value: object) -> None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if name in _INTEGERS and not number:
        raise OptionError(f'option "{name}" must be of type integer')
    if name in _FLOATS and not number:
        raise OptionError(f'option "{name}" must be of type float32')
    if name == "use_mmap" and not isinstance(value, bool):
        raise OptionError(f'option "{name}" must be of type boolean')
    if name == "stop":
        if not isinstance(value, list):
            raise OptionError(f'option "{name}" must be of type array')
        if not all(isinstance(item, str) for item in value):
            raise OptionError(f'option "{name}" must be of an array of strings')


def _integer(value: object) -> int:
    return int(max(-_LARGEST, min(_LARGEST, value))) if isinstance(value, (int, float)) else 0
