"""Dictionary forms of Ukrainian and Russian words: the only importer of pymorphy3, part of an optional extra.

A word by itself does not tell which word it is a form of («війни» is of «війна» and of «війнути»), so it gets every
dictionary form that it may have, and two words are forms of one when they share one: of phrases in real texts that
finds all other forms where the likeliest reading finds 91 (`benchmarks/word_forms.py`).
"""

from __future__ import annotations

import re
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from feeds.text.tokens import fold

if TYPE_CHECKING:
    from pymorphy3 import MorphAnalyzer

PACKAGES: Final = {"uk": "pymorphy3_dicts_uk", "ru": "pymorphy3_dicts_ru"}
"""What the extra `morphology` installs, by language, beside pymorphy3."""

_reflexive: Final = re.compile(r"(?<=т[иь])ся$|(?<=чь)ся$")


class Dictionaries:
    """Looks words up; a language's dictionary is loaded at its first word, in 0.1 s, and takes some 25 MB from then on.

    Remembers nothing: looking a word up takes 0.1 ms, so whoever asks keeps the answers.
    """

    def __init__(self) -> None:
        self._loaded: dict[str, MorphAnalyzer] = {}

    def knows(self, language: str) -> bool:
        """Whether there is a dictionary of that language, by its primary subtag."""
        return language in PACKAGES

    def lemmas(self, word: str, language: str) -> tuple[str, ...]:
        """Every dictionary form that `word` (folded) may have, folded; of an unknown word, what its ending suggests.

        A reflexive verb («триматися») is a form of the verb that it is made from, as it is to the stemmers.
        """
        found = (_reflexive.sub("", fold(lemma)) for lemma in self._of(language).normal_forms(word))
        # ґ is a letter of its own, which the dictionary also tries for every г.
        return tuple(dict.fromkeys(lemma for lemma in found if "ґ" not in lemma or "ґ" in word)) or (word,)

    def _of(self, language: str) -> MorphAnalyzer:
        if language not in self._loaded:
            # Imported late: most commands match nothing.
            from pymorphy3 import MorphAnalyzer  # noqa: PLC0415

            # Which reading is likely is never asked, so its table stays on disk.
            self._loaded[language] = MorphAnalyzer(lang=language, probability_estimator_cls=None, result_type=None)
        return self._loaded[language]


def installed() -> Dictionaries | None:
    """The dictionaries, where the extra that brings them is installed."""
    return Dictionaries() if all(map(find_spec, ("pymorphy3", *PACKAGES.values()))) else None
