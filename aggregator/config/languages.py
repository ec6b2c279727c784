"""Language tags as a config may write them (BCP 47, RFC 5646 §2.1)."""

from __future__ import annotations

import re

from feeds.query.leaves import MEANT

TAG = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*", re.ASCII | re.IGNORECASE)
ANY = "any"


def check_tag(text: str) -> str:
    """The tag, primary subtag in lower case. Raises ValueError with a sentence for its author."""
    if not TAG.fullmatch(text):
        raise ValueError(f'"{text}" is no language tag; write a code such as "en", "uk" or "pt-BR"')
    primary, dash, rest = text.partition("-")
    primary = primary.lower()
    if primary in MEANT:
        raise ValueError(f'"{text}" is no language tag; did you mean "{MEANT[primary]}{dash}{rest}"?')
    return primary + dash + rest


def check_primary(text: str) -> str:
    """The primary subtag, where languages compare by that alone. Raises ValueError likewise."""
    primary, _, rest = check_tag(text).partition("-")
    if rest:
        raise ValueError(f'"{text}": languages compare by their first part only; write "{primary}"')
    return primary


def check_key(text: str) -> str:
    """A key of `match` or `not`: a primary subtag or `any`. Raises ValueError likewise."""
    return text if text == ANY else check_primary(text)
