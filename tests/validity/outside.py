"""The shell of a document: bytes, encoding, declaration, content type, namespaces."""

from __future__ import annotations

import re

from tests.validity.judging import Said, Served, before, rule

_LIMIT = 2_000_000
_DECLARED = re.compile(rb"<\?xml version=['\"]([^'\"]*)['\"](?: encoding=['\"]([^'\"]*)['\"])?")
_NAMESPACE = re.compile(rb"\sxmlns(?::([\w.-]+))?=[\"']([^\"']*)[\"']")
_PREFIXES = {
    "atom": "http://www.w3.org/2005/Atom",
    "dc": "http://purl.org/dc/elements/1.1/",
    "media": "http://search.yahoo.com/mrss/",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "fh": "http://purl.org/syndication/history/1.0",
}
_TYPES = {"feed": "application/atom+xml", "rss": "application/rss+xml", "opml": "text/x-opml"}


@before("SAXError WPBlankLine UnicodeError UndefinedNamedEntity")
def starts_and_decodes(body: bytes, content_type: str) -> Said:
    if not body.startswith(b"<?xml"):
        yield "WPBlankLine", repr(body[:10])
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        yield "UnicodeError", str(error)
        return
    for name in re.findall(r"&(?!#|amp;|lt;|gt;|quot;|apos;)([^;\s]*);?", text):
        yield "UndefinedNamedEntity", name


@before("UnknownEncoding ObscureEncoding NonstdEncoding MissingEncoding EncodingMismatch BadXmlVersion")
def encoding(body: bytes, content_type: str) -> Said:
    version, declared = found.groups() if (found := _DECLARED.match(body)) else (b"", b"")
    if version != b"1.0":
        yield "BadXmlVersion", repr(version)
    if not declared:
        yield "MissingEncoding", ""
    elif declared.lower() != b"utf-8":
        yield "ObscureEncoding", repr(declared)
    charset = content_type.partition("charset=")[2].lower()
    if charset and charset.encode() != (declared or b"").lower():
        yield "EncodingMismatch", charset


@before("InvalidDoctype DeprecatedDTD ContainsSystemEntity FatalSecurityRisk")
def no_doctype(body: bytes, content_type: str) -> Said:
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        yield "ContainsSystemEntity", ""
    if b"<?xml-stylesheet" in body:
        yield "FatalSecurityRisk", "a stylesheet"


@before("ValidatorLimit")
def size(body: bytes, content_type: str) -> Said:
    if len(body) > _LIMIT:
        yield "ValidatorLimit", str(len(body))


@rule("UnexpectedContentType NonSpecificMediaType TextXml")
def served_as_what_it_is(served: Served) -> Said:
    given = served.content_type.partition(";")[0].strip()
    wanted = _TYPES.get(served.root.tag.rpartition("}")[2], "")
    if given in {"text/xml", "application/xml", "text/plain"}:
        yield ("TextXml" if given == "text/xml" else "NonSpecificMediaType"), given
    elif given != wanted:
        yield "UnexpectedContentType", given


@rule(
    "MissingNamespace InvalidNamespace ObsoleteNamespace UnknownNamespace UnsupportedNamespace MediaRssNamespace"
    " ReservedPrefix NonstdPrefix AvoidNamespacePrefix"
)
def namespaces(served: Served) -> Said:
    for prefix, uri in ((p.decode(), u.decode()) for p, u in _NAMESPACE.findall(served.body)):
        if uri == "http://search.yahoo.com/mrss":
            yield "MediaRssNamespace", prefix
        elif not prefix:
            if uri != _PREFIXES["atom"]:
                yield "InvalidNamespace", uri
        elif prefix in _PREFIXES and uri != _PREFIXES[prefix]:
            yield "ReservedPrefix", prefix
        elif uri not in _PREFIXES.values():
            yield "UnknownNamespace", uri
        elif prefix not in _PREFIXES:
            yield "NonstdPrefix", prefix


@rule("InvalidRSSVersion ObsoleteVersion")
def version(served: Served) -> Said:
    if served.is_rss and served.root.get("version") != "2.0":
        yield "InvalidRSSVersion", served.root.get("version", "")
