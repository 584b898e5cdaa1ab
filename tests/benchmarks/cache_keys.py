"""How many hits the cache's key gives of those that are possible: `python tests/benchmarks/cache_keys.py [DATA] [SEED]`.

Makes 20,000 requests out of real problems, some asked often and most of them seldom, each spelled as somebody else might
type it. Ideal is a hit for every request whose problem was asked before in whatever spelling. Prints the share of the
ideal hits, what each respelling misses, and every two problems that share a key.
"""

from __future__ import annotations

import json
import random
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "layers" / "stepwise"))

from stepwise.text.canonical_key import canonical, problem_key  # noqa: E402 - the path is set above

REQUESTS = 20_000
FILES = ("math_en.jsonl", "math_en_more.jsonl", "math_zh.jsonl", "math_zh_more.jsonl")
CJK = "\u3400-\u9fff"
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
WIDE = {code: code + 0xFEE0 for code in (*range(0x30, 0x3A), *map(ord, "()+=:;?<>%"))}

type Respelling = Callable[[str, random.Random], str]


def chinese(text: str) -> bool:
    return re.search(f"[{CJK}]", text) is not None


def dollars_as_brackets(text: str, _: random.Random) -> str:
    if "\\$" in text or "\\(" in text or "\\[" in text or "$$" in text or text.count("$") % 2:
        return text
    if not all(inside.strip() == inside for inside in re.findall(r"\$([^$]*)\$", text)):
        return text
    return re.sub(r"\$([^$]+)\$", r"\\(\1\\)", text)


def spaced_coefficients(text: str, _: random.Random) -> str:
    if re.search(r"\\begin|\[asy\]", text):
        return text
    return re.sub(r"(?<![\w.^/\\{])(\d+)([b-hj-wyz])(?![\w'’{^_])", r"\1 \2", text)


def spaced_x(text: str, _: random.Random) -> str:
    return re.sub(r"(?<![\w.^/\\{])(\d+)x(?= ?[-+=] ?\d)(?!\s-\d)", r"\1 x", text)


def other_fractions(text: str, draw: random.Random) -> str:
    return text.replace("\\frac", draw.choice(["\\dfrac", "\\tfrac"])) if "\\dfrac" not in text else text


def small_first_letter(text: str, _: random.Random) -> str:
    return (
        text[0].lower() + text[1:] if re.match(r"(?:[A-Z][a-z]{2,}|A|In|If|On|At) [a-z]{3}", text) else text
    )


def ascii_punctuation(text: str, draw: random.Random) -> str:
    if not chinese(text):
        return text
    space = draw.choice(["", " "])
    text = re.sub(r"(?<!\d)，|，(?!\d)", "," + space, text)
    text = text.replace("？", "?" + space).replace("；", ";" + space).replace("：", ":" + space)
    return text.replace("（", " (" if space else "(").replace("）", ")" + space).strip()


def chinese_punctuation(text: str, draw: random.Random) -> str:
    if not chinese(text):
        return text
    space = draw.choice(["", " "])
    text = re.sub(rf"(?<=[{CJK}]),\s?|,\s?(?=[{CJK}])", "，" + space, text)
    return re.sub(rf"(?<=[{CJK}])\?\s?", "？" + space, text).strip()


def ascii_stops(text: str, draw: random.Random) -> str:
    return re.sub(rf"(?<=[{CJK}])。(?=[{CJK}])", draw.choice([". ", "."]), text)


def spaced_commas(text: str, _: random.Random) -> str:
    return re.sub(r"(?<=[A-Za-z]), ?(?=[A-Za-z])", draw_comma(text), text)


def draw_comma(text: str) -> str:
    return "," if ", " in text else ", "


def spaced_chinese(text: str, _: random.Random) -> str:
    return re.sub(rf"(?<=[{CJK}])(?=\d)|(?<=\d)(?=[{CJK}])", " ", text)


def tight_operators(text: str, _: random.Random) -> str:
    return re.sub(r"(?<=[\w)}]) ([-+=]) (?=[\w(\\{])", r"\1", text)


def other_signs(text: str, draw: random.Random) -> str:
    text = re.sub(r"(?<=\d) ?- ?(?=\d)", lambda found: found[0].replace("-", draw.choice("−–－")), text)
    return re.sub(r"(?<=\d)×(?=\d)", draw.choice(["×", " × ", "✕"]), text)


def superscripts(text: str, _: random.Random) -> str:
    return re.sub(
        r"(?<=[A-Za-z)])\^(?:\{(\d{1,2})\}|(\d{1,2}))(?![\d.^!])",
        lambda found: (found[1] or found[2]).translate(SUPERSCRIPTS),
        text,
    )


def wide(text: str, _: random.Random) -> str:
    if "\\" in text or re.search(r"\d\.\d|\d,\d", text):
        return text
    return text.translate(WIDE)


def hidden(text: str, draw: random.Random) -> str:
    at = draw.randrange(len(text) + 1)
    return text[:at] + draw.choice("\u200b\u00ad\ufe0f\u2060\u200d") + text[at:]


def white_space(text: str, draw: random.Random) -> str:
    return draw.choice(["", " ", "\n"]) + text.replace(" ", draw.choice([" ", "  ", "\u00a0"])) + " "


def closing(text: str, draw: random.Random) -> str:
    return text.rstrip(" .。?？") + draw.choice(["", ".", "?", " ?", "。"]) if text[-1] in ".。?？" else text


def quotes(text: str, _: random.Random) -> str:
    return re.sub(r"(?<=[a-z])'(?=[a-z])", "’", text)


def as_it_is(text: str, _: random.Random) -> str:
    return text


RESPELLINGS: tuple[Respelling, ...] = (
    as_it_is,
    dollars_as_brackets,
    spaced_coefficients,
    spaced_x,
    other_fractions,
    small_first_letter,
    ascii_punctuation,
    chinese_punctuation,
    ascii_stops,
    spaced_commas,
    spaced_chinese,
    tight_operators,
    other_signs,
    superscripts,
    wide,
    hidden,
    white_space,
    closing,
    quotes,
)


def problems_in(folder: Path) -> list[str]:
    """The problems of the data, one of those that differ in nothing but white space and width."""
    found: dict[str, str] = {}
    for name in FILES:
        for line in (folder / name).read_text(encoding="utf-8").splitlines():
            text = json.loads(line)["problem"].strip()
            found.setdefault(re.sub(r"\s|，|,|。|\.$", "", text), text)
    return list(found.values())


def key_of(text: str) -> str:
    return problem_key(task="solve", text=canonical(text), parts={})


def workload(problems: list[str], draw: random.Random, count: int) -> list[tuple[int, str, tuple[str, ...]]]:
    """Requests as the number of their problem, its spelling, and the respellings that changed it."""
    weights = [1 / rank for rank in range(1, len(problems) + 1)]
    order = draw.sample(range(len(problems)), len(problems))
    requests = []
    for number in draw.choices(order, weights, k=count):
        text, used = problems[number], []
        for respelling in draw.sample(RESPELLINGS, draw.choice([1, 1, 2, 3])):
            spelled = respelling(text, draw)
            if spelled != text:
                used.append(respelling.__name__)
            text = spelled
        requests.append((number, text, tuple(used)))
    return requests


@dataclass
class Measured:
    """What a workload found: hits of those that are possible, and what was missed by which respellings."""

    asked: int = 0
    ideal: int = 0
    hits: int = 0
    microseconds: float = 0.0
    changed: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    examples: dict[str, tuple[str, str]] = field(default_factory=dict)
    shared: list[list[str]] = field(default_factory=list)
    """Problems that share a key, in any spelling."""


def measure(problems: list[str], draw: random.Random, count: int = REQUESTS) -> Measured:
    """The hits that *count* requests find."""
    requests = workload(problems, draw, count)
    began = time.process_time()
    keys = [key_of(text) for _, text, _ in requests]
    found = Measured(microseconds=(time.process_time() - began) / count * 1e6)
    own = [key_of(text) for text in problems]
    owners: defaultdict[str, set[int]] = defaultdict(set)
    for number, key in enumerate(own):
        owners[key].add(number)
    asked: set[int] = set()
    known: set[str] = set()
    for (number, text, used), key in zip(requests, keys, strict=True):
        found.changed.update(used)
        if number in asked:
            found.ideal += 1
            found.hits += key in known
        if key != own[number]:
            name = " + ".join(used)
            found.missed[name] += 1
            found.examples.setdefault(name, (problems[number], text))
        asked.add(number)
        known.add(key)
        owners[key].add(number)
    found.asked = len(asked)
    found.shared = [[problems[each] for each in sorted(group)] for group in owners.values() if len(group) > 1]
    return found


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared" / "data"
    problems = problems_in(folder)
    found = measure(problems, random.Random(sys.argv[2] if len(sys.argv) > 2 else "7"))
    print(
        f"{len(problems)} problems, {REQUESTS} requests, {found.asked} problems asked; changed by respelling:"
    )
    print("  " + ", ".join(f"{name} {count}" for name, count in found.changed.most_common()))
    print(f"hits {found.hits} of {found.ideal} that are possible: {found.hits / found.ideal:.2%}")
    print(f"a key costs {found.microseconds:.0f} microseconds of CPU")
    for name, count in found.missed.most_common(25):
        print(f"  {count:4} keys differ from the problem's own: {name}")
        print("\n".join(f"       {text[:150]!r}" for text in found.examples[name]))
    print(f"groups of problems that share a key: {len(found.shared)}")
    for group in found.shared[:10]:
        print("\n".join(f"  {text[:200]!r}" for text in group))


if __name__ == "__main__":
    main()
