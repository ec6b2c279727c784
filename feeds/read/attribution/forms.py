"""The case forms of a name, by its ending: «Европейская правда», «Европейской правды», … ; Bloomberg, Bloomberga, …

The rules make more forms than a grammar allows: one that no text has costs nothing, one that is missing a credit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise, product

_CYRILLIC = re.compile(r"[а-яёіїєґ]", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_][\w'’-]*")

# Ending → the endings that take its place, case by case: genitive, dative, accusative, instrumental, locative. Of
# Russian and Ukrainian both, since a name may stand in either language's text.
_ADJECTIVES: dict[str, tuple[str, ...]] = {
    "ская": ("ской", "ской", "скую", "ской", "ской"),
    "цкая": ("цкой", "цкой", "цкую", "цкой", "цкой"),
    "ая": ("ой", "ой", "ую", "ой", "ой"),
    "яя": ("ей", "ей", "юю", "ей", "ей"),
    "ое": ("ого", "ому", "ое", "ым", "ом"),
    "ский": ("ского", "скому", "ский", "ским", "ском"),
    "ый": ("ого", "ому", "ый", "ым", "ом"),
    "ська": ("ської", "ській", "ську", "ською", "ській"),
    "цька": ("цької", "цькій", "цьку", "цькою", "цькій"),
    "ське": ("ського", "ському", "ське", "ським", "ському"),
    "ський": ("ського", "ському", "ський", "ським", "ському"),
    "чна": ("чної", "чній", "чну", "чною", "чній"),
    "ова": ("ової", "овій", "ову", "овою", "овій"),
    "ові": ("ових", "овим", "ові", "овими", "ових"),
    "не": ("ного", "ному", "не", "ним", "ному"),
    "ські": ("ських", "ським", "ські", "ськими", "ських"),
    "ские": ("ских", "ским", "ские", "скими", "ских"),
    "ные": ("ных", "ным", "ные", "ными", "ных"),
}
_NOUNS: dict[str, tuple[str, ...]] = {
    "ия": ("ии", "ии", "ию", "ией", "ии"),
    "ка": ("ки", "ке", "ку", "кой", "ці"),
    "га": ("ги", "ге", "гу", "гой", "зі"),
    "да": ("ды", "де", "ду", "дой", "ді"),
    "та": ("ты", "те", "ту", "той", "ті"),
    "на": ("ны", "не", "ну", "ной", "ні"),
    "за": ("зы", "зе", "зу", "зой", "зі"),
    "ль": ("ля", "лю", "ль", "лем", "ле"),
    "рь": ("ря", "рю", "рь", "рем", "ре"),
    "ец": ("ца", "цу", "ец", "цем", "це"),
    "ець": ("ця", "цю", "ець", "цем", "ці"),
    "нок": ("нка", "нку", "нок", "нком", "нке"),
    "о": ("а", "у", "о", "ом", "е"),
    "е": ("я", "ю", "е", "ем", "и"),
    "ио": ("ио",) * 5,
    "іо": ("іо",) * 5,
    "сти": ("стей", "стям", "сти", "стями", "стях"),
    "сті": ("стей", "стям", "сті", "стями", "стях"),
    "ни": ("н", "нам", "ни", "нами", "нах"),
    "ини": ("ин", "инам", "ини", "инами", "инах"),
    "ты": ("тов", "там", "ты", "тами", "тах"),
    "ти": ("тів", "там", "ти", "тами", "тах"),
    "ии": ("ий", "иям", "ии", "иями", "иях"),
}
# Ukrainian beside Russian: «правды», «правди».
_ALSO = {"ы": "и", "ой": "ою", "ии": "ії", "ию": "ію", "ией": "ією", "ем": "єм", "ке": "кі", "де": "ді", "ом": "ом"}
_CONSONANT = re.compile(r"[бвгґджзйклмнпрстфхцчшщъ]", re.IGNORECASE)
_AFTER_CONSONANT = ("а", "у", "ом", "ем", "е", "і")
# Polish, of names that are not Polish; those that are stand in the list with their forms.
_LATIN = ("a", "u", "owi", "em", "iem", "ie")
_LATIN_A = ("i", "y", "ie", "ę", "ą")
_DECLINED_IN_POLISH = re.compile(r"[b-df-hj-np-tv-xzłńśćźż]", re.IGNORECASE)
_LONG_ENOUGH = 4


def forms_of(name: str) -> frozenset[str]:
    """`name` and its case forms, in lower case."""
    name = name.lower()
    return frozenset({name, *(_cyrillic(name) if _CYRILLIC.search(name) else _latin(name))})


def _latin(name: str) -> Iterable[str]:
    last = name[-1]
    if name.startswith("radio "):
        return (radio + name.removeprefix("radio") for radio in ("radia", "radiu", "radiem"))
    if len(name) < _LONG_ENOUGH or "." in name:
        return ()
    if last == "a":
        return (name[:-1] + ending for ending in _LATIN_A)
    return (name + ending for ending in _LATIN) if _DECLINED_IN_POLISH.fullmatch(last) else ()


def _cyrillic(name: str) -> Iterable[str]:
    words = list(_WORD.finditer(name))
    heads = [_paradigm(_ADJECTIVES, word[0]) for word in words]
    if not words:
        return
    noun = next((place for place, forms in enumerate(heads) if not forms), len(words) - 1)
    heads[noun] = heads[noun] or _noun(words[noun][0])
    # What stands behind the noun is its complement: «Эхо Москвы».
    _end, tail = words[noun].end(), name[words[noun].end() :]
    del heads[noun + 1 :]
    gaps = [name[one.end() : two.start()] for one, two in pairwise(words[: noun + 1])]
    start = name[: words[0].start()]
    for case in zip(*heads, strict=True):
        for chosen in product(*case):
            parts = [piece for pair in zip(chosen, [*gaps, ""], strict=True) for piece in pair]
            yield start + "".join(parts) + tail


def _paradigm(endings: dict[str, tuple[str, ...]], word: str) -> list[tuple[str, ...]]:
    for length in (4, 5, 3, 2, 1):
        ending = word[-length:]
        if len(word) > length and ending in endings:
            return [_variants(word[:-length], new) for new in endings[ending]]
    return []


def _noun(word: str) -> list[tuple[str, ...]]:
    if len(word) < _LONG_ENOUGH:
        return [(word,)] * 5
    found = _paradigm(_NOUNS, word)
    if not found and _CONSONANT.fullmatch(word[-1]):
        stem = word.removesuffix("ъ")
        return [tuple(stem + ending for ending in _AFTER_CONSONANT)] * 5
    return found or [(word,)] * 5


def _variants(stem: str, ending: str) -> tuple[str, ...]:
    also = next((ending[: -len(ru)] + uk for ru, uk in _ALSO.items() if ending.endswith(ru)), ending)
    return tuple(dict.fromkeys((stem + ending, stem + also)))
