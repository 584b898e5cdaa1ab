"""English word problems.

Each template has to match the whole problem. Words that turn the meaning of a sentence (each, times, than, half …) are
refused unless the template accounts for them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from embedded_model.values.solution import Say, Solution
from embedded_model.word_problems import plans
from embedded_model.word_problems.working import Working, number

__all__ = ["solve"]

_N = r"\$?(?:\d+/\d+|\d+(?:\.\d+)?)"
# Anything within a sentence, but no number.
_W = r"[^\d.;?!$]*?"
_STOP = r"[.;!]? *(?:, )?(?:and |then |but )?"
_TURNING = frozenset(
    [
        "each",
        "every",
        "per",
        "times",
        "twice",
        "thrice",
        "double",
        "triple",
        "half",
        "third",
        "quarter",
        "percent",
        "more",
        "fewer",
        "less",
        "than",
        "than",
        "another",
        "both",
        "dozen",
        "dozens",
        "average",
        "rest",
        "same",
        "equal",
        "equally",
        "remaining",
        "remainder",
        "other",
        "if",
        "as",
        "except",
        "only",
        "until",
        "least",
        "most",
        "days",
        "weeks",
        "hours",
        "years",
        "minutes",
        "week",
        "day",
        "hour",
        "month",
        "months",
        "year",
        "older",
        "younger",
        "area",
        "perimeter",
        "square",
        "speed",
        "rate",
        "back",
        "returns",
        "return",
        "daily",
        "weekly",
        "hourly",
        "together",
        "discount",
        "tax",
        "tip",
        "profit",
        "borrowed",
        "lent",
        "owes",
        "share",
        "shared",
        "split",
        "divided",
        "pairs",
        "pair",
        "couple",
        "before",
        "ago",
        "originally",
        "first",
        "started",
        "begin",
        "beginning",
        "start",
        "some",
        "rows",
        "row",
    ]
)
_LOSS = (
    r"(?:eats|ate|gives(?! (?:him|her|me)\b)|gave(?! (?:him|her|me)\b)|loses|lost|sells|sold|uses|used|spends|spent|throws away|threw away|breaks|broke|drinks|drank|"
    r"donates|donated|sends|sent|pays|paid|flew away|fly away|left|leave|leaves|get off|got off|pops|popped|removes|removed|takes away|took away)"
)
_GONE = r"(?:flew away|fly away|left|leave|ran away|run away|are eaten|were eaten|got off|get off|popped|melted|died)"
_GAIN = (
    r"(?:buys|bought|gets|got|finds|found|receives|received|picks|picked|gives? (?:him|her)|gave (?:him|her)|earns|earned|"
    r"collects|collected|wins|won|adds|added|join|joined|arrive|arrived|come|came|get on|got on|makes|made|bakes|baked)"
)
_WORDS = {
    word: str(value)
    for value, word in enumerate(
        ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], start=2
    )
}
_SPEED = r"(?:miles per hour|kilometers per hour|kilometres per hour|km per hour|km/h|kmh|kph|mph|miles an hour|kilometers an hour|meters per second|m/s)"
_LENGTH = r"(?:miles|kilometers|kilometres|km|meters|metres|m)"
_TIME = r"(?:hours?|seconds?|h|s)"


@dataclass(frozen=True)
class _Template:
    pattern: re.Pattern[str]
    work: plans.Plan
    allowed: frozenset[str] = field(default=frozenset())
    one_kind: bool = False


def solve(text: str, say: Say) -> Solution | None:
    """The solution of the one-step or two-step problem in *text*."""
    plain = re.sub(r"\s+", " ", text.lower()).strip().replace("’", "'").replace("\\$", "$")
    plain = re.sub(r"(?<=\d),(?=\d{3}\b)", "", plain)
    plain = re.sub(r"\b(" + "|".join(_WORDS) + r")\b", lambda found: _WORDS[found[1]], plain)
    if len(plain) > 320 or re.search(r"\b(?:one|once|hundred|thousand|million)\b|%", plain):
        return None
    turning = set(re.findall(r"[a-z]+", plain)) & _TURNING
    for template in _TEMPLATES:
        if not turning <= template.allowed:
            continue
        found = template.pattern.fullmatch(plain)
        if found is None or (template.one_kind and not _one_kind(plain)):
            continue
        values = [number(value.lstrip("$")) for value in re.findall(_N, plain)]
        if len(values) > 5 or any(value == 0 for value in values):
            continue
        working = Working(say, text)
        answer = template.work(values, working)
        if answer <= 0 or (answer.denominator != 1 and all(v.denominator == 1 for v in values)):
            # Numbers of things that do not come out even ask for rounding, one way or the other.
            continue
        return working.solution(answer)
    return None


def _one_kind(plain: str) -> bool:
    """Whether all numbers, and what is asked, count the same things; ``5 of them`` and ``5.`` count what came before."""
    counted = re.findall(
        rf"{_N}((?: (?!of\b|more\b|to\b|on\b|and\b|in\b|for\b|from\b|for\b)[a-z'-]+)?(?: [a-z'-]+)?)", plain
    )
    kinds = [_noun(words) for words in counted]
    dollars = plain.count("$")
    if dollars:
        return dollars == len(re.findall(_N, plain)) and re.search(r"how much", plain) is not None
    named = {kind for kind in kinds if kind}
    asked = re.search(r"how many ([a-z'-]+)(?: ([a-z'-]+))?", plain)
    if asked is None or not named:
        return False
    return all(
        any(_stem(word) in {_stem(a) for a in asked.groups() if a} for word in words.split())
        for words in named
    )


def _noun(words: str) -> str:
    taken = words.split()
    skipped = {
        "of",
        "more",
        "to",
        "on",
        "and",
        "in",
        "for",
        "from",
        "are",
        "is",
        "were",
        "was",
        "left",
        "that",
        "at",
        "them",
        "with",
        "so",
        "he",
        "she",
    }
    kept = []
    for word in taken:
        if word in skipped:
            break
        kept.append(word)
    return " ".join(kept)


def _stem(word: str) -> str:
    return word.removesuffix("es") if word.endswith(("shes", "ches", "xes")) else word.removesuffix("s")


_TEMPLATES: tuple[_Template, ...] = (
    _Template(
        re.compile(
            rf"(?:each|every|one|an?) [a-z ]+? (?:costs?|is|sells for) {_N}(?: dollars?)?[.;,] *how much (?:do|does|will|would|is|are) {_N} [a-z ]+?(?: cost)?(?: in total| altogether)?\??"
        ),
        plans.product,
        frozenset({"each", "every"}),
    ),
    _Template(
        re.compile(
            rf"{_W}(?:buys|bought|buy) {_N} [a-z ]+? (?:at|for|that cost) {_N}(?: dollars?)? each[.;,] *how much{_W}\??"
        ),
        plans.product,
        frozenset({"each"}),
    ),
    _Template(
        re.compile(
            rf"(?:each|every) [a-z ]+? (?:has|holds|contains) {_N} [a-z ]+?[.;,] *how many [a-z ]+? (?:are (?:there )?in|do|does|are in) {_N} [a-z ]+?(?: have| hold| contain)?\??"
        ),
        plans.product,
        frozenset({"each", "every"}),
    ),
    _Template(
        re.compile(
            rf"there are {_N} [a-z ]+? (?:with|of) {_N} [a-z ]+?(?: in)? each(?: [a-z]+)?[.;,] *how many{_W}\b(?:altogether|in all|in total|there|total)\b{_W}\??"
        ),
        plans.product,
        frozenset({"each"}),
    ),
    _Template(
        re.compile(
            rf"{_W}{_N}{_W}\b(?:shared|divided|split|shares|divides|splits)\b{_W}equally (?:among|between|into|by){_W}{_N}{_W}[.;,] *how (?:many|much){_W}\b(?:each|per)\b{_W}\??"
        ),
        plans.share,
        frozenset({"shared", "divided", "split", "equally", "each", "per", "share"}),
    ),
    _Template(
        re.compile(
            rf"{_W}(?:at|travels|drives|runs|goes|moves){_W}{_N} {_SPEED} for {_N} {_TIME}[.;,] *(?:how far|what distance|how many {_LENGTH}){_W}\??"
        ),
        plans.product,
        frozenset({"per", "hour", "hours", "speed", "constant"}),
    ),
    _Template(
        re.compile(
            rf"{_W}{_N} {_LENGTH} in {_N} {_TIME}[.;,] *(?:what (?:is|was) (?:its|his|her|the)(?: [a-z]+'s)?(?: average)? speed{_W}|how fast{_W})\??"
        ),
        plans.share,
        frozenset({"hours", "hour", "average", "speed", "per"}),
    ),
    _Template(
        re.compile(
            rf"(?P<y>[a-z]+) is {_N} years older than (?P<x>[a-z]+)[.;,] *(?:if )?(?P=x) is {_N}(?: years old)?[.;,] *how old is (?P=y)\??"
        ),
        plans.total,
        frozenset({"years", "older", "than", "if"}),
    ),
    _Template(
        re.compile(
            rf"(?:if )?{_N} (?P<x>[a-z]+) cost {_N}(?: dollars)?[.;,] *how much (?:do|would|will) {_N} (?P=x) cost\??"
        ),
        plans.proportion,
        frozenset({"if"}),
    ),
    _Template(
        re.compile(
            rf"(?P<x>[a-z]+) is {_N} years old[.;,]? *how old will (?:(?P=x)|he|she) be in {_N} years\??"
        ),
        plans.total,
        frozenset({"years"}),
    ),
    _Template(
        re.compile(
            rf"(?:a|the) rect[a-z ]+?(?:with|has)(?: a)? length (?:of |is )?{_N}{_W} and(?: a)? width (?:of |is )?{_N}(?: [a-z]+)?[.;,] *(?:what is|find)(?: its| the)? area{_W}\??"
        ),
        plans.area,
        frozenset({"area"}),
    ),
    _Template(
        re.compile(
            rf"(?:what is|find) the area of a rectangle with(?: a)? length (?:of )?{_N}{_W} and(?: a)? width (?:of )?{_N}(?: [a-z]+)?[.?]?"
        ),
        plans.area,
        frozenset({"area"}),
    ),
    _Template(
        re.compile(
            rf"(?:a|the) rect[a-z ]+?(?:with|has)(?: a)? length (?:of |is )?{_N}{_W} and(?: a)? width (?:of |is )?{_N}(?: [a-z]+)?[.;,] *(?:what is|find)(?: its| the)? perimeter{_W}\??"
        ),
        plans.perimeter,
        frozenset({"perimeter"}),
    ),
)
