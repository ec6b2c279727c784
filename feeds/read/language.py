"""Which language an entry is in: what is declared, in one form (RFC 5646), and what its text says."""

from __future__ import annotations

import re

from feeds.text.language import detect

_TAG = re.compile(r"[a-z]{2,3}(-[a-z]{4})?(-([a-z]{2}|[0-9]{3}))?(-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*", re.IGNORECASE)

# Country codes and withdrawn codes that feeds give for a language; none of them is a language today (ISO 639-1).
_MEANT = {"ua": "uk", "cz": "cs", "jp": "ja", "iw": "he", "in": "id", "ji": "yi"}
# The languages that `detect` tells by script and letters: what declares one of them is not Latin text, and the reverse.
_UNMISTAKABLE_TAGS = "uk ru be bg mk el he ar fa ur ko ja zh th ka hy"
_UNMISTAKABLE = frozenset(_UNMISTAKABLE_TAGS.split())
_DOUBTED = _UNMISTAKABLE | {"en"}
_ENOUGH_TO_DOUBT = 100
_UNKNOWN = frozenset({"und", "mul", "zxx", "mis", "xx"})


def language_tag(text: str) -> str:
    """`text` as a BCP 47 tag in the case that RFC 5646 §2.1.1 recommends; "" when it is none.

    `en-us` and `EN_US` become `en-US`, `zh-hans-cn` becomes `zh-Hans-CN`; `english` and `und` become "".
    """
    text = text.strip().replace("_", "-")
    if not _TAG.fullmatch(text):
        return ""
    primary, *rest = text.lower().split("-")
    if primary in _UNKNOWN:
        return ""
    return "-".join([_MEANT.get(primary, primary), *map(_cased, rest)])


def spoken(declared: str, text: str) -> str:
    """The language tag of an entry with this plain `text`, for which its feed declares `declared` ("": nothing).

    A declaration holds, for it knows more than a short text tells, unless a text that is long enough is in another
    script, or in another language of that script that cannot be taken for it. English is what publishing software
    declares for those who never chose, so that it holds only until the text says otherwise.
    """
    primary = declared.partition("-")[0]
    if declared and (len(text) < _ENOUGH_TO_DOUBT or (text.isascii() and primary not in _DOUBTED)):
        return declared
    found = detect(text)
    if not declared or not found:
        return declared or found
    return found if found != primary and (primary in _DOUBTED or found in _UNMISTAKABLE) else declared


def _cased(subtag: str) -> str:
    return {2: subtag.upper(), 4: subtag.title()}.get(len(subtag), subtag)
