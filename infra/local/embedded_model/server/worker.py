"""The worker process: reads conversations from standard input, a line of JSON each, and writes their answers."""

from __future__ import annotations

import json
import resource
import sys

from embedded_model.values.message import Message

__all__ = ["main"]

_MEMORY = 2 * 1024**3
# The server kills a late worker; this is for one whose server was killed itself.
_PROCESSOR_SECONDS = 30


def main() -> None:
    """Answer until the server closes the pipe."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    # Imported here: SymPy takes a second or two, and only this process needs it.
    from embedded_model.answering.mind import full_text

    differs = "--witness-differs" in sys.argv
    _say("ready")
    for line in sys.stdin:
        used = resource.getrusage(resource.RUSAGE_SELF)
        limit = int(used.ru_utime + used.ru_stime) + _PROCESSOR_SECONDS
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
        messages = [Message(role, content) for role, content in json.loads(line)]
        _say(full_text(messages, witness_differs=differs))


def _say(text: str) -> None:
    sys.stdout.write(json.dumps(text) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
