"""OPML 2.0 (opml.org/spec2.opml), by the validator's messages and what the specification asks for beyond them."""

from __future__ import annotations

from tests.validity.judging import Said, Served, rule

_VERSIONS = {"RSS", "RSS1", "RSS2", "scriptingNews"}


@rule("InvalidOPMLVersion InvalidExpansionState")
def head(served: Served) -> Said:
    if served.root.tag != "opml":
        return
    if served.root.get("version") != "2.0":
        yield "InvalidOPMLVersion", served.root.get("version", "")
    if served.root.find("head/expansionState") is not None:
        yield "InvalidExpansionState", ""
    if not served.root.findtext("head/title"):
        yield "MissingTitleAttr", "head"


@rule("InvalidOutlineType MissingOutlineType InvalidTrueFalse MissingUrlAttr")
def outlines(served: Served) -> Said:
    for outline in served.root.iter("outline"):
        kind = outline.get("type")
        if kind is None and len(outline.attrib) > 1:
            yield "MissingOutlineType", outline.get("text", "")
        elif kind not in {None, "rss", "link", "include"}:
            yield "InvalidOutlineType", kind or ""
        if kind in {"link", "include"} and not outline.get("url"):
            yield "MissingUrlAttr", outline.get("text", "")
        if outline.get("isComment", "true") not in {"true", "false"}:
            yield "InvalidTrueFalse", outline.get("isComment", "")


@rule("MissingTitleAttr MissingXmlURL InvalidOutlineVersion")
def subscriptions(served: Served) -> Said:
    for outline in served.root.iter("outline"):
        if not outline.get("text") or not outline.get("title"):
            yield "MissingTitleAttr", outline.get("text", "")
        if outline.get("type") == "rss" and not outline.get("xmlUrl"):
            yield "MissingXmlURL", outline.get("text", "")
        if outline.get("version", "RSS") not in _VERSIONS:
            yield "InvalidOutlineVersion", outline.get("version", "")
