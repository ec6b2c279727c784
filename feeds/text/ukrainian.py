"""A light suffix stripper for Ukrainian: nouns, adjectives and regular verbs, by their endings alone.

No dictionary: a word gets every stem that its ending allows, and two words are forms of one when they share a stem.
Each stem begins with the mark of its declension or conjugation (`a` adjectives, `n` nouns), so that «гарантій» does
not become an adjective. What declension does to a stem is undone: і that comes from о or е (Харків, Харкова), vowels
that come and go (кінець, кінця), к г х before і (безпека, безпеці), doubled consonants (забезпечення, забезпечень).
"""

from __future__ import annotations

import re
from typing import Final

_VOWELS: Final = "аеєиіїоуюя"
_SHORTEST: Final = 3
"""Letters of a stem: with two, half of all short words would be forms of one another."""

_noun: Final = re.compile(r"(?:ями|ами|ові|еві|єві|ям|ам|ях|ах|ів|їв|ою|ею|єю|ом|ем|єм|ей|єй|'ю|[аяуюіїиеєойь])$")
_adjective: Final = re.compile(
    r"(?:ього|ьому|ьої|ьою|ого|ому|ими|іми|їми|ої|ою|ий|ій|їй|им|ім|їм|их|іх|їх|[аяуюіїеє])$"
)
_only_adjective: Final = re.compile(r"(?:ього|ьому|ьої|ьою|ого|ими|їми|ої|ий|их|іх)$")
_conjugations: Final = {
    "u": re.compile(r"[ую](?:вати(?:м\w+)?|в(?:ав|ала|ало|али|авши)|ю|єш|є|ємо|єте|ють|ючи)$"),
    "v": re.compile(r"[ая](?:ти(?:м\w+)?|в|ла|ло|ли|вши|ю|єш|є|ємо|єте|ють|ючи)$"),
    "y": re.compile(r"(?:и(?:ти(?:м\w+)?|в|ла|ло|ли|вши|ть|ш|мо|те)|[яа]ть|[яа]чи)$"),
    "i": re.compile(r"і(?:ти(?:м\w+)?|ла|ло|ли|вши|ю|єш|є|ємо|єте|ють|ючи)$"),
    "w": re.compile(r"ну(?:ти(?:м\w+)?|в|ла|ло|ли|вши|ть)$|не(?:ш|мо|те)?$"),
}
"""Endings of the productive conjugations (-увати, -ати, -ити, -іти, -нути). Those that most nouns share (-у, -ів) are
left out, and each has a mark of its own: «мотив» must not be a form of «мотати»."""
_reflexive: Final = re.compile(r"(?<=..)(?:(?<=[єе])ть)?(?:ся|сь)$")
_softened: Final = {"ц": "к", "з": "г", "с": "х"}
_closed = re.compile(rf"[іоеєї](?=[^{_VOWELS}ьй']+$)")
_fleeting = re.compile(rf"(?<=[^{_VOWELS}])[оеє](?=[^{_VOWELS}]ь?$)")


def stems(word: str) -> tuple[str, ...]:
    """Every stem that `word` (folded) may come from; at least one, in a fixed order."""
    found: list[str] = []
    adjective = _stripped(_adjective, word)
    if adjective and adjective[-1] not in _VOWELS:
        found.append("a" + adjective.rstrip("ь"))
    if not (adjective and _only_adjective.search(word)):
        found.extend("n" + stem for stem in _noun_stems(word))
        found.extend(_verb_stems(_reflexive.sub("", word)))
    return tuple(dict.fromkeys(found)) or ("n" + word,)


def _stripped(endings: re.Pattern[str], word: str) -> str:
    """`word` without its longest ending that leaves a stem; empty when there is none."""
    ending = endings.search(word)
    while ending is not None:
        if ending.start() >= _SHORTEST and any(vowel in word[: ending.start()] for vowel in _VOWELS):
            return word[: ending.start()]
        ending = endings.search(word, ending.start() + 1)
    return ""


def _noun_stems(word: str) -> list[str]:
    stem = _stripped(_noun, word)
    found = [_levelled(stem)] if stem else []
    if word[-1] not in _VOWELS:
        found.append(_levelled(word))
        if len(word) > _SHORTEST:
            found.append(_levelled(_fleeting.sub("", word)))
    elif word[-1] == "і" and stem and stem[-1] in _softened:
        found.append(_levelled(stem[:-1] + _softened[stem[-1]]))
    return found


def _verb_stems(word: str) -> list[str]:
    stripped = ((mark, _stripped(endings, word)) for mark, endings in _conjugations.items())
    return [mark + stem for mark, stem in stripped if stem]


def _levelled(stem: str) -> str:
    """`stem` with what declension changes in it made equal."""
    stem = stem.rstrip("ьй'")
    if len(stem) > _SHORTEST and stem[-1] == stem[-2]:
        stem = stem[:-1]
    return _closed.sub("о", stem)
