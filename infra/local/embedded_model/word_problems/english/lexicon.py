"""Words of English word problems: verbs with what they do to a quantity, words that carry no quantity, stems."""

from __future__ import annotations

from typing import Literal

from embedded_model.word_problems.word_lists import word_set

__all__ = [
    "AUXILIARIES",
    "DETERMINERS",
    "GERUNDS",
    "KINDS",
    "MODIFIERS",
    "NOUN_VERBS",
    "PEOPLE",
    "PREPOSITIONS",
    "PRONOUNS",
    "TIMES",
    "VERBS",
    "Role",
    "lemma",
    "stem",
]

# What a verb does to what its subject has: nothing, more, less, moves the subject itself here or away, gives it to somebody,
# takes it from somebody, puts it somewhere; "act" changes nobody's quantity (reads, walks, scores).
Role = Literal["has", "gain", "loss", "come", "go", "give", "take", "put", "act"]

_FORMS: dict[Role, str] = {
    "has": "have has had having|be is are was were been|contain contains contained|hold holds held|own owns owned|"
    "start starts started|begin begins began|keep keeps kept|remain remains remained",
    "gain": "buy buys bought|get gets got|find finds found|receive receives received|earn earns earned|win wins won|score scores scored|"
    "collect collects collected|pick picks picked|catch catches caught|make makes made|bake bakes baked|"
    "gather gathers gathered|harvest harvests harvested|grow grows grew grown|raise raises raised|order orders ordered|"
    "purchase purchases purchased|download downloads downloaded|gain gains gained|obtain obtains obtained|"
    "print prints printed|cook cooks cooked|blow blows blew|knit knits knitted|build builds built|bring brings brought",
    "come": "join joins joined|arrive arrives arrived|come comes came|board boards boarded|land lands landed",
    "go": "leave leaves|fly flies flew flown|die dies died|disappear disappears disappeared|quit quits|escape escapes escaped",
    "loss": "eat eats ate eaten|lose loses lost|sell sells sold|use uses used|spend spends spent|throw throws threw thrown|"
    "break breaks broke broken|drink drinks drank|donate donates donated|pop pops popped|remove removes removed|"
    "delete deletes deleted|destroy destroys destroyed|forget forgets forgot|discard discards discarded|cut cuts|pay pays paid",
    "give": "give gives gave given|send sends sent|mail mails mailed|hand hands handed",
    "take": "take takes took taken|borrow borrows borrowed|steal steals stole stolen",
    "put": "put puts|place places placed|plant plants planted|stack stacks stacked|store stores stored|add adds added|"
    "drop drops dropped|pour pours poured|load loads loaded|pack packs packed",
    "act": "do does did|read reads|walk walks walked|run runs ran|jog jogs jogged|drive drives drove|"
    "jump jumps jumped|suggest suggests suggested|write writes wrote|serve serves served|record records recorded|"
    "visit visits visited|play plays played|prepare prepares prepared|draw draws drew|paint paints painted|"
    "answer answers answered|complete completes completed|grade grades graded|install installs installed|finish finishes finished|fill fills filled|learn learns learned|"
    "go goes went|attend attends attended|travel travels traveled travelled|hike hikes hiked|bike bikes biked|"
    "swim swims swam|ride rides rode|watch watches watched|see sees saw|work works worked|sing sings sang|"
    "study studies studied|solve solves solved|weigh weighs weighed|measure measures measured|cost costs|"
    "need needs needed|require requires required|want wants wanted|call calls called|sit sits sat|stand stands stood|live lives lived|sleep sleeps slept|"
    "wash washes washed|clean cleans cleaned|mow mows mowed|deliver delivers delivered|share shares shared|"
    "split splits|divide divides divided|organize organizes organized|lasts lasted|fit fits|teach teaches taught",
}


def _verbs() -> dict[str, tuple[str, Role]]:
    table: dict[str, tuple[str, Role]] = {}
    for role, forms in _FORMS.items():
        for line in forms.split("|"):
            words = line.split()
            for word in words:
                table.setdefault(word, (words[0], role))
    return table


VERBS = _verbs()
# Also nouns: verbs only behind a word that asks for one.
NOUN_VERBS = word_set(
    "store hand place plant land play board pack cut order record load drop cost answer paint run ride walk work study fly cook "
    "fit live lives share purchase print harvest drink watch draw plants stores lands packs cuts places hands plays drops orders "
    "drinks watches prints cooks runs rides walks records paints bike bikes hike swim add leave leaves mail last stack stacks "
    "boards need use start begin catch find"
)
AUXILIARIES = frozenset(
    ["will", "would", "can", "could", "did", "do", "does", "must", "to", "already", "also", "then", "only"]
)
PRONOUNS = frozenset(["he", "she", "it", "they", "i", "we", "you"])
DETERMINERS = frozenset(
    [
        "a",
        "an",
        "the",
        "his",
        "her",
        "their",
        "its",
        "my",
        "our",
        "your",
        "this",
        "that",
        "these",
        "those",
        "there",
    ]
)
PREPOSITIONS = frozenset(
    ["of", "to", "on", "in", "at", "for", "from", "with", "into", "onto", "inside", "off", "during", "among", "after", "before",
     "near", "by", "up", "down", "out", "away", "over", "as", "without", "around", "under"]
)  # fmt: skip
MODIFIERS = frozenset(
    [
        "more",
        "extra",
        "additional",
        "new",
        "old",
        "other",
        "another",
        "total",
        "different",
        "whole",
        "fewer",
        "less",
    ]
)
TIMES = frozenset(
    ["today", "yesterday", "tomorrow", "now", "last", "next", "morning", "afternoon", "evening", "night", "week", "weekend",
     "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "summer", "later", "currently", "still",
     "initially", "originally", "first", "altogether", "again", "already", "everyday", "left"]
)  # fmt: skip
_PEOPLE = (
    "boy girl man woman men women child children kid student pupil teacher parent adult player friend worker person visitor "
    "passenger guest customer camper member people runner dancer"
)
PEOPLE = word_set(_PEOPLE)
# What a question may ask for in one word, and what then counts as it.
KINDS: dict[str, frozenset[str]] = {
    "people": PEOPLE,
    "person": PEOPLE,
    "child": frozenset(["boy", "girl", "kid", "child"]),
    "kid": frozenset(["boy", "girl", "kid", "child"]),
    "student": frozenset(["boy", "girl", "student", "pupil"]),
    "pupil": frozenset(["boy", "girl", "student", "pupil"]),
    "fruit": frozenset(["apple", "orange", "pear", "peach", "plum", "banana", "mango", "lemon", "lime", "kiwi", "melon"]),
    "bird": frozenset(["bird", "duck", "goose", "pigeon", "crow", "sparrow", "robin"]),
    "pet": frozenset(["dog", "cat", "hamster", "rabbit", "puppy", "kitten", "pet"]),
}  # fmt: skip
_IRREGULAR = {"children": "child", "men": "man", "women": "woman", "mice": "mouse", "geese": "goose", "feet": "foot",
              "people": "people", "shelves": "shelf", "loaves": "loaf", "leaves": "leaf", "knives": "knife", "puppies": "puppy",
              "dollars": "dollar", "bucks": "dollar", "money": "dollar", "pics": "picture", "baggies": "bag", "baggy": "bag", "movies": "movie", "cookies": "cookie",
              "pies": "pie", "class": "class", "glasses": "glass", "buses": "bus"}  # fmt: skip


def stem(word: str) -> str:
    """The word without an English plural's or possessive's ending."""
    word = word.removesuffix("'s").removesuffix("'")
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("shes", "ches", "xes", "sses", "toes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us")) and len(word) > 3 else word


def _gerunds() -> dict[str, str]:
    """The lemmas of *giving*, *running*, *baking*."""
    table: dict[str, str] = {}
    for verb, _ in VERBS.values():
        table |= dict.fromkeys([verb + "ing", verb + verb[-1] + "ing", verb.removesuffix("e") + "ing"], verb)
    return table


GERUNDS = _gerunds()


def lemma(word: str) -> str:
    """The lemma of a known verb, else the stem."""
    return VERBS[word][0] if word in VERBS else GERUNDS.get(word) or stem(word)
