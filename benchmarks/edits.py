"""What copiers do to a text: edits after which it is still a copy. Numbers stay as they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from random import Random

Edit = Callable[[str, Random, Sequence[str]], str]
"""The edited text of a text; the other texts are where foreign words come from."""

DATELINE = "HARBOUR CITY (Gazette) –"
BOILERPLATE = (
    "Sign up to our newsletter for more stories like this one every morning. "
    "Support independent journalism by becoming a patron of our newsroom today."
)

_SENTENCE_END = re.compile(r"(?<=[.!?])[\"”»]?\s+")


def sentences(text: str) -> list[str]:
    """Roughly: what stands between full stops."""
    return [one for one in _SENTENCE_END.split(text.strip()) if one]


def _dateline(text: str, _draw: Random, _others: Sequence[str]) -> str:
    return f"{DATELINE} {text} {BOILERPLATE}"


def _cut(share: float) -> Edit:
    def cut(text: str, _draw: Random, _others: Sequence[str]) -> str:
        whole = sentences(text)
        return " ".join(whole[: max(1, round(len(whole) * share))])

    return cut


def _lead(text: str, _draw: Random, _others: Sequence[str]) -> str:
    return " ".join(sentences(text)[:2])


def _appended(text: str, draw: Random, others: Sequence[str]) -> str:
    words = draw.choice(others).split()
    return f"{text} {' '.join(words[: len(words) * 6 // 10])}"


def _shuffled(text: str, draw: Random, _others: Sequence[str]) -> str:
    whole = sentences(text)
    kept = draw.sample(whole, max(1, round(len(whole) * 0.8)))
    return " ".join(kept)


def _replaced(share: float) -> Edit:
    def replaced(text: str, draw: Random, others: Sequence[str]) -> str:
        words = text.split()
        plain = [place for place, word in enumerate(words) if not any(sign.isdigit() for sign in word)]
        for place in draw.sample(plain, min(len(plain), round(len(words) * share))):
            foreign = [word for word in draw.choice(others).split() if not any(sign.isdigit() for sign in word)]
            words[place] = draw.choice(foreign)
        return " ".join(words)

    return replaced


EDITS: Mapping[str, Edit] = {
    "dateline and boilerplate added": _dateline,
    "cut to 70 %": _cut(0.7),
    "cut to 40 %": _cut(0.4),
    "first two sentences": _lead,
    "60 % of another text appended": _appended,
    "shuffled, 20 % of the sentences dropped": _shuffled,
    "5 % of the words replaced": _replaced(0.05),
    "10 % of the words replaced": _replaced(0.1),
}
