"""How well word forms find each other: phrases of two words, asked for in another form than the text has.

Gold: adjacent nouns, adjectives and proper names of a treebank, by their lemmas. Recall is the share of (form, other
form of the same pair of lemmas) that meet; precision the share of all that meet which have the same pair of lemmas.
What the treebank itself marks as misspelt or as an abbreviation («XIX в.») is no form of a word. The Russian pairs that
meet and should not are of «знанье», which the treebank takes for another word than «знание».
"""

from __future__ import annotations

import gzip
import os
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from feeds.text.forms import INSTALLED, Analyser
from feeds.text.tokens import fold

CORPORA = Path(os.environ.get("TOPICWIRE_CORPORA", Path(__file__).parents[2] / "shared" / "corpora"))
TREEBANKS = {"uk": "uk_iu-ud-dev.conllu.gz", "ru": "ru_taiga-ud-dev.conllu.gz"}
NAMING = {"NOUN", "ADJ", "PROPN"}
MARKED = {"Typo=Yes", "Abbr=Yes"}

Pair = tuple[str, str]


def phrases(treebank: Path) -> dict[Pair, set[Pair]]:
    """The forms of each pair of lemmas."""
    found: dict[Pair, set[Pair]] = defaultdict(set)
    for sentence in _sentences(treebank):
        for (form, lemma, kind), (next_form, next_lemma, next_kind) in pairwise(sentence):
            if {kind, next_kind} <= NAMING:
                found[fold(lemma), fold(next_lemma)].add((fold(form), fold(next_form)))
    return found


def _sentences(treebank: Path) -> Iterator[list[tuple[str, str, str]]]:
    sentence = []
    for line in gzip.decompress(treebank.read_bytes()).decode().splitlines():
        cells = line.split("\t")
        if cells[0].isdigit():
            kind = "" if MARKED.intersection(cells[5].split("|")) else cells[3]
            sentence.append((cells[1], cells[2], kind))
        elif not line:
            yield sentence
            sentence = []


def measure(treebank: Path, language: str, analyser: Analyser) -> tuple[float, float]:
    """Recall and precision."""
    keys = analyser.vocabulary(language, shouted=False)
    found = phrases(treebank)
    lemmas: dict[Pair, set[Pair]] = defaultdict(set)
    starting: dict[str, set[Pair]] = defaultdict(set)
    for lemma, forms in found.items():
        for form in forms:
            lemmas[form].add(lemma)
            for key in keys[form[0]]:
                starting[key].add(form)
    asked = met = right = 0
    for form, own in lemmas.items():
        first, second = (analyser.wanted(word, language) for word in form)
        candidates = set().union(*(starting[key] for key in first)) - {form}
        meeting = {other for other in candidates if not second.isdisjoint(keys[other[1]])}
        same = {other for lemma in own for other in found[lemma]} - {form}
        asked += len(same)
        met += len(meeting)
        right += len(meeting & same)
    return right / asked, right / met


def main() -> None:
    for kind, dictionaries in {"dictionaries": INSTALLED, "endings": None}.items():
        for language, treebank in TREEBANKS.items():
            analyser = Analyser(dictionaries=dictionaries)
            recall, precision = measure(CORPORA / "morphology" / treebank, language, analyser)
            print(f"phrase recall {language}, by {kind}: {recall:.3f}")
            print(f"phrase precision {language}, by {kind}: {precision:.3f}")


if __name__ == "__main__":
    main()
