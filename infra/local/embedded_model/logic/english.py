"""English sentences as formulas: all, no, some, names, if … then, or, and, not."""

from __future__ import annotations

import re

from embedded_model.logic.formulas import VARIABLE, Atom, Formula, Junction, Not, Quantified, negation

__all__ = ["CONCLUDES", "formula"]

CONCLUDES = re.compile(
    r"^(?:therefore|so|hence|thus|consequently|it follows that|we conclude that|conclusion:?)[, ]+",
    re.IGNORECASE,
)
_UNIVERSAL = re.compile(r"(?:all|every|each|any) (?P<s>.+?) (?P<v>is|are)(?P<n> not)? (?P<p>.+)")
_NONE = re.compile(r"no (?P<s>.+?) (?:is|are) (?P<p>.+)")
_SOME = re.compile(r"(?:some|at least one) (?P<s>.+?) (?:is|are)(?P<n> not)? (?P<p>.+)")
_PLURAL = re.compile(r"(?P<s>[a-z][a-z-]*(?: [a-z][a-z-]*)?) are(?P<n> not)? (?P<p>.+)")
_ARTICLE = re.compile(r"(?:a|an) (?P<s>[a-z][a-z -]*?) is(?P<n> not)? (?P<p>an? .+)")
_SINGULAR = re.compile(r"(?P<s>[a-z][\w .'-]*?) is(?P<n> not)? (?P<p>.+)")
_IF = re.compile(r"if (?P<a>.+?),? then (?P<b>.+)|if (?P<c>[^,]+), (?P<d>.+)|(?P<e>.+?) only if (?P<f>.+)")
_IFF = re.compile(r"(?P<a>.+?) if and only if (?P<b>.+)")
# "Tom is either a teacher or a doctor": the subject is said once.
_SHARED = re.compile(
    r"(?P<s>(?:the )?[\w'-]+) (?P<v>is|are) (?:either |both )?(?P<a>[^,]+?),? (?P<w>or|and) (?P<b>(?:(?! is | are | does ).)+)"
)
_NOT_CASE = re.compile(r"(?:it is not (?:the case|true) that|it is false that) (?P<a>.+)")
_DENIED = re.compile(r"\b(?:do|does|did|will|can)(?:es)? not |\b(?:do|does|did)n't |\bcannot |\bwon't ")
_ANYTHING = re.compile(r"^(?:something|someone|anything|anyone|a person|an animal|it|they|he|she)$")
_LOGICAL = re.compile(
    r"\b(?:if|then|and|or|not|no|all|every|each|some|only|unless|either|neither|nor|both|who|that|which|than)\b"
)
_PRONOUN = re.compile(
    r"\b(?:they|he|she|him|her|his|its|their|them|someone|something|anyone|anything|everyone|everything|people|one)\b"
)
_EMPTY = frozenset({"the", "a", "an", "it", "is", "are", "will"})
_IRREGULAR = {
    "men": "man",
    "women": "woman",
    "people": "person",
    "mice": "mouse",
    "children": "child",
    "geese": "goose",
}


def formula(sentence: str) -> Formula | None:
    """The formula of one sentence; ``None`` where it is of no form that is known here."""
    text = re.sub(r"\s+", " ", sentence.strip().rstrip(".!")).strip()
    text = text[:1].lower() + text[1:]
    text = re.sub(r"\b(is|are)n't\b", r"\1 not", text)
    return _quantified(text) or _connected(text, "")


def _quantified(text: str) -> Formula | None:
    if found := _NONE.fullmatch(text):
        return _about_all("∀", found["s"], found["p"], negative=True)
    if found := _UNIVERSAL.fullmatch(text):
        # "All cats are not dogs" can be read in two ways; "every cat is not a dog" hardly.
        if found["n"] and found["v"] == "are":
            return None
        return _about_all("∀", found["s"], found["p"], negative=bool(found["n"]))
    if found := _SOME.fullmatch(text):
        return _about_all("∃", found["s"], found["p"], negative=bool(found["n"]))
    for pattern in (_PLURAL, _ARTICLE):
        found = pattern.fullmatch(text)
        if found and not found["s"].startswith(("the ", "they", "we", "you")) and " and " not in found["s"]:
            return _about_all("∀", found["s"], found["p"], negative=bool(found["n"]))
    return None


def _about_all(sign: str, subject: str, predicate: str, *, negative: bool) -> Formula | None:
    first, second = _predicate(subject), _predicate(predicate)
    if first is None or second is None:
        return None
    said: Formula = Atom(second, VARIABLE)
    said = Not(said) if negative else said
    return Quantified(sign, Junction("→" if sign == "∀" else "∧", Atom(first, VARIABLE), said))


def _connected(text: str, about: str) -> Formula | None:
    """A clause or a compound of clauses; *about* is the thing that a pronoun means."""
    if found := _NOT_CASE.fullmatch(text):
        inner = _connected(found["a"], about)
        return None if inner is None else negation(inner)
    if found := _IFF.fullmatch(text):
        return _joined("↔", found["a"], found["b"], about)
    if found := _IF.fullmatch(text):
        first = found["a"] or found["c"] or found["e"]
        second = found["b"] or found["d"] or found["f"]
        return _conditional(first, second, about)
    if text.startswith("either ") and text.count(" or ") == 1:
        first, second = text.removeprefix("either ").split(" or ")
        return _joined(
            "⊕" if "but not both" in second else "∨", first, second.replace(", but not both", ""), about
        )
    if found := _SHARED.fullmatch(text):
        second = f"{found['s']} {found['v']} {found['b']}"
        first = f"{found['s']} {found['v']} {found['a']}"
        return _joined("∨" if found["w"] == "or" else "∧", first, second, about)
    for word, sign in ((" or ", "∨"), (" and ", "∧")):
        if text.count(word) == 1:
            first, second = text.split(word)
            return _joined(sign, first, second, about)
    return _clause(text, about)


def _conditional(first: str, second: str, about: str) -> Formula | None:
    subject = re.split(r" (?:is|are|does|do) ", first)[0]
    if not about and _ANYTHING.match(subject) and subject not in {"it", "they", "he", "she"}:
        inner = _joined("→", first, second, VARIABLE)
        return None if inner is None else Quantified("∀", inner)
    named = subject if re.fullmatch(r"[A-Za-z]\w*", subject) and not _ANYTHING.match(subject) else about
    return _joined("→", first, second, (named and _constant(named)) or about)


def _joined(sign: str, first: str, second: str, about: str) -> Formula | None:
    left = _connected(first.strip(" ,"), about)
    right = _connected(second.strip(" ,"), about)
    return None if left is None or right is None else Junction(sign, left, right)


def _clause(text: str, about: str) -> Formula | None:
    text = text.strip()
    negative = False
    if _DENIED.search(text):
        text, negative = _DENIED.sub("", text, count=1), True
    found = _SINGULAR.fullmatch(text[:1].lower() + text[1:]) or re.fullmatch(
        r"(?P<s>they) are(?P<n> not)? (?P<p>.+)", text
    )
    said: Formula | None
    if found and not _is_weather(found["s"], found["p"]):
        negative ^= bool(found["n"])
        name = _predicate(found["p"])
        pronoun = _ANYTHING.match(found["s"]) is not None
        if (
            name is None
            or (pronoun and not about)
            or _LOGICAL.search(found["s"])
            or (not pronoun and _PRONOUN.search(found["s"]))
        ):
            return None
        said = Atom(name, about if pronoun else _constant(found["s"]))
    else:
        if found and found["n"]:
            text, negative = text.replace(" is not ", " is ", 1), not negative
        said = _statement(text)
    if said is None:
        return None
    return Not(said) if negative else said


def _is_weather(subject: str, predicate: str) -> bool:
    """Clauses whose "it" means nothing: it is raining."""
    return (
        subject == "it"
        and re.match(r"(?:rain|snow|cold|hot|sunny|dark|monday|late|windy)", predicate) is not None
    )


def _statement(text: str) -> Formula | None:
    """A clause that is taken whole: ``Rain``. A noun alone is no clause, and a pronoun points to something else."""
    if _PRONOUN.search(text.lower()) or _LOGICAL.search(text.lower()):
        return None
    words = [word for word in re.findall(r"[a-z]+", text.lower()) if word not in _EMPTY]
    if len(words) > 8 or len(words) < (1 if text.lower().startswith("it ") else 2):
        return None
    return Atom("".join(_stem(word).capitalize() for word in words))


def _predicate(text: str) -> str | None:
    words = re.findall(r"[A-Za-z]+", re.sub(r"^(?:a|an|the) ", "", text.strip()))
    if not words or len(words) > 5 or _LOGICAL.search(text.lower()) or _PRONOUN.search(text.lower()):
        return None
    words[-1] = _singular(words[-1].lower())
    return "".join(word[:1].upper() + word[1:] for word in words)


def _constant(text: str) -> str:
    words = re.findall(r"[A-Za-z0-9]+", re.sub(r"^(?:a|an|the|this|that) ", "", text.strip().lower()))
    return "_".join(words)


def _singular(word: str) -> str:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    for ending, instead in (
        ("ies", "y"),
        ("sses", "ss"),
        ("uses", "us"),
        ("ches", "ch"),
        ("shes", "sh"),
        ("xes", "x"),
    ):
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return word.removesuffix(ending) + instead
    if word.endswith("s") and not word.endswith(("ss", "us", "is", "ous")):
        return word[:-1]
    return word


def _stem(word: str) -> str:
    if word.endswith("ing") and len(word) > 5:
        return word[:-3]
    return _singular(word)
