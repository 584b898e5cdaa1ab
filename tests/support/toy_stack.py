"""The local stack with a small test bundle, and a model host that lists the bundle's model."""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from support.local_stack import LocalStack, local_stack

TEMPLATE = Path(__file__).parents[1] / "data" / "toy_bundle" / "template.yaml"


@contextlib.contextmanager
def tags_host(*names: str) -> Iterator[str]:
    """A server that answers ``GET /api/tags`` like an Ollama with these models; yields its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps({"models": [{"name": name} for name in names]}).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@contextlib.contextmanager
def toy_stack(*arguments: str) -> Iterator[LocalStack]:
    """The stack that runs the toy bundle."""
    with (
        tags_host("toy-model") as host,
        local_stack(*arguments, template=TEMPLATE, settings={"OLLAMA_HOST": host}) as stack,
    ):
        yield stack


def eventually(check: Callable[[], Any], seconds: float = 10.0) -> Any:
    """Call *check* until its result is true, and return that."""
    deadline = time.monotonic() + seconds
    while not (found := check()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {check}")
        time.sleep(0.02)
    return found


def alive(pid: int) -> bool:
    """Whether any thread of a process runs; a zombie does not, but it may be one before its other threads end."""
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z" or len(threads) > 1


def session_of(pid: int) -> set[int]:
    """The process *pid* and all its descendants, without the caller."""
    found = {pid}
    parents = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                parents[int(folder.name)] = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {os.getpid()}
