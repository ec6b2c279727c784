"""Language tags in one form, so that they can be compared (RFC 5646)."""

from __future__ import annotations

import re

_TAG = re.compile(r"[a-z]{2,3}(-[a-z]{4})?(-([a-z]{2}|[0-9]{3}))?(-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*", re.IGNORECASE)

# Country codes and withdrawn codes that feeds give for a language; none of them is a language today (ISO 639-1).
_MEANT = {"ua": "uk", "cz": "cs", "jp": "ja", "iw": "he", "in": "id", "ji": "yi"}
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


def _cased(subtag: str) -> str:
    return {2: subtag.upper(), 4: subtag.title()}.get(len(subtag), subtag)
