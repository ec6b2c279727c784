"""Texts, mark-up and addresses in the narrower forms that feeds may carry.

What reading promises is safe; what goes out is also free of what validators warn of and of what watches readers.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape
from urllib.parse import urlsplit

from feeds.read.urls import absolute
from feeds.sanitize import clean_html

# What a wrong charset left behind; validators call it bad characters.
_SPOILT = re.compile("[\x7f-\x9f\ufffd]")

# nh3 writes every value in double quotes, and within them `>` as it is.
_IMAGE = re.compile(r"<img((?: [a-z-]+=\"[^\"]*\")*)>")
_ATTRIBUTE = re.compile(r" ([a-z-]+)=\"([^\"]*)\"")
# A picture that nobody can see is there to count who looks.
_UNSEEN = re.compile(r"\s*0*[01](?:\.\d*)?\s*(?:px)?\s*", re.IGNORECASE)
# It turns the direction of letters round, as the characters do that reading drops.
_OVERRIDE = re.compile(r"</?bdo(?: [a-z-]+=\"[^\"]*\")*>")

_MAIL = re.compile(r"\s*[<(]?\s*(?:mailto:)?[^\s<>()@]+@[^\s<>()@]+\.[^\s<>()@]+\s*[>)]?")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)
_HOST_ALONE = re.compile(r"(https?://[^/?#]+)(?=[?#])")


def line(text: str) -> str:
    """Plain text in one line, without what a wrong charset left of a character."""
    return " ".join(_SPOILT.sub("", text).split())


@lru_cache(maxsize=1024)  # of a topic's 50 entries all but one are as they were, and topics share entries
def mark_up(html: str, *, base: str) -> str:
    """Sanitised HTML with absolute addresses: no script, style, frame, drawing or form, and no picture to count by."""
    cleaned = clean_html(html, base=base)
    kept = _SPOILT.sub("", _OVERRIDE.sub("", _IMAGE.sub(_seen, cleaned)))  # references may have named spoilt ones
    return cleaned if kept == cleaned else clean_html(kept, base="")


def _seen(image: re.Match[str]) -> str:
    """The picture, or nothing: it has no address left, or no size that could be seen."""
    given = dict(_ATTRIBUTE.findall(image[1]))
    sizes = [given[name] for name in ("width", "height") if name in given]
    return "" if not given.get("src") or any(map(_UNSEEN.fullmatch, map(unescape, sizes))) else image[0]


def name(text: str) -> str:
    """A person's name without a mail address, which nobody means to hand to every subscriber; "" when it was all."""
    whole = _SPOILT.sub("", text)
    bare = line(_MAIL.sub(" ", whole))
    return bare if "@" not in whole else bare.removeprefix("(").removesuffix(")")


def address(url: str) -> str:
    """`url` as a URI (RFC 3986) that RSS may carry, too; "" when it cannot be one.

    Other scripts and brackets are percent-encoded, hosts are ASCII names: what the RSS profile lets stand for a URL
    has no place for an IPv6 address.
    """
    if not url or not (plain := absolute(url, "")):
        return ""
    if urlsplit(plain).netloc.startswith("["):
        return ""
    return _HOST_ALONE.sub(r"\1/", plain.replace("[", "%5B").replace("]", "%5D"))


def language(tag: str) -> str:
    """`tag` where it has the form of BCP 47; else ""."""
    return tag if _LANGUAGE.fullmatch(tag) else ""


def media_type(text: str) -> str:
    """`text` where it is `type/subtype` (RFC 6838 §4.2); else ""."""
    return text if _MEDIA_TYPE.fullmatch(text) else ""
