"""The first minute of a newcomer, by the clock: a fresh clone, ``make run``, the page, one click on an example.

    python tests/benchmarks/first_minute.py [--cold] [--runs 1]

The clock starts at ``make run``, with no environment made, and stops when the steps of a solved problem stand on the
page, their formulas set. A browser is open already, as people have one. ``--cold`` gives uv a cache of its own, so that
every package is fetched. Exit status: 0 where each run took 60 s at most.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from support.browser import launched  # noqa: E402 - the path comes first

MOST_SECONDS = 60.0
PATIENCE_SECONDS = 600.0
OWN = ("VIRTUAL_ENV", "PYTHONPATH", "PORT", "OLLAMA_HOST", "UV_PROJECT_ENVIRONMENT")


@contextmanager
def running(folder: Path, *, cold: bool) -> Iterator[subprocess.Popen[str]]:
    """``make run`` in a fresh clone, as a shell would start it."""
    environ = {name: value for name, value in os.environ.items() if name not in OWN}
    if cold:
        environ["UV_CACHE_DIR"] = str(folder / "uv-cache")
    process = subprocess.Popen(
        ["make", "run"],
        cwd=folder / "stepwise",
        env={**environ, "PORT": "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate(timeout=30)


def address(process: subprocess.Popen[str]) -> str:
    """The page's address, as the program prints it."""
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(r"http://\S+/playground\S*", line):
            return found[0]
    raise SystemExit("make run ended before it printed an address")


def minute(browser: Browser, *, cold: bool) -> dict[str, float]:
    """Seconds from the command to each thing that the newcomer sees."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder / "stepwise")], check=True)
        began = time.monotonic()
        seen: dict[str, float] = {}

        def see(what: str) -> None:
            seen[what] = time.monotonic() - began

        with running(folder, cold=cold) as process:
            url = address(process)
            see("address printed")
            context = browser.new_context()
            page = context.new_page()
            page.set_default_timeout(PATIENCE_SECONDS * 1000)
            page.goto(url)
            page.wait_for_selector("html[data-ready]")
            see("page there")
            page.locator("#view-solve .examples button").first.click()
            page.wait_for_selector("#view-solve .answer ol.steps > li .katex-html")
            see("steps of a solved problem")
            print("  its verdict:", page.locator("#view-solve .badge summary").inner_text())
            context.close()
        return seen


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cold", action="store_true", help="fetch every package")
    parser.add_argument("--runs", type=int, default=1)
    arguments = parser.parse_args()
    slow = False
    with sync_playwright() as playwright:
        browser = launched(playwright)
        for _ in range(arguments.runs):
            seen = minute(browser, cold=arguments.cold)
            print(", ".join(f"{what}: {seconds:.1f} s" for what, seconds in seen.items()), flush=True)
            slow = slow or max(seen.values()) > MOST_SECONDS
        browser.close()
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
