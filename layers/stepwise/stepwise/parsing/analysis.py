"""Parse the model's analysis of an argument into the fields of the HTTP contract.

The expected layout is that of the analyze prompt: a heading for each part, ``P1: text `formula` `` for premises,
``P1, P2 -> C: entails (rule)`` for relations. Other headings, numberings, arrows and languages are accepted where they
are unambiguous. A part that is not found is empty or None.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from stepwise.parsing.analysis_sections import items, sections

__all__ = ["Analysis", "Fallacy", "Premise", "Relation", "Statement", "read_analysis"]

Verdict = Literal["valid", "invalid", "unknown"]


@dataclass(frozen=True)
class Statement:
    """A sentence and its formula; the formula is the text that the model wrote."""

    text: str
    formula: str | None

    def as_dict(self) -> dict[str, str | None]:
        return {"text": self.text, "formula": self.formula}


@dataclass(frozen=True)
class Premise:
    """A premise with the id that relations use for it: ``P1``, ``P2``, …"""

    id: str
    text: str
    formula: str | None

    def as_dict(self) -> dict[str, str | None]:
        return {"id": self.id, "text": self.text, "formula": self.formula}


@dataclass(frozen=True)
class Relation:
    """A relation between statements; ``type`` is ``entails``, ``supports``, ``contradicts`` or ``assumes``."""

    from_: tuple[str, ...]
    to: str
    type: str
    rule: str | None

    def as_dict(self) -> dict[str, Any]:
        return {"from": list(self.from_), "to": self.to, "type": self.type, "rule": self.rule}


@dataclass(frozen=True)
class Fallacy:
    """A fallacy's name and explanation."""

    name: str
    explanation: str

    def as_dict(self) -> dict[str, str]:
        return {"name": self.name, "explanation": self.explanation}


@dataclass(frozen=True)
class Analysis:
    """The fields of an analysis. ``missing_formulas[i]`` is the formula of ``missing_premises[i]``."""

    premises: tuple[Premise, ...]
    conclusion: Statement | None
    relations: tuple[Relation, ...]
    reasoning_chain: tuple[str, ...]
    proof_idea: str | None
    missing_premises: tuple[str, ...]
    missing_formulas: tuple[str | None, ...]
    fallacies: tuple[Fallacy, ...]
    model_verdict: Verdict

    def as_dict(self) -> dict[str, Any]:
        """The fields as in the contract, without the verdict and the missing formulas, which only the checker needs."""
        return {
            "premises": [premise.as_dict() for premise in self.premises],
            "conclusion": self.conclusion.as_dict() if self.conclusion else None,
            "relations": [relation.as_dict() for relation in self.relations],
            "reasoning_chain": list(self.reasoning_chain),
            "proof_idea": self.proof_idea,
            "missing_premises": list(self.missing_premises),
            "fallacies": [fallacy.as_dict() for fallacy in self.fallacies],
        }


_NAME = re.compile(
    r"\s*+(?:\*\*|__)?[\[(（【]?(?P<name>[A-Za-z]{1,3}\d{0,3}|前提\s*+\d{1,3}|结论|conclusion|premise\s*+\d{1,3})[\])）】]?(?:\*\*|__)?\s*+[:：.、](?:\*\*|__)?\s*+",
    re.IGNORECASE,
)
_FORMULA = re.compile(
    r"``?(?P<tick>[^`\n]+)``?|\$\$?(?P<dollar>[^$\n]+)\$\$?|\\\((?P<paren>(?:[^\\]|\\[^()])+)\\\)"
)
_LABEL = re.compile(r"(?<=[.。;；])\s*+(?:\*\*)?(?:formula|公式)(?:\*\*)?$", re.IGNORECASE)
_LOGICAL = re.compile(
    r"[∀∃¬∧∨⊕→↔⇒⇔=<>&|~]|->|\\(?:forall|exists|neg|lnot|land|lor|wedge|vee|to|rightarrow|implies|oplus)\b|\w\s?\("
)
# Negations and connectives: a formula in such a clause states only a part of the clause.
_SIGN_BESIDE = re.compile(r"[¬~∼∧∨→↔⊕⇒⇔&|^+−]|\\[a-z]|!\s*+\Z")
_NEGATES_OR_JOINS = re.compile(
    r"\b(?:not|no|never|neither|nor|none|cannot|false|falsehood|untrue|fails?|unless|if|iff|only|or|either|whether|and|but"
    r"|then|implies|imply|entails?|except|without|otherwise|negat\w*|opposite|contrary|den(?:y|ies|ied)|reject\w*|refut\w*"
    r"|impossible|unlikely|possibl[ey]|probably|maybe|perhaps|might|may)\b|n['’]t\b"
    r"|[不没未无否假]|非(?!常)|如果|假如|若(?!干)|或(?!许)|除非|要么|否则|那么|当且仅当|且|以及|并且|可能|也许",
    re.IGNORECASE,
)
# For a formula after a colon only these: in "If it rains, it is wet: `R → W`" the formula states the whole sentence.
_NEGATES_WHAT_FOLLOWS = re.compile(
    r"(?:\b(?:not|no|never|if|unless|or|nor|and|either|that|false|case|negat\w*|opposite|contrary|den(?:y|ies|ied)|than|but)"
    r"|n['’]t|[不没未无否假非若或且反]|如果|除非|要么|否则|并非|否定|相反)\W*\Z|并非|\bnot the case\b|\bfalse that\b",
    re.IGNORECASE,
)
# "For some x: `P(x)`" must not become a statement about every x.
_SOME = re.compile(r"\b(?:some|exists?|any|no|most|many|few)\b|存在|有的|有些|某|多数", re.IGNORECASE)
_QUANTIFIER = re.compile(r"[∀∃∄]|\\(?:forall|exists|nexists)|\b(?:for\s?all|exists)\b", re.IGNORECASE)
_STOP = re.compile(r"[.。;；?？!！\n](?![^\s)）\"'”’*])")
_COLON = re.compile(r"[:：]|[-–—]\Z")
_NO_LABEL = frozenset(["not", "no", "if", "iff", "or", "nor", "and", "but", "xor", "so"])
_ARROW = re.compile(r"->|→|=>|⇒|\\(?:right|Right)arrow|\\to\b|⊢|∴|推出|蕴[涵含]|支持|矛盾")
_ID = re.compile(
    r"(?<![A-Za-z])(?:[A-Za-z]{1,2}\d{1,3}|C|(?:the )?conclusion|premise\s?\d{1,3})(?![A-Za-z\d])|结论|前提\s?\d{1,3}",
    re.IGNORECASE,
)
_TYPES = {
    "contradicts": re.compile(r"contradict|conflict|矛盾|冲突", re.IGNORECASE),
    "assumes": re.compile(r"assum|presuppos|假设|预设", re.IGNORECASE),
    "supports": re.compile(r"support|支持|佐证", re.IGNORECASE),
    "entails": re.compile(r"entail|impl(?:y|ies)|蕴[涵含]|推出|得出", re.IGNORECASE),
}
_RULE = re.compile(r"[(（](?P<rule>[^()（）]*(?:\([^()]*\)[^()（）]*)*)[)）]\s*+[.。]?\s*+$")
_NONE = re.compile(
    r"[\s*+_(（\[-]*(?:none|no|n/a|nothing|not applicable|无|没有|暂无|不存在)[\s.。)）\]*_]*", re.IGNORECASE
)
# Parts that are often empty may say so in a sentence. "There are no cats" is a premise.
_NONE_OF_THEM = re.compile(
    r"(?:there (?:is|are) )?(?:none|no|not any)\b (?:[\w-]+ ){0,4}(?:premises?|assumptions?|fallac(?:y|ies)|errors?)\b.*"
    r"|(?:无|没有|未发现|不存在)(?:明显|任何|其他|其它|额外|缺失|隐含|遗漏|补充|逻辑|需要|的)*(?:前提|假设|谬误|错误|内容).{0,10}",
    re.IGNORECASE,
)
_INVALID = re.compile(
    r"\binvalid\b|not (?:logically )?valid|does(?:n't| not) (?:logically |necessarily )?follow|\bfalse\b|\brefuted\b"
    r"|无效|不成立|不能推出|推不出|不有效|并非有效|不是有效|为假|假命题|^[^\w\n]*+假[^\w\n]*+$",
    re.IGNORECASE | re.MULTILINE,
)
_UNKNOWN = re.compile(
    r"\bunknown\b|\buncertain\b|undetermined|can(?:'t|not) be (?:determined|decided)|can(?:'t|not) (?:say|tell)"
    r"|不能确定|无法确定|无法判断|不确定|未知",
    re.IGNORECASE,
)
_VALID = re.compile(
    r"\bvalid\b|\bfollows\b|\btrue\b|\bproved\b|有效|成立|能推出|为真|真命题|^[^\w\n]*+真[^\w\n]*+$",
    re.IGNORECASE | re.MULTILINE,
)


def read_analysis(text: str) -> Analysis:
    """Parse *text*, an answer without its thinking."""
    parts = sections(text)
    premises = _premises(parts.get("premises", []))
    missing = [_statement(item) for item in _entries(parts.get("missing", []), _NONE_OF_THEM)]
    idea = "\n".join(parts.get("idea", [])).strip()
    return Analysis(
        premises=premises,
        conclusion=_conclusion(parts.get("conclusion", [])),
        relations=_relations(parts.get("relations", [])),
        reasoning_chain=tuple(_entries(parts.get("reasoning", []))),
        proof_idea=idea if idea and not _NONE.fullmatch(idea) else None,
        missing_premises=tuple(statement.text for statement in missing),
        missing_formulas=tuple(statement.formula for statement in missing),
        fallacies=tuple(_fallacy(item) for item in _entries(parts.get("fallacies", []), _NONE_OF_THEM)),
        model_verdict=_verdict("\n".join(parts.get("verdict", []))),
    )


def _entries(lines: list[str], nothing: re.Pattern[str] = _NONE) -> list[str]:
    return [item for item in items(lines) if not (_NONE.fullmatch(item) or nothing.fullmatch(item))]


def _premises(lines: list[str]) -> tuple[Premise, ...]:
    found: list[Premise] = []
    taken: set[str] = set()
    for entry in _entries(lines):
        name = f"P{len(found) + 1}"
        label, entry = _without_label(entry)
        if label:
            named = re.sub(r"(?:前提|premise|^p)\s*+", "P", label, flags=re.IGNORECASE).upper()
            name = named if re.fullmatch(r"[A-Z]{1,2}\d{1,3}", named) and named not in taken else name
        statement = _statement(entry)
        if statement.text or statement.formula:
            taken.add(name)
            found.append(Premise(name, statement.text or statement.formula or "", statement.formula))
    return tuple(found)


def _conclusion(lines: list[str]) -> Statement | None:
    """The conclusion. Several are joined into one, which has a formula only if each of them has one."""
    found: list[Statement] = []
    for entry in _entries(lines):
        statement = _statement(_without_label(entry)[1])
        if statement.text or statement.formula:
            found.append(statement)
    if len(found) <= 1:
        return Statement(found[0].text or found[0].formula or "", found[0].formula) if found else None
    formulas = [statement.formula for statement in found if statement.formula]
    return Statement(
        " ".join(statement.text or statement.formula or "" for statement in found),
        " ∧ ".join(f"({formula})" for formula in formulas) if len(formulas) == len(found) else None,
    )


def _without_label(entry: str) -> tuple[str, str]:
    """The label at the beginning of *entry*, or "", and the rest; ``Not: …`` is no label."""
    match = _NAME.match(entry)
    if match is None or match["name"].lower() in _NO_LABEL:
        return "", entry
    return match["name"], entry[match.end() :]


def _statement(entry: str) -> Statement:
    """A sentence and its formula; a formula at the end is removed from the sentence.

    The formula is None where it states only a part of the line: the line has several formulas, or words or signs
    beside the formula negate it or connect it to something else.
    """
    formulas = [
        match for match in _FORMULA.finditer(entry) if match["tick"] or _LOGICAL.search(_content(match))
    ]
    if len(formulas) != 1:
        return Statement(_plain(entry), None)
    match = formulas[0]
    before, after = entry[: match.start()], entry[match.end() :].strip(" \t.。;；)）*")
    formula = _content(match) if _stands_alone(before, after) else None
    if formula and _SOME.search(_clause(before)) and not _QUANTIFIER.search(formula):
        formula = None
    if not after:
        entry = _LABEL.sub("", before.rstrip(" \t:：,，|—–-(（*"))
    return Statement(_plain(entry), formula)


def _content(match: re.Match[str]) -> str:
    return (match["tick"] or match["dollar"] or match["paren"]).strip()


def _clause(before: str) -> str:
    """The unfinished sentence at the end of *before*."""
    stops = [match.end() for match in _STOP.finditer(before)]
    return before[stops[-1] :] if stops else before


def _stands_alone(before: str, after: str) -> bool:
    """Whether nothing in the clause around a formula negates it or connects it to something else."""
    if _NEGATES_OR_JOINS.search(after) or _SIGN_BESIDE.search(after):
        return False
    clause = _clause(before)
    if _SIGN_BESIDE.search(clause):
        return False
    colons = [match.start() for match in _COLON.finditer(clause.rstrip(" \t*(（"))]
    if colons:
        behind = clause[colons[-1] + 1 :]
        return not (_NEGATES_WHAT_FOLLOWS.search(clause[: colons[-1]]) or _NEGATES_OR_JOINS.search(behind))
    return not _NEGATES_OR_JOINS.search(clause)


def _plain(text: str) -> str:
    """*text* on one line, without Markdown emphasis around the whole of it."""
    text = re.sub(r"\s+", " ", text).strip()
    match = re.fullmatch(r"(?:\*\*|__)(?P<inside>[^*_]+)(?:\*\*|__)", text)
    return match["inside"].strip() if match else text


def _relations(lines: list[str]) -> tuple[Relation, ...]:
    found: list[Relation] = []
    for entry in _entries(lines):
        entry = entry.replace("`", "").replace("*", "").replace("$", "")
        arrow = _ARROW.search(entry)
        if arrow is None:
            continue
        sources = tuple(_identifier(name) for name in _ID.findall(entry[: arrow.start()].split(":")[-1]))
        behind = entry[arrow.end() :]
        target = _ID.search(behind)
        if not sources or target is None:
            continue
        rest = behind[target.end() :]
        kind = next(
            (name for name, words in _TYPES.items() if words.search(rest + " " + arrow[0])), "entails"
        )
        rule = _RULE.search(rest)
        found.append(
            Relation(sources, _identifier(target[0]), kind, (rule["rule"].strip() or None) if rule else None)
        )
    return tuple(found)


def _identifier(name: str) -> str:
    """The id of a statement: ``P1`` for a premise, ``C`` for the conclusion."""
    if re.fullmatch(r"结论|(?:the )?conclusion", name, re.IGNORECASE):
        return "C"
    return re.sub(r"^(?:前提|premise)\s?", "P", name, flags=re.IGNORECASE).upper()


def _fallacy(entry: str) -> Fallacy:
    name, _, explanation = re.sub(r"\*\*|__", "", entry).partition(
        "：" if "：" in entry.split(":")[0] else ":"
    )
    return Fallacy(name.strip(), explanation.strip())


def _verdict(text: str) -> Verdict:
    """The model's verdict on validity, from the first word that states one."""
    kinds: tuple[tuple[Verdict, re.Pattern[str]], ...]
    kinds = (("unknown", _UNKNOWN), ("invalid", _INVALID), ("valid", _VALID))
    found = [(match.start(), kind) for kind, words in kinds if (match := words.search(text)) is not None]
    return min(found)[1] if found else "unknown"
