"""The worker process: reads conversations from standard input, a line of JSON each, and writes their answers."""

from __future__ import annotations

import json
import resource
import sys

from embedded_model.requests import Message

__all__ = ["main"]

_MEMORY = 2 * 1024**3


def main() -> None:
    """Answer until the server closes the pipe."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    # Imported here: SymPy takes two seconds, and only this process needs it.
    from embedded_model.mind import full_text

    _say("ready")
    for line in sys.stdin:
        messages = [Message(role, content) for role, content in json.loads(line)]
        _say(full_text(messages))


def _say(text: str) -> None:
    sys.stdout.write(json.dumps(text) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
