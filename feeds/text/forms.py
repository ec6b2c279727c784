"""Word forms: which keys a word is found under, and which keys a query's word looks for.

Keys are of these kinds: `=word` the folded word, `^nato` the same for acronyms, `en~stem` a stem in a language, which
for Ukrainian and Russian is a dictionary form where there are dictionaries (`feeds.text.lemmas`). A word of a text has
several keys; it meets a word of a query when they share one. Beside them it has `*wor`, by which `word*` may find it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from functools import lru_cache, partial
from typing import Any, Final, TypeVar, cast

import Stemmer

from feeds.text import lemmas, ukrainian
from feeds.text.lemmas import Dictionaries
from feeds.text.tokens import fold, lower
from feeds.text.tokens import words as split
from feeds.text.vocabulary import LONGEST_WORD, Vocabulary

_SNOWBALL: Final = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "eo": "esperanto", "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish",
    "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian",
    "it": "italian", "lt": "lithuanian", "nb": "norwegian", "ne": "nepali", "nl": "dutch", "nn": "norwegian",
    "no": "norwegian", "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
_CYRILLIC: Final = frozenset(("uk", "ru", "be", "bg", "sr", "mk"))
_OTHER_SCRIPTS: Final = frozenset(("el", "ar", "fa", "hi", "ne", "hy", "ta", "yi", "he", "ja", "zh", "ko", "th", "ka"))
_cyrillic: Final = re.compile("[\u0400-\u052f]")
_latin: Final = re.compile("[a-z\u00c0-\u024f]")
_only_ukrainian: Final = re.compile("[іїєґ]")
_only_russian: Final = re.compile("[ыэъё]")

LONGEST_ACRONYM: Final = 6
"""Letters (ЮНЕСКО, ATACMS): longer words in capitals are more often shouted than abbreviated."""
_SPOKEN: Final = 4
"""From this length an acronym may be written like a name, as British papers do (Nato, Unesco); Us and It are words."""
MOST_LANGUAGES: Final = 64
"""Feeds may claim any language; more than these are not at work at the same time."""
BEGINNING: Final = 3
"""Letters: no query asks for words that begin with fewer."""
_numbered: Final = re.compile("[a-z]+[0-9]+s?")
"""Names of types, also of several: F-16s, T-72s."""
_inflected: Final = re.compile("^([A-Z]{2,6})'?s$|^([А-ЯІЇЄҐ]{2,6})-?[а-яіїєґ]{1,2}$")


INSTALLED: Final = lemmas.installed()
"""Shared, for all that it holds is read-only: a second analyser loads nothing anew."""

_T = TypeVar("_T")


class Analyser:
    """Turns words into keys, remembering what it worked out; built once, handed to whoever matches.

    Not meant for several threads at once. `words` bounds what is remembered of each language's words (some 400
    bytes each), `texts` how many analysed entries are. `dictionaries` are those of the extra `morphology` where it is
    installed; None: endings are stripped by rule.
    """

    def __init__(
        self, *, words: int = 100_000, texts: int = 512, dictionaries: Dictionaries | None = INSTALLED
    ) -> None:
        self._dictionaries = dictionaries
        self._stemmers: dict[str, Stemmer.Stemmer] = {}
        self._vocabularies: dict[tuple[str, bool], Vocabulary] = {}
        self._most_words = words
        self.wanted = lru_cache(maxsize=words)(self._wanted)
        """See `_wanted`."""
        self.parts = lru_cache(maxsize=words)(_parts)
        """The words that a query's word is made of: `e-mail` is two."""
        self._most_kept = texts
        self._kept: dict[Hashable, Any] = {}

    def once(self, key: Hashable, make: Callable[[], _T]) -> _T:
        """What `make` made for `key`, made again only after being forgotten: the last `texts` of them are kept.

        A key always stands for one `make`; it must say everything that the value depends on.
        """
        if key in self._kept:
            return cast("_T", self._kept[key])
        if len(self._kept) >= self._most_kept:
            del self._kept[next(iter(self._kept))]
        value = self._kept[key] = make()
        return value

    def vocabulary(self, language: str, *, shouted: bool) -> Vocabulary:
        """The keys of the words of a text: `vocabulary[word]` as the text writes it.

        `language` is the text's primary subtag, empty when unknown; `shouted`: the text is all capitals, so that
        capitals tell nothing.
        """
        known = self._vocabularies.get((language, shouted))
        if known is None:
            if len(self._vocabularies) >= MOST_LANGUAGES:
                self._vocabularies.clear()
            known = Vocabulary(partial(self._keys, language=language, shouted=shouted), self._most_words)
            self._vocabularies[language, shouted] = known
        return known

    def _keys(self, word: str, *, language: str, shouted: bool) -> tuple[str, ...]:
        folded = fold(word)
        if len(word) > LONGEST_WORD:
            return (f"={folded}", beginning_of(folded))
        acronym = "" if shouted else acronym_in(_freed(word, language))
        if acronym:
            found = (f"={folded}", f"={acronym}", f"^{acronym}", beginning_of(folded), beginning_of(acronym))
            return tuple(dict.fromkeys(filter(None, found)))
        keys = [f"={folded}", *self._stems(word, folded, language)]
        name = folded.removesuffix("'s")
        if shouted or (_SPOKEN <= len(name) <= LONGEST_ACRONYM and word[0].isupper()):
            keys.append(f"^{name}")
        if beginning := beginning_of(folded):
            keys.append(beginning)
        return tuple(keys)

    def _wanted(self, word: str, language: str) -> frozenset[str]:
        """The keys that a query's `word` looks for in a text of `language`."""
        acronym = acronym_in(_freed(word, language))
        if acronym:
            return frozenset((f"^{acronym}",))
        folded = fold(word)
        return frozenset((f"={folded}", *self._stems(word, folded, language)))

    def _stems(self, word: str, folded: str, language: str) -> list[str]:
        if not folded.isalpha() and folded.isalnum():
            return [f"en~{folded.removesuffix('s')}"] if _numbered.fullmatch(folded) else []
        accented = lower(word)
        stems = []
        for tongue in tongues(accented, language):
            stems += [f"{tongue}~{stem}" for stem in self._stems_in(tongue, accented, folded)]
        return stems

    def _stems_in(self, tongue: str, accented: str, folded: str) -> list[str]:
        if self._dictionaries is not None and self._dictionaries.knows(tongue):
            return list(self._dictionaries.lemmas(folded, tongue))
        if tongue == "uk":
            return list(ukrainian.stems(folded))
        if tongue not in _SNOWBALL:
            return []
        stemmer = self._stemmers.get(tongue)
        if stemmer is None:
            stemmer = self._stemmers[tongue] = Stemmer.Stemmer(_SNOWBALL[tongue], 0)
        if tongue == "en":
            return [_english(folded, stemmer.stemWord(folded))]
        accented, folded = _freed(accented, tongue), _freed(folded, tongue)
        return list(dict.fromkeys(fold(stemmer.stemWord(one)) for one in (accented, folded)))


def _parts(word: str) -> tuple[str, ...]:
    return tuple(split(word)[0])


_ELIDING: Final = frozenset(("fr", "it", "ca"))
_elision: Final = re.compile(r"^(?:[cdjlmnst]|qu|dell|nell|sull|all|un)['’](?=\w)", re.IGNORECASE)


def _freed(word: str, language: str) -> str:
    """Without the article that is written together with it: l'OTAN → OTAN."""
    return _elision.sub("", word) if language in _ELIDING else word


def acronym_in(word: str) -> str:
    """The folded acronym that `word` is (НАТО, U.S., COVID), or is a form of (NATO's, MPs, МИДа); empty: it is none."""
    letters = word.replace(".", "")
    if letters.isupper():
        return fold(letters) if 2 <= sum(map(str.isalpha, letters)) <= LONGEST_ACRONYM else ""
    inflected = _inflected.match(letters.replace("’", "'"))
    return fold(inflected[1] or inflected[2]) if inflected else ""


def beginning_of(folded: str) -> str:
    """The key that all words have which begin like this one, by their first letters; empty for a shorter word."""
    return f"*{folded[:BEGINNING]}" if len(folded) >= BEGINNING else ""


def primary(tag: str) -> str:
    """The primary subtag of a BCP 47 tag, in small letters: `en-GB` → `en`."""
    return tag.replace("_", "-").partition("-")[0].lower()


def tongues(word: str, language: str) -> tuple[str, ...]:
    """The languages in which a word (in small letters) of a text in `language` is analysed.

    The script decides, word by word: a Latin word in a Ukrainian text is English. Letters that only Ukrainian or only
    Russian has decide between these two; a Cyrillic word in a text of another script may be either.
    """
    if _cyrillic.search(word):
        if language in _CYRILLIC and language not in ("uk", "ru"):
            return (language,)
        if _only_ukrainian.search(word):
            return ("uk",)
        if _only_russian.search(word):
            return ("ru",)
        return (language,) if language in _CYRILLIC else ("uk", "ru")
    if _latin.search(word):
        return ("en",) if language in _CYRILLIC or language in _OTHER_SCRIPTS or not language else (language,)
    return (language,) if language in _OTHER_SCRIPTS else ()


_plural: Final = re.compile(r"(?<=[^su])s$|'s$")
_derived: Final = re.compile(
    r"(ous|ity|ness|ment|ance|ence|ancy|ency|ion|able|ible|ive|al|ly|ic|ism|ist|er|or|ful|less|ship|ant|ent|ary|ory|ize|ise)$"
)
_verbal: Final = re.compile(r"(?<=ion)(?:ed|ing)$|(?<=ment)(?:ed|ing)$|(?<=[ae]nce)(?:d)$")


def _english(word: str, stem: str) -> str:
    """Snowball's stem, with the suffix that made another word of it put back.

    Snowball takes marvellous to marvel and security to secure: kin, but not forms of one word.
    """
    base = _plural.sub("", word.replace("ies", "y") if word.endswith("ies") else word)
    base = _verbal.sub("", base)
    suffix = _derived.search(base)
    if suffix is None or stem.endswith(suffix[1]):
        return stem
    return f"{stem}+{suffix[1]}"
