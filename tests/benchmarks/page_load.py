"""Size of the playground and its first paint, in a browser that has never been there: medians of several visits.

    python tests/benchmarks/page_load.py [--visits 7]

Exit status: 0 where the page is 500 kB at most as it is sent, and first painted within a second.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / part) for part in ("tests", "infra/local")]

from support.browser import launched, opened  # noqa: E402 - the path comes first
from support.local_stack import local_stack  # noqa: E402

MOST_BYTES, MOST_PAINT_MS = 500_000, 1000.0
SEEN = """() => {
    const all = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
    const sum = (name) => all.reduce((total, each) => total + each[name], 0);
    return {
        "requests": all.length,
        "bytes sent": sum("transferSize"),
        "bytes unpacked": sum("decodedBodySize"),
        "first paint, ms": performance.getEntriesByName("first-contentful-paint")[0].startTime,
        "ready, ms": performance.getEntriesByName("ready")[0].startTime,
        "all there, ms": Math.max(...all.map((each) => each.responseEnd)),
    };
}"""
MARK_READY = """new MutationObserver((_, observer) => {
    if (!document.documentElement?.hasAttribute("data-ready")) return;
    performance.mark("ready");
    observer.disconnect();
}).observe(document, { subtree: true, childList: true, attributes: true });"""


def visit(browser: Browser, url: str) -> dict[str, float]:
    """One visit of somebody new: nothing is cached."""
    with opened(browser, url) as playground:
        playground.page.add_init_script(MARK_READY)
        playground.open()
        playground.page.wait_for_load_state("networkidle")
        found: dict[str, float] = playground.page.evaluate(SEEN)
        return found


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--visits", type=int, default=7)
    visits = parser.parse_args().visits
    with local_stack() as stack, sync_playwright() as playwright:
        browser = launched(playwright)
        visit(browser, stack.base_url)  # the function's first invocation is another matter
        rows = [visit(browser, stack.base_url) for _ in range(visits)]
        browser.close()
    medians = {name: statistics.median(row[name] for row in rows) for name in rows[0]}
    for name, value in medians.items():
        low, high = min(row[name] for row in rows), max(row[name] for row in rows)
        print(f"{name:16} {value:9,.0f}   ({low:,.0f} to {high:,.0f})")
    return int(medians["bytes sent"] > MOST_BYTES or medians["first paint, ms"] > MOST_PAINT_MS)


if __name__ == "__main__":
    sys.exit(main())
