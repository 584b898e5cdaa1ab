"""The wordings of one question: a question that its own words do not match is tried in plainer ones.

Only what cannot change the meaning is rewritten: a colon before a formula, the place of the verb, the verb itself.
Every other word stays, so that a question still has to account for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["wordings"]

_COLON = re.compile(r"(?<=[a-z\u4e00-\u9fff]) ?: ?(?=⟦)")
_OPENING = re.compile(
    r"^(?:(?:then|and|so|please|now|try to|请你?|试)\b,? ?)+|^(?:请你?|试)(?=[\u4e00-\u9fff])"
)
_VERB = re.compile(
    r"^(?:what(?:'s| is| are| will be| would be)|find out|find|determine|compute|calculate|evaluate|give|state|write down|enter)"
    r"(?= (?:the|all|a|an|⟦))"
)
_LAST = re.compile(
    r"^(?P<asked>(?:the|⟦\d+⟧).*?),? ?(?:is equal to|are equal to|equals?|is|are|=)? ?[:=]?[ ?.:()_]*$"
)


def wordings(text: str) -> Iterator[str]:
    """The text as it is, then its plainer wordings, each once."""
    bare = _OPENING.sub("", _COLON.sub(" ", text))
    found = [text, bare]
    asked = _asked(bare)
    if asked:
        found += [f"what is {asked}", f"find {asked}"]
        found += [f"what is the value of {asked}"] if asked.startswith("⟦") else []
    yield from dict.fromkeys(found)


def _asked(text: str) -> str:
    """What is asked for, without the verb before or after it; nothing where no verb asks."""
    verb = _VERB.match(text)
    if verb:
        return text[verb.end() :].strip(" ?.:")
    last = _LAST.match(text)
    return last["asked"].strip() if last else ""
