"""``python -m stepwise_local.demo``: a tour of two minutes through what the bundle promises, before a stack of its own.

The exit status says whether every scene happened: 0, or 1 where one did not; 130 where it was interrupted.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import httpx
from embedded_model import MODEL

from stepwise_local.asgi import listen, serve
from stepwise_local.demo.model import TourModel
from stepwise_local.demo.scenes import MAX_QUEUED, MODEL_SLOTS, SCENES, Scene
from stepwise_local.demo.stage import NotSeen, Stage
from stepwise_local.processes.log import Log
from stepwise_local.stack import KEYS, Options, running_stack

__all__ = ["main", "tour"]

_ROOT = Path(__file__).resolve().parents[4]
_READING_SECONDS = 3.0
_INTERRUPTED = 130


def main(arguments: Sequence[str]) -> int:
    """Show the scenes; the exit status."""
    parser = argparse.ArgumentParser(prog="stepwise_local.demo", description=__doc__)
    names = [scene.name for scene in SCENES]
    parser.add_argument("scenes", nargs="*", metavar="SCENE", help=f"of {', '.join(names)}; all of them")
    parser.add_argument("--hurry", type=float, default=1.0, help="how many times faster the model writes")
    parser.add_argument(
        "--log", default=str(_ROOT / ".local" / "demo.log"), help="where the stack's log goes"
    )
    parsed = parser.parse_args(arguments)
    if unknown := set(parsed.scenes) - set(names):
        parser.error(f"no scene is called {', '.join(sorted(unknown))}")
    chosen = [scene for scene in SCENES if not parsed.scenes or scene.name in parsed.scenes]
    return asyncio.run(_interruptible(chosen, parsed.hurry, Path(parsed.log)))


async def _interruptible(scenes: Sequence[Scene], hurry: float, log_path: Path) -> int:
    showing = asyncio.create_task(_with_a_stack(scenes, hurry, log_path))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, showing.cancel)
    try:
        return await showing
    except asyncio.CancelledError:
        print("\nInterrupted; everything that it started has ended.")  # noqa: T201 - the program's own output
        return _INTERRUPTED


async def _with_a_stack(scenes: Sequence[Scene], hurry: float, log_path: Path) -> int:
    model = TourModel()
    log_path.parent.mkdir(parents=True, exist_ok=True)
    # A file of its own: this program's output is the tour's.
    with log_path.open("w", encoding="utf-8") as log_file, listen(0) as listener:
        async with model.serving() as application:
            host = asyncio.create_task(serve(application, listener))
            environ = {
                "PATH": os.environ.get("PATH", ""),
                "OLLAMA_HOST": f"http://127.0.0.1:{listener.getsockname()[1]}",
                "MODEL_NAME": MODEL,
                "MODEL_SLOTS": str(MODEL_SLOTS),
                "MAX_QUEUED": str(MAX_QUEUED),
            }
            options = Options(template=_ROOT / "template.yaml", port=0, admin_port=0)
            try:
                async with running_stack(options, environ, Log(log_file, structured=False)) as running:
                    headers = {"x-api-key": KEYS[0]}
                    async with httpx.AsyncClient(
                        base_url=running.url, headers=headers, timeout=60, trust_env=False
                    ) as http:
                        pause = _READING_SECONDS if sys.stdout.isatty() else 0.0
                        stage = Stage(http, str(running.admin_url), model, sys.stdout, hurry, pause)
                        stage.write(f"The bundle runs at {running.url}, the model is {MODEL}.\n")
                        status = await tour(scenes, stage)
                        stage.write(f"What the stack logged: {log_path}\n")
                        return status
            finally:
                host.cancel()
                await asyncio.gather(host, return_exceptions=True)


async def tour(scenes: Sequence[Scene], stage: Stage) -> int:
    """Show *scenes* and what was seen of each; 1 where one did not happen."""
    seen: list[tuple[str, str]] = []
    failed = False
    began = time.monotonic()
    for number, scene in enumerate(scenes, 1):
        stage.write(f"\n{stage.bold(f'{number}/{len(scenes)}  {scene.title}')}\n")
        stage.say(f"Look at {scene.look}.")
        await stage.rest()
        try:
            seen.append(("✓", await scene.play(stage)))
        except (NotSeen, httpx.HTTPError, KeyError, ValueError) as error:
            seen.append(("✗", f"{scene.title}: {error or type(error).__name__}"))
            failed = True
        stage.say(" ".join(seen[-1]))
    stage.write(f"\n{stage.bold('What was seen')} in {time.monotonic() - began:.0f} s\n")
    for mark, text in seen:
        stage.say(f"{mark} {text}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
