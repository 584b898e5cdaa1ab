"""Split a problem into its sentences, in lower case and with a numbered slot for each formula, and its formulas.

A question must match all sentences from the first to the last word: if a part of a problem is not understood, the
problem is not. Text about the form of the answer is removed first and kept as notes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from checkers.mathematics.formulas.text import normalized
from checkers.mathematics.formulas.tokens import FUNCTIONS

__all__ = ["Reading", "pattern", "reading"]

LONGEST_PROBLEM = 1_500


@dataclass(frozen=True)
class Reading:
    """`sentences` with slots such as ⟦0⟧, the `formulas` in them, and the `notes` on the form of the answer."""

    sentences: str
    formulas: tuple[str, ...]
    notes: str
    source: str


_MATH = re.compile(
    r"\$\$(.+?)\$\$|\\\[(.+?)\\\]|(?<!\\)\$(.+?)(?<!\\)\$|\\\((.+?)\\\)"
    r"|\\begin\{(?:align|aligned|gather|eqnarray)\*?\}(.+?)\\end\{(?:align|aligned|gather|eqnarray)\*?\}",
    re.DOTALL,
)
_ROWS = re.compile(
    r"\\(?:begin|end)\{(?:align|aligned|gather|eqnarray|cases|array|split)\*?\}(?:\{[lcr| ]*\})?"
)
_PICTURE = re.compile(
    r"\[asy\]|\bdiagram\b|\bfigure\b|\bpicture\b|\bshown\b|\bgraph(?:ed)? below\b|\b(?:the|following|this) table\b|\btable (?:below|above)\b|\\includegraphics|如图|下图|图中|图所示|表格|统计图",
    re.IGNORECASE,
)
_PIECEWISE = re.compile(
    r"^(.*=)\s*(?:\\\{|\{)?\s*\\begin\{(?:cases|array|aligned)\}(?:\{[lcr| ]*\})?(.*(?:\\text|\\mbox|&).*)\\end\{(?:cases|array|aligned)\}\s*(?:\.|\\\})?\s*\.?$",
    re.DOTALL,
)
_WORD_IN_MATH = re.compile(r"\\text\s*\{([^{}]*)\}")

_NOTES = re.compile(
    r"(?:\(?\s*(?:please )?(?:express|give|write|enter|leave|provide|state|submit|simplify) (?:all )?(?:your|the|both) (?:final )?"
    r"(?:answers?|solutions?|result|equation)s?(?: (?:as|in|to|using|with|from|separated|for)[^.?!]*|,[^.?!]*)?[.!]?\)?"
    r"|(?:enter|list) (?:all )?(?:of )?(?:the )?(?:\w+ ){0,3}(?:values|solutions|roots|integers|numbers)(?: of [^.,]*)?,? (?:as [^.]*|separated by commas|in [^.]*|from [^.]*)[.]?"
    r"|(?:express|enter) (?:it|them) as [^.]*[.]?"
    r"|all (?:functions|angles) are in radians[.]?"
    r"|if there is more than one (?:such )?(?:value|solution)[^.]*separated by commas[.]?"
    r"|separate (?:your|the) answers (?:with|by) commas?[.]?"
    r"|round(?:ed)?(?: your answer)? to the nearest [a-z ]+[.]?"
    r"|\(?(?:结果|答案)(?:用|保留|请|写成)[^.,;)]*\)?[.]?)",
    re.IGNORECASE,
)
"""Texts about the form of the answer; `notes` reads every word of them."""

_PLAIN = re.compile(
    r"(?P<slot>⟦\d+⟧)|(?P<number>\d+(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?)|(?P<command>\\[a-zA-Z]+)|(?P<word>[A-Za-z]+(?:'[A-Za-z]+)?)"
    r"|(?P<space>\s+)|(?P<sign>[-+*/^=<>()\[\]{}|!%_°,.]|:(?=\S)|\\[{}%])|(?P<other>.)",
    re.DOTALL,
)


def reading(problem: str) -> Reading | None:
    """The problem taken apart; None where it has a picture or is too long to be one that states everything."""
    if len(problem) > LONGEST_PROBLEM or _PICTURE.search(problem):
        return None
    text = normalized(problem).replace("⟦", "(").replace("⟧", ")")
    text = text.replace(r"\$", "﹩")
    # Blanks to fill in, and how many marks the question is worth.
    text = re.sub(
        r"\(\s*\$+\s*\)|\$\s*\(\s*\)\s*\$", lambda match: "$ " if match.group().startswith("(") else " ", text
    )
    text = re.sub(r"\\u(?:line|nderline)\s*\{[\s~]*(?:\\q?quad)*[\s~]*\}|_{2,}", " ", text)
    text = re.sub(
        r"^\s*\d*\s*\.?\s*\$?\(\s*\$?\s*\d+\s*\$?\s*分\s*\$?\s*\)\s*",
        lambda match: "$" if match.group().count("$") % 2 else "",
        text,
    )
    formulas: list[str] = []

    def slot(formula: str) -> str:
        formulas.append(formula.strip())
        return f" ⟦{len(formulas) - 1}⟧ "

    text = _MATH.sub(
        lambda match: _slots(next(group for group in match.groups() if group is not None), slot), text
    )
    text = _plain_formulas(text, slot)
    # A list that goes on: the dots at its end say nothing more.
    text = re.sub(r"(⟦\d+⟧)\s*,\s*\.{3}(?!\s*,?\s*⟦)", r"\1 ", text)
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r"\s+([,.;:?!])", r"\1", text)
    # A row of formulas that ends with a comma, and the next one.
    text = re.sub(r"(⟦\d+⟧),,(?= ?⟦)", r"\1,", text)
    notes = " ".join(_NOTES.findall(text)).lower()
    text = re.sub(r"\s+", " ", _NOTES.sub(" ", text)).strip()
    text = re.sub(r"(?:,? and|,)$", "", text)
    text = re.sub(r"\s+([,.;:?!])", r"\1", text)
    return Reading(text.lower(), tuple(formulas), notes, problem)


def _slots(math: str, slot: object) -> str:
    """The slots of one stretch of mathematics: rows and words such as \\text{ and } separate formulas."""
    make = slot if callable(slot) else str
    piecewise = _PIECEWISE.search(math)
    if piecewise:
        return (
            _one(f"{piecewise[1]} \\begin{{cases}} {piecewise[2].strip().rstrip(' .,')} \\end{{cases}}", make)
            + ". "
        )
    math = _ROWS.sub(" ", math)
    if math.count(r"\{") > math.count(r"\}"):
        # The bracket before the rows of a system.
        math = re.sub(r"^\s*\\\{", " ", math)
    pieces: list[str] = []
    for row in re.split(r"\\\\(?![a-zA-Z])", math) if "matrix" not in math else [math]:
        at = 0
        row = re.sub(r"(?<!\\)&", " ", row) if "matrix" not in math else row
        for word in _WORD_IN_MATH.finditer(row):
            if word[1].strip().lower() in ("and", "or", "for", "if", "where", "和", "且", "或"):
                pieces += [_one(row[at : word.start()], make), word[1]]
                at = word.end()
        pieces += [_one(row[at:], make), ","]
    return " ".join(pieces[:-1])


def _one(formula: str, make: object) -> str:
    formula = formula.strip()
    trailing = ""
    while formula and (formula[-1] in ",;?." or formula.endswith("~")):
        trailing = (formula[-1] if formula[-1] != "~" else "") + trailing
        formula = formula[:-1].rstrip()
    formula = re.sub(r"(?:=\s*)?\(\s*\)$|=$", "", formula).rstrip()
    if not formula:
        return trailing
    return f"{make(formula)}{trailing} " if callable(make) else formula


def _plain_formulas(text: str, slot: object) -> str:
    """Slots for formulas that stand in the sentences without dollar signs."""
    pieces: list[str] = []
    run: list[tuple[str, str]] = []

    def close() -> None:
        pieces.append(_closed_run(run, slot))
        run.clear()

    matches = list(_PLAIN.finditer(text))
    for place, match in enumerate(matches):
        kind = match.lastgroup or "other"
        piece = match.group()
        if kind == "word" and not _is_name(piece, matches, place):
            kind = "other"
        if piece == "-" and not run and _text(matches, place - 1).isalpha():
            kind = "other"
        if kind in ("other", "slot"):
            close()
            pieces.append(piece)
        else:
            run.append((kind, piece))
    close()
    return "".join(pieces)


def _is_name(word: str, matches: list[re.Match[str]], place: int) -> bool:
    """Whether a word of the sentence belongs to a formula: a function, or a letter that is no article."""
    if word in FUNCTIONS or word in ("pi", "arcsin", "arccos", "arctan"):
        return (
            word not in ("max", "min", "gcd", "lcm", "floor", "ceil", "abs")
            or _text(matches, place + 1) == "("
        )
    if word in ("dx", "dy", "dt") and place >= 2:
        return True
    if word == "lim":
        return _text(matches, place + 1) == "_"
    if len(word) > 3 or word.lower() in _SHORT_WORDS:
        return False
    before, after = _text(matches, place - 1), _text(matches, place + 1)
    if before == " ":
        before = _text(matches, place - 2)
    if after == " ":
        after = _text(matches, place + 2)
    near = (before != "" and before in "+-*/^=<>|") or (after != "" and after in "+-*/^=<>|")
    touching = _text(matches, place - 1).isdigit() or (_text(matches, place + 1) or " ") in "(^_"
    if len(word) == 1:
        return word not in ("a", "A", "I") or near or touching
    return (near or touching) and not any(sign in "aeiou" for sign in word.lower()[1:])


_SHORT_WORDS = frozenset(
    [
        "is",
        "of",
        "the",
        "and",
        "for",
        "are",
        "to",
        "in",
        "on",
        "if",
        "as",
        "by",
        "at",
        "or",
        "an",
        "be",
        "it",
        "its",
        "we",
        "how",
        "all",
        "find",
        "sum",
        "what",
        "when",
        "let",
        "than",
        "was",
        "has",
        "two",
        "per",
        "cm",
        "km",
        "mm",
        "kg",
        "ml",
        "ft",
        "mi",
        "can",
        "one",
        "day",
        "he",
        "she",
        "did",
        "do",
        "so",
        "not",
        "but",
        "any",
        "due",
        "no",
        "up",
        "six",
        "ten",
        "off",
        "had",
        "him",
        "her",
        "his",
        "you",
        "who",
        "why",
        "via",
        "set",
    ]
)


def _text(matches: list[re.Match[str]], place: int) -> str:
    return matches[place].group() if 0 <= place < len(matches) else ""


def _closed_run(run: list[tuple[str, str]], slot: object) -> str:
    """The run as a slot with what does not belong to it before and after, or as it is when it is no formula."""
    text = "".join(token for _, token in run)
    start, end = 0, len(run)
    while start < end and run[start][1].strip() in ("", ",", ".", ":", ")", "]", "}", "!", "%", "="):
        start += 1
    while end > start and run[end - 1][1].strip() in ("", ",", ".", ":", "(", "[", "{", "="):
        end -= 1
    inner = run[start:end]
    while inner and _unbalanced(inner):
        # A bracket that only opens, or only closes, belongs to the sentence.
        return text
    kinds = {kind for kind, _ in inner}
    if not inner or not (kinds & {"number", "word", "command"}):
        return text
    if len(inner) == 1 and inner[0][1] in FUNCTIONS:
        return text
    body = "".join(token for _, token in inner)
    before = "".join(token for _, token in run[:start])
    after = "".join(token for _, token in run[end:])
    pieces = re.split(r"(,\s+(?![^(\[{]*[)\]}]))", body)
    filled = "".join(piece if place % 2 else _filled(piece, slot) for place, piece in enumerate(pieces))
    return before + filled + after


def _filled(piece: str, slot: object) -> str:
    return str(slot(piece)) if callable(slot) and piece.strip() else piece


def _unbalanced(run: list[tuple[str, str]]) -> bool:
    depth = 0
    for _, sign in run:
        if sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth -= 1
            if depth < 0:
                return True
    return depth != 0


_SLOT = r"⟦(?P<{}>\d+)⟧"
_SLOTS = r"(?P<{}>⟦\d+⟧(?: ?(?:, and|,| and|;|且|和|与) ?⟦\d+⟧)*)"


def pattern(shape: str) -> re.Pattern[str]:
    """A pattern of sentences: `<e>` is the slot of one formula, `<es+>` of several, all else a regular expression."""
    shape = re.sub(r"<(\w+)\+>", lambda match: _SLOTS.format(match[1]), shape)
    shape = re.sub(r"(?<!P)<(\w+)>", lambda match: _SLOT.format(match[1]), shape)
    return re.compile(shape)
