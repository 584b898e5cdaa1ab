"""Words of English word problems: verbs with what they do to a quantity, words that carry no quantity, stems."""

from __future__ import annotations

from typing import Literal

__all__ = ["FILLERS", "NUMBER_WORDS", "PRONOUNS", "VERBS", "stem"]

_HAS = "have has had|is are was were be|contain contains contained|hold holds held|own owns owned|start starts started"
_GAIN = (
    "buy buys bought|get gets got|find finds found|receive receives received|pick picks picked|earn earns earned|"
    "collect collects collected|win wins won|add adds added|join joins joined|arrive arrives arrived|come comes came|"
    "make makes made|bake bakes baked|catch catches caught|raise raises raised|plant plants planted|grow grows grew|"
    "place places placed|put puts|order orders ordered|download downloads downloaded|gather gathers gathered|"
    "harvest harvests harvested|complete completes completed|do does did|read reads|score scores scored|"
    "walk walks walked|run runs ran|jog jogs jogged|drive drives drove|suggest suggests suggested|bring brings brought|"
    "write writes wrote|fill fills filled|serve serves served|record records recorded|visit visits visited|"
    "play plays played|return returned|prepare prepares prepared|draw draws drew|paint paints painted|answer answers answered"
)
_LOSS = (
    "eat eats ate eaten|lose loses lost|sell sells sold|use uses used|spend spends spent|throw throws threw|"
    "break breaks broke|drink drinks drank|donate donates donated|send sends sent|pay pays paid|fly flies flew|"
    "pop pops popped|remove removes removed|delete deletes deleted|give gives gave given|take takes took|cut cuts|"
    "leave leaves|mail mails mailed|share shares shared|finish finishes finished|destroy destroys destroyed"
)
_Role = Literal["has", "gain", "loss"]


def _verbs() -> dict[str, tuple[str, _Role]]:
    table: dict[str, tuple[str, _Role]] = {}
    roles: tuple[tuple[_Role, str], ...] = (("has", _HAS), ("gain", _GAIN), ("loss", _LOSS))
    for role, forms in roles:
        for line in forms.split("|"):
            words = line.split()
            table |= dict.fromkeys(words, (words[0], role))
    return table


VERBS = _verbs()
PRONOUNS = frozenset(["he", "she", "it", "they", "i", "we", "you", "his", "her", "their", "my"])
FILLERS = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "to",
        "on",
        "in",
        "at",
        "for",
        "from",
        "with",
        "into",
        "onto",
        "and",
        "but",
        "then",
        "that",
        "this",
        "these",
        "those",
        "there",
        "also",
        "already",
        "later",
        "during",
        "his",
        "her",
        "their",
        "its",
        "my",
        "our",
        "more",
        "new",
        "old",
        "other",
        "so",
        "if",
        "just",
        "now",
        "today",
        "yesterday",
        "last",
        "next",
        "morning",
        "afternoon",
        "evening",
        "night",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "still",
        "left",
        "up",
        "down",
        "away",
        "off",
        "out",
        "initially",
        "originally",
        "altogether",
        "long",
        "large",
        "all",
    ]
)
NUMBER_WORDS = {
    word: str(value)
    for value, word in enumerate(
        [
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
        ],
        start=2,
    )
}


def stem(word: str) -> str:
    """The word without an English plural's or possessive's ending."""
    word = word.removesuffix("'s").removesuffix("'")
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("shes", "ches", "xes", "sses")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word
