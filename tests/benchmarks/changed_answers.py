"""Right answers changed by one sign, digit, root, unit, order or bound, so that they mean something else."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

__all__ = ["changed_answers"]


def changed_answers(problem: str, answer: str, chance: random.Random) -> list[tuple[str, str]]:
    """Answers that mean something else, each with the kind of its change."""
    made: list[tuple[str, str]] = []
    for kind, change in _CHANGES.items():
        made += [(kind, text) for text in change(problem, answer, chance) if text != answer]
    return list(dict.fromkeys(made))


def _sign(problem: str, answer: str, chance: random.Random) -> list[str]:
    if (
        r"\pm" in answer
        or "±" in answer
        or re.fullmatch(r"[\s$]*0[\s$]*", answer)
        or not re.search(r"\d", answer)
    ):
        return []
    places = [
        match.start()
        for match in re.finditer(r"(?<![\d.\w}])\d|(?<=[-=(,\[ ])\d", answer)
        if match.start() == 0 or answer[match.start() - 1] != "\\"
    ]
    flipped = []
    for place in places[:3]:
        before = answer[:place]
        if re.search(r"(?:frac\{?|sqrt\{?|\^\{?|_\{?|\{)\s*$", before) or (
            answer[place:].startswith("0") and not answer[place:].startswith("0.")
        ):
            continue
        stripped = before.rstrip()
        if stripped.endswith("-"):
            lead = stripped[:-1].rstrip()
            flipped.append(stripped[:-1] + ("" if not lead or lead[-1] in "=(,[{" else "+") + answer[place:])
        elif not stripped or stripped[-1] in "=(,[":
            flipped.append(before + "-" + answer[place:])
        elif stripped.endswith("+"):
            flipped.append(stripped[:-1] + "-" + answer[place:])
    if answer.startswith(r"\frac"):
        flipped.append("-" + answer)
    if answer.startswith(r"-\frac"):
        flipped.append(answer[1:])
    return flipped


def _digit(problem: str, answer: str, chance: random.Random) -> list[str]:
    places = [match.start() for match in re.finditer(r"\d", answer)]
    chance.shuffle(places)
    made = []
    for place in places[:6]:
        other = chance.choice([digit for digit in "0123456789" if digit != answer[place]])
        made.append(answer[:place] + other + answer[place + 1 :])
    return made


def _root_lost(problem: str, answer: str, chance: random.Random) -> list[str]:
    parts = _top_level(answer)
    if len(parts) < 2 or re.match(r"\s*[(\[]", answer) or re.search(r"\d,\\?!?\d{3}", answer):
        return []
    return [",".join(parts[:place] + parts[place + 1 :]) for place in range(len(parts))]


def _root_added(problem: str, answer: str, chance: random.Random) -> list[str]:
    if not re.search(r"\d", answer) or re.match(r"\s*\\?[\[{]|.*(?:begin|cup|infty)", answer, re.DOTALL):
        return []
    return [f"{answer}, {chance.randint(10, 99)}", f"{answer} or {chance.randint(100, 999)}"]


def _swapped(problem: str, answer: str, chance: random.Random) -> list[str]:
    made = [
        answer[: match.start()] + rf"\frac{{{match[2]}}}{{{match[1]}}}" + answer[match.end() :]
        for match in re.finditer(r"\\[dt]?frac\{([^{}]+)\}\{([^{}]+)\}", answer)
        if match[1].strip() != match[2].strip()
    ]
    made += [
        answer[: match.start()] + f"{match[2]}/{match[1]}" + answer[match.end() :]
        for match in re.finditer(r"(\d+)/(\d+)", answer)
        if match[1] != match[2]
    ]
    return made


def _unit(problem: str, answer: str, chance: random.Random) -> list[str]:
    if not re.fullmatch(r"-?[\d.,]+|-?\\[dt]?frac\{\d+\}\{\d+\}", answer):
        return []
    others = [unit for unit in ("kg", "m", "cm", "hours") if not re.search(rf"\b{unit}\b", problem)]
    return [f"{answer} {chance.choice(others)}", f"{answer} \\text{{ {chance.choice(others)}}}"]


def _percent(problem: str, answer: str, chance: random.Random) -> list[str]:
    if answer.rstrip().endswith("%"):
        return [answer.rstrip().rstrip("%").rstrip("\\")]
    if re.search(r"percent|%|百分", problem) or not re.fullmatch(
        r"-?[\d.,]*[1-9][\d.,]*|-?\\[dt]?frac\{\d+\}\{\d+\}", answer
    ):
        return []
    return [answer + r"\%", answer + "%"]


def _order(problem: str, answer: str, chance: random.Random) -> list[str]:
    match = re.fullmatch(r"(\s*(?:\\left)?\()(.+)((?:\\right)?\)\s*)", answer, re.DOTALL)
    if match is None:
        return []
    parts = _top_level(match[2])
    if len(parts) < 2 or len({part.strip() for part in parts}) < len(parts):
        return []
    return (
        [
            match[1] + ",".join(parts[1:] + parts[:1]) + match[3],
            match[1] + ",".join(reversed(parts)) + match[3],
        ]
        if len(parts) > 2
        else [match[1] + ",".join(reversed(parts)) + match[3]]
    )


def _strictness(problem: str, answer: str, chance: random.Random) -> list[str]:
    made = []
    if (
        re.search(r"[\[(][^()\[\]]*,[^()\[\]]*[\])]", answer)
        and not re.fullmatch(r"\s*(?:\\left)?\([^\[\]]*(?:\\right)?\)\s*", answer)
    ) or "infty" in answer:
        for match in re.finditer(r"[\[\]()]", answer):
            other = {"[": "(", "(": "[", "]": ")", ")": "]"}[match.group()]
            near = answer[max(0, match.start() - 8) : match.start() + 9]
            if "infty" not in near:
                made.append(answer[: match.start()] + other + answer[match.end() :])
    for one, other in (
        (r"\le ", "< "),
        (r"\leq", "<"),
        (r"\ge ", "> "),
        (r"\geq", ">"),
        ("<", r"\le "),
        (">", r"\ge "),
    ):
        if one in answer:
            made.append(answer.replace(one, other, 1))
    return made


_CHANGES: dict[str, Callable[[str, str, random.Random], list[str]]] = {
    "sign": _sign,
    "digit": _digit,
    "root lost": _root_lost,
    "root added": _root_added,
    "numerator and denominator": _swapped,
    "unit": _unit,
    "percent sign": _percent,
    "order of a pair": _order,
    "strictness": _strictness,
}


def _top_level(text: str) -> list[str]:
    """What commas separate outside of brackets."""
    parts, depth, last = [], 0, 0
    for place, sign in enumerate(text):
        depth += (sign in "([{") - (sign in ")]}")
        if sign == "," and depth == 0:
            parts.append(text[last:place])
            last = place + 1
    return [*parts, text[last:]]
