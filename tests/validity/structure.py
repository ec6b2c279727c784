"""What may and must stand where: a closed vocabulary, so that no element we never thought of gets by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from xml.etree import ElementTree as ET

from tests.validity.judging import CONTENT, DC, HISTORY, LANG, MEDIA, A, Said, Served, rule


def _named(space: str, names: str) -> set[str]:
    return {space + name for name in names.split()}


_SOURCE = _named(A, "id title updated link author category generator subtitle rights")
_CHILDREN = {
    f"{A}feed": _SOURCE | _named(A, "entry icon logo") | {f"{HISTORY}archive"},
    f"{A}entry": _named(A, "id title updated published author content summary category link source")
    | {f"{MEDIA}thumbnail"},
    f"{A}source": _SOURCE,
    f"{A}author": _named(A, "name"),
    "rss": {"channel"},
    "channel": _named(
        "", "title link description category docs generator language lastBuildDate ttl item copyright pubDate"
    )
    | {f"{A}link", f"{HISTORY}archive"},
    "item": _named("", "title link description guid category enclosure source pubDate")
    | {f"{CONTENT}encoded", f"{DC}creator", f"{DC}language", f"{MEDIA}thumbnail", f"{A}link"},
    "opml": {"head", "body"},
    "head": _named("", "title dateCreated dateModified ownerName docs"),
    "body": {"outline"},
    "outline": {"outline"},
}
_ATTRIBUTES = {
    f"{A}feed": {LANG},
    f"{A}entry": {LANG},
    f"{A}link": {"href", "rel", "type", "title", "length", "hreflang"},
    f"{A}content": {"type"},
    f"{A}category": {"term", "label"},
    f"{A}generator": {"uri", "version"},
    f"{MEDIA}thumbnail": {"url"},
    "rss": {"version"},
    "guid": {"isPermaLink"},
    "enclosure": {"url", "length", "type"},
    "source": {"url"},
    "category": {"domain"},
    "opml": {"version"},
    "outline": {"type", "text", "title", "xmlUrl", "htmlUrl", "language", "category"},
}
_NEEDED_ATTRIBUTES = {
    f"{A}category": {"term"},
    f"{MEDIA}thumbnail": {"url"},
    "enclosure": {"url", "length", "type"},
    "source": {"url"},
    "rss": {"version"},
}
_REPEATED = _named(A, "entry link author category") | {"item", "category", f"{DC}creator", f"{A}link"} | {"outline"}
_EMPTY = {f"{A}link", f"{MEDIA}thumbnail", "enclosure"}


@rule("UndefinedElement NotInANamespace UnexpectedAttribute UseOfExtensionAttr MissingAttribute MissingHref")
def vocabulary(served: Served) -> Said:
    for parent in served.root.iter():
        for child in parent:
            if child.tag not in _CHILDREN.get(parent.tag, set()):
                yield "UndefinedElement", f"{child.tag} in {parent.tag}"
        for name in set(parent.attrib) - _ATTRIBUTES.get(parent.tag, set()):
            yield "UseOfExtensionAttr" if "}" in name else "UnexpectedAttribute", f"{name} of {parent.tag}"
        for name in _NEEDED_ATTRIBUTES.get(parent.tag, set()) - set(parent.attrib):
            yield "MissingAttribute", f"{name} of {parent.tag}"
        if parent.tag == f"{A}link" and "href" not in parent.attrib:
            yield "MissingHref", ""


@rule("DuplicateElement UnexpectedText AtomLinkNotEmpty DuplicateEnclosure")
def once_and_without_stray_text(served: Served) -> Said:
    for parent in served.root.iter():
        for name, times in Counter(child.tag for child in parent).items():
            if times > 1 and name not in _REPEATED:
                yield "DuplicateEnclosure" if name == "enclosure" else "DuplicateElement", name
        text = "".join([parent.text or "", *(child.tail or "" for child in parent)]).strip()
        if text and parent.tag in _EMPTY:
            yield "AtomLinkNotEmpty", parent.tag
        elif text and parent.tag in _CHILDREN:
            yield "UnexpectedText", parent.tag


def _missing(parent: ET.Element, names: Iterable[str]) -> set[str]:
    return {name for name in names if parent.find(name) is None}


@rule("MissingElement MissingSourceElement")
def atom_has_what_it_needs(served: Served) -> Said:
    if not served.is_atom:
        return
    needed = _named(A, "id title updated")
    for holder in (served.top, *served.entries):
        for name in _missing(holder, needed):
            yield "MissingElement", name
    for source in served.root.iter(f"{A}source"):
        for name in _missing(source, needed):
            yield "MissingSourceElement", name
    if served.top.find(f"{A}author") is None and any(one.find(f"{A}author") is None for one in served.entries):
        yield "MissingElement", "author"


@rule("MissingContentOrAlternate MissingSummary MissingTextualContent MissingTypeAttr")
def atom_has_text(served: Served) -> Said:
    for entry in served.entries if served.is_atom else ():
        content = entry.find(f"{A}content")
        if content is None and not entry.findall(f"{A}link[@rel='alternate']"):
            yield "MissingContentOrAlternate", ""
        if content is None or not (content.text or "").strip():
            yield "MissingTextualContent", ""
        elif content.get("type") is None:
            yield "MissingTypeAttr", "content"
        elif content.get("type") not in {"text", "html", "xhtml"} and entry.find(f"{A}summary") is None:
            yield "MissingSummary", ""


@rule("MissingDescription MissingLink MissingTitle ItemMustContainTitleOrDescription MissingGuid MissingDCLanguage")
def rss_has_what_it_needs(served: Served) -> Said:
    if not served.is_rss:
        return
    names = {"description": "MissingDescription", "link": "MissingLink", "title": "MissingTitle"}
    for name in _missing(served.top, names):
        yield names[name], "channel"
    if served.top.find("language") is None:
        yield "MissingDCLanguage", "channel"
    for item in served.entries:
        if len(_missing(item, ("title", "description"))) == len(names) - 1:
            yield "ItemMustContainTitleOrDescription", ""
        if item.find("guid") is None:
            yield "MissingGuid", ""


@rule("MissingRecommendedElement MissingRecommendedAttribute")
def best_practices(served: Served) -> Said:
    """The RSS Advisory Board's profile, where it recommends and the validator has no message of its own."""
    if served.is_rss:
        for name in _missing(served.top, ("lastBuildDate", "generator", "docs", "ttl", "language", f"{A}link")):
            yield "MissingRecommendedElement", name
        for item in served.entries:
            for name in _missing(item, ("title", "description", "guid", "pubDate", f"{DC}creator")):
                yield "MissingRecommendedElement", name
    for link in served.top.findall(f"{A}link"):
        if not link.get("rel") or (link.get("rel") in {"self", "alternate"} and link.get("type") is None):
            yield "MissingRecommendedAttribute", ET.tostring(link, encoding="unicode")


@rule("MisplacedMetadata MisplacedItem NeedDescriptionBeforeContent")
def order(served: Served) -> Said:
    entries = served.entries
    if entries:
        tags = [child.tag for child in served.top]
        if set(tags[tags.index(entries[0].tag) :]) != {entries[0].tag}:
            yield "MisplacedItem" if served.is_rss else "MisplacedMetadata", ""
    for item in entries if served.is_rss else ():
        tags = [child.tag for child in item]
        if f"{CONTENT}encoded" in tags and "description" not in tags[: tags.index(f"{CONTENT}encoded")]:
            yield "NeedDescriptionBeforeContent", ""


@rule("DuplicateSemantics DuplicateItemSemantics DuplicateDescriptionSemantics")
def said_once(served: Served) -> Said:
    pairs = {
        "author": f"{DC}creator",
        "category": f"{DC}subject",
        "pubDate": f"{DC}date",
        "guid": f"{A}id",
        "source": f"{DC}source",
    }
    for item in served.entries:
        for core, extension in pairs.items():
            if item.find(core) is not None and item.find(extension) is not None:
                yield "DuplicateItemSemantics", f"{core} and {extension}"
    if served.is_rss and served.top.find("language") is not None and served.top.find(f"{DC}language") is not None:
        yield "DuplicateSemantics", "language"


@rule("MissingCurrentInArchive FeedHistoryRelInEntry")
def archives(served: Served) -> Said:
    """RFC 5005 §4."""
    rels = {link.get("rel") for link in served.top.findall(f"{A}link")}
    if served.root.find(f".//{HISTORY}archive") is not None and "current" not in rels:
        yield "MissingCurrentInArchive", ""
    history = {"current", "first", "last", "next", "next-archive", "prev-archive", "previous"}
    for entry in served.entries:
        for link in entry.findall(f"{A}link"):
            if link.get("rel") in history:
                yield "FeedHistoryRelInEntry", link.get("rel", "")
