"""``python -m stepwise_local.processes.reaper``: ends the stack's processes where the stack was killed and cannot.

Reads ``+123`` when a process group begins and ``-123`` when it has ended; at the end of the input it kills the rest.
"""

import contextlib
import os
import signal
import sys

__all__ = ["main"]


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        (groups.add if line[0] == "+" else groups.discard)(int(line[1:]))
    for group in groups:
        with contextlib.suppress(ProcessLookupError):  # it has ended already
            os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    main()
