"""Plain texts and mark-up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from tests.validity.judging import CONTENT, DC, A, Said, Served, rule

_BAD = re.compile("[\x80-\x9f\ufffd]")
_END_TAG = re.compile(r"</(\w+)>")
_TEMPTING = re.compile(r"&(?:#[x0-9]|\w)|<[/a-zA-Z]")
_MAIL = re.compile(r"<[\w+.'-]+@(?:[A-Z0-9-]+\.)+[A-Z0-9-]+>", re.IGNORECASE)
_PLAIN = frozenset(
    {"title", "category", "source", "copyright"}
    | {A + n for n in ("title", "subtitle", "name", "summary", "generator")}
)
_FILLED = _PLAIN | {"guid", "generator", "ttl", "language", f"{DC}creator", f"{A}id"}
_VOID = frozenset({"br", "col", "hr", "img", "wbr"})
# Those of the elements that the validator knows as safe which our allow-list lets through.
_SAFE_NAMES = (
    "a abbr address article aside b bdi blockquote br caption center cite code col colgroup data dd del details dfn div"
    " dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hgroup hr i img ins kbd li main mark nav ol p pre q rp"
    " rt ruby s samp section small span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var"
    " wbr"
)
_SAFE = frozenset(_SAFE_NAMES.split())
_SAFE_ATTRIBUTE_NAMES = "alt colspan datetime dir height href hreflang lang rel rowspan scope src start title width"
_SAFE_ATTRIBUTES = frozenset(_SAFE_ATTRIBUTE_NAMES.split())


@rule("BadCharacters")
def characters(served: Served) -> Said:
    for one in served.root.iter():
        for text in (one.text or "", *one.attrib.values()):
            if _BAD.search(text):
                yield "BadCharacters", f"{one.tag}: {text[:80]!r}"


@rule("NotBlank")
def filled(served: Served) -> Said:
    for one in served.root.iter():
        if one.tag in _FILLED and not (one.text or "").strip():
            yield "NotBlank", one.tag


@rule("ContainsHTML ContainsUndeclaredHTML CharacterData ContainsEmail InvalidTextType HtmlFragment")
def plain_texts(served: Served) -> Said:
    """`&` and `<` as hexadecimal references are what tells parsers that a text was meant (RSS profile)."""
    named = re.search(rb"&(?:amp|lt);", served.body) is not None
    declared = "ContainsUndeclaredHTML" if served.is_atom else "ContainsHTML"
    for one in served.root.iter():
        text = one.text or ""
        if one.tag in _PLAIN:
            if any(name.lower() in _SAFE for name in _END_TAG.findall(text)):
                yield declared, f"{one.tag}: {text[:80]}"
            elif named and _TEMPTING.search(text):
                yield "CharacterData" if served.is_rss else declared, f"{one.tag}: {text[:80]}"
        if one.tag == f"{A}name" and _MAIL.search(text):
            yield "ContainsEmail", text
        if one.tag == f"{A}content" and (given := one.get("type", "")) not in {"text", "html", "xhtml"}:
            yield "HtmlFragment" if given == "text/html" else "InvalidTextType", given


class _Tags(HTMLParser):
    """Tags in their order; what is left open or closed too often."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.astray: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, attrs))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        if self._open[-1:] == [tag]:
            self._open.pop()
        else:
            self.astray.append(tag)

    def close(self):
        super().close()
        self.astray += self._open


def _mark_up(served: Served) -> Iterator[str]:
    for one in served.root.iter():
        if one.tag in {"description", f"{CONTENT}encoded"} or (one.tag == f"{A}content" and one.get("type") == "html"):
            yield one.text or ""


@rule("NotHtml SecurityRisk SecurityRiskAttr DangerousStyleAttr ContainsRelRef")
def mark_up(served: Served) -> Said:
    for html in _mark_up(served):
        tags = _Tags()
        tags.feed(html)
        tags.close()
        yield from (("NotHtml", f"<{name}> is not closed, or not opened") for name in tags.astray)
        for tag, attributes in tags.found:
            if tag not in _SAFE:
                yield "SecurityRisk", tag
            for name, value in attributes:
                if name not in _SAFE_ATTRIBUTES:
                    yield "DangerousStyleAttr" if name == "style" else "SecurityRiskAttr", f"{name} of {tag}"
                elif name in {"href", "src"} and not re.match(r"https?://[^/]", value or "", re.IGNORECASE):
                    yield "ContainsRelRef", value or ""
