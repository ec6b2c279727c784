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
_FORBIDDEN_OCTETS = bytes(octet for octet in range(0x20) if octet not in b"\t\n\r")
_XML_DECLARATION = re.compile(r"\A\s*(?:<\?xml\b[^>]*>\s*)?", re.IGNORECASE)
_DOCTYPE = re.compile(r"<!DOCTYPE\b", re.IGNORECASE)
_DOCTYPE_PART = re.compile(r"\"[^\"]*\"|'[^']*'|<!--.*?(?:-->|\Z)|[\[\]>]", re.DOTALL)
_END_OF_ENTRY = re.compile(r"</(?:[A-Za-z_][\w.-]*:)?(?:item|entry)\s*>", re.IGNORECASE)
_CDATA, _COMMENT = "<![CDATA[", "<!--"
_TO_REPAIR = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)")
_DECLARATION = re.compile(r"<!(?:(?:DOCTYPE|ENTITY)\b|\[)", re.IGNORECASE)
_REFERENCE = re.compile(r"&(#?\w{0,32};)?")
_BAD_NUMBER = re.compile(r"&#(?:x([0-9a-f]+)|([0-9]+));", re.IGNORECASE)


def repair(text: str) -> str:
    """`text` without XML declaration, DOCTYPE, forbidden characters and references that no XML parser takes.

    A DOCTYPE goes with all it declares: expanding entities is how small documents become large ones, and no live feed
    needs its own; the names of HTML are replaced by their characters, any other reference stays as it is written.
    Raises ParseError when the DOCTYPE does not end.
    """
    text = _XML_DECLARATION.sub("", _FORBIDDEN.sub("", text) if _has_forbidden(text) else text, count=1)
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


def _has_forbidden(text: str) -> bool:
    """Ten times as fast as the pattern, which documents of a hundred entries rarely need."""
    try:
        octets = text.encode()
    except UnicodeEncodeError:  # lone surrogates
        return True
    return len(octets.translate(None, _FORBIDDEN_OCTETS)) < len(octets) or "\ufffe" in text or "\uffff" in text


def _references_repaired(text: str) -> str:
    parts: list[str] = []
    end = 0
    section, reference = _next_section(text, 0), _next_reference(text, 0)
    while (start := min(section, reference)) < len(text):
        stop, repaired = _section_at(text, start) if start == section else _reference_at(text, start)
        parts += (text[end:start], repaired)
        end = stop
        section = section if section >= end else _next_section(text, end)
        reference = reference if reference >= end else _next_reference(text, end)
    return "".join((*parts, text[end:])) if parts else text


# One search for each kind, since a pattern with two beginnings is five times as slow.


def _next_section(text: str, start: int) -> int:
    found = text.find("<!", start)
    return len(text) if found < 0 else found


def _next_reference(text: str, start: int) -> int:
    found = _TO_REPAIR.search(text, start)
    return found.start() if found else len(text)


def _section_at(text: str, start: int) -> tuple[int, str]:
    """Where what begins with `<!` at `start` ends, and what it becomes. What is not closed runs to the end."""
    if text.startswith(_CDATA, start):
        stop = _behind(text, "]]>", start + len(_CDATA))
        return stop, _section(text[start:stop])
    if text.startswith(_COMMENT, start):
        stop = _behind(text, "-->", start + len(_COMMENT))
        whole = text[start:stop]
        closed = whole.endswith("-->") and len(whole) > len(_COMMENT)
        return stop, whole if closed else _references_repaired(whole.replace(_COMMENT, "&lt;!--"))
    return start + 2, "&lt;!" if _DECLARATION.match(text, start) else "<!"


def _behind(text: str, end: str, start: int) -> int:
    found = text.find(end, start)
    return len(text) if found < 0 else found + len(end)


def _reference_at(text: str, start: int) -> tuple[int, str]:
    """Where the reference, or the mere ampersand, at `start` ends, and what it becomes."""
    found = _REFERENCE.match(text, start)
    assert found
    whole, name = found[0], found[1]
    if name is None:
        return found.end(), "&amp;"
    if name.startswith("#"):
        return found.end(), _number(whole)
    character = html.unescape(whole)
    known = character != whole and not _FORBIDDEN.search(character)
    return found.end(), character if known else f"&amp;{name}"


def _section(whole: str) -> str:
    """A CDATA section; the opening is dropped where an entry forgot to close it and so swallowed its neighbours."""
    last = whole.rfind(_CDATA)
    swallowed, rest = (whole, "") if last == 0 and not whole.endswith("]]>") else (whole[:last], whole[last:])
    if not _END_OF_ENTRY.search(swallowed):
        return whole
    return _references_repaired(swallowed.replace(_CDATA, "")) + rest


def _number(reference: str) -> str:
    digits = _BAD_NUMBER.fullmatch(reference)
    if digits is None:
        return "&amp;" + reference[1:]
    code = int(digits[1], 16) if digits[1] else int(digits[2])
    if code > 0x10FFFF or _FORBIDDEN.search(chr(code)):
        return ""
    return f"&#{code};"
