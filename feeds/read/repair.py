"""Text that claims to be XML, made harmless and as well-formed as can be told without parsing it.

One bad character reference sends a strict parser out of the document and makes a lenient one raise, so that a single
hostile entry would cost its neighbours. Here it costs itself a character.
"""

from __future__ import annotations

import html
import re

from feeds.errors import ParseError
from feeds.model import FailureKind

# XML 1.0 §2.2: what no document may hold, escaped or not.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_XML_DECLARATION = re.compile(r"\A\s*(?:<\?xml\b[^>]*>\s*)?", re.IGNORECASE)
_DOCTYPE = re.compile(r"<!DOCTYPE\b", re.IGNORECASE)
_DOCTYPE_PART = re.compile(r"\"[^\"]*\"|'[^']*'|<!--.*?(?:-->|\Z)|[\[\]>]", re.DOTALL)
_END_OF_ENTRY = re.compile(r"</(?:[A-Za-z_][\w.-]*:)?(?:item|entry)\s*>", re.IGNORECASE)
_CDATA, _COMMENT = "<![CDATA[", "<!--"
# An unclosed section runs to the end, so that scanning stays linear.
_REFERENCE = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|<!(?:DOCTYPE|ENTITY)\b|&(?!(?:amp|lt|gt|quot|apos);)(#?\w{0,32};)?",
    re.DOTALL | re.IGNORECASE,
)
_BAD_NUMBER = re.compile(r"&#(?:x([0-9a-f]+)|([0-9]+));", re.IGNORECASE)


def repair(text: str) -> str:
    """`text` without XML declaration, DOCTYPE, forbidden characters and references that no XML parser takes.

    A DOCTYPE goes with all it declares: expanding entities is how small documents become large ones, and no live feed
    needs its own; the names of HTML are replaced by their characters, any other reference stays as it is written.
    Raises ParseError when the DOCTYPE does not end.
    """
    text = _XML_DECLARATION.sub("", _FORBIDDEN.sub("", text), count=1)
    return _references_repaired(_without_doctype(text))


def _without_doctype(text: str) -> str:
    start = _DOCTYPE.search(text)
    root = re.search(r"<[A-Za-z_]", text)
    if start is None or (root and root.start() < start.start()):
        return text
    inside = 0
    for part in _DOCTYPE_PART.finditer(text, start.end()):
        inside += {"[": 1, "]": -1}.get(part[0], 0)
        if part[0] == ">" and inside <= 0:
            return text[: start.start()] + text[part.end() :]
    raise ParseError(
        "the document's type declaration (DOCTYPE) does not end: it is cut off or damaged", kind=FailureKind.BROKEN
    )


def _as_xml(found: re.Match[str]) -> str:
    whole, name = found[0], found[1]
    if whole.startswith(_CDATA):
        return _section(whole)
    if whole.startswith(_COMMENT):
        return whole if whole.endswith("-->") else _references_repaired(whole.replace(_COMMENT, "&lt;!--"))
    if whole.startswith("<"):
        return "&lt;" + whole[1:]
    if name is None:
        return "&amp;"
    if name.startswith("#"):
        return _number(whole)
    character = html.unescape(whole)
    return character if character != whole and not _FORBIDDEN.search(character) else f"&amp;{name}"


def _section(whole: str) -> str:
    """A CDATA section; the opening is dropped where an entry forgot to close it and so swallowed its neighbours."""
    last = whole.rfind(_CDATA)
    swallowed, rest = (whole, "") if last == 0 and not whole.endswith("]]>") else (whole[:last], whole[last:])
    if not _END_OF_ENTRY.search(swallowed):
        return whole
    return _references_repaired(swallowed.replace(_CDATA, "")) + rest


def _references_repaired(text: str) -> str:
    return _REFERENCE.sub(_as_xml, text)


def _number(reference: str) -> str:
    digits = _BAD_NUMBER.fullmatch(reference)
    if digits is None:
        return "&amp;" + reference[1:]
    code = int(digits[1], 16) if digits[1] else int(digits[2])
    if code > 0x10FFFF or _FORBIDDEN.search(chr(code)):
        return ""
    return f"&#{code};"
