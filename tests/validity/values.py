"""Addresses, ids, dates, numbers and languages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from feeds.addresses import same_document
from tests.validity.judging import DC, LANG, A, Said, Served, rule

_URI = re.compile(r"[a-zA-Z][0-9a-zA-Z+\-.]*:(//)?[0-9a-zA-Z;/?:@&=+$.\-_!~*'()%,#]+")
_NAMED_HOST = re.compile(r"https?://(?:[A-Z0-9-]+\.)+[A-Z0-9][-A-Z0-9]*(?::\d+)?(?:/|$)", re.IGNORECASE)
_UUID = re.compile(r"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_URN = re.compile(r"urn:[a-z0-9][a-z0-9-]{1,31}:[a-z0-9()+,.:=@;$_!*'%-]+", re.IGNORECASE)
_MEDIA_TYPE = re.compile(r"[^\s()<>,;:\\\"/\[\]?=]+/[^\s()<>,;:\\\"/\[\]?=]+(?:\s*;\s*[\w-]+=[\w.-]+)*")
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
_RFC2822 = re.compile(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d? [A-Z][a-z]{2} \d{4} \d\d:\d\d(?::\d\d)? [+-]\d{4}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
# IANA's link relations that feeds use.
_REGISTERED = (
    "alternate current enclosure first hub last license next next-archive payment prev-archive previous related replies"
    " search self up via"
)
_RELATIONS = frozenset(_REGISTERED.split())
_FEED_TYPES = {"application/atom+xml", "application/rss+xml"}
_ELEMENTS = frozenset({"link", "docs", "comments"})
_SKEW = timedelta(minutes=10)


def addresses(served: Served) -> Iterator[tuple[str, str]]:
    """Every address in the document with what holds it."""
    for one in served.root.iter():
        if one.tag in _ELEMENTS:
            yield one.tag, (one.text or "")
        for name in ("href", "url", "xmlUrl", "htmlUrl"):
            if name in one.attrib:
                yield f"{one.tag} {name}", one.get(name, "")


@rule(
    "InvalidLink InvalidIRI InvalidFullLink InvalidUriChar UriNotIri InvalidURIAttribute InvalidURLAttribute"
    " SchemeNotIANARegistered UnexpectedWhitespace"
)
def every_address_is_a_full_uri(served: Served) -> Said:
    for where, url in addresses(served):
        if not url.isascii():
            yield "UriNotIri", f"{where}: {url}"
        elif url != url.strip():
            yield "UnexpectedWhitespace", f"{where}: {url}"
        elif not _URI.fullmatch(url) or re.search(r"%(?![0-9A-Fa-f]{2})", url):
            yield "InvalidUriChar" if ":" in url else "InvalidFullLink", f"{where}: {url}"
        elif not url.lower().startswith(("http://", "https://")):
            yield "SchemeNotIANARegistered", f"{where}: {url}"
        elif not re.match(r"\w+://[^/]", url):
            yield "InvalidLink", f"{where}: {url}"
        elif where == "enclosure url" and not _NAMED_HOST.match(url):
            yield "InvalidURLAttribute", url


@rule("NonCanonicalURI InvalidURI InvalidURN InvalidUUID")
def ids_are_permanent_names(served: Served) -> Said:
    ids = [one for one in served.root.iter() if one.tag in {f"{A}id", "guid"}]
    for text in (one.text or "" for one in ids):
        if text.lower().startswith("urn:uuid:"):
            if not _UUID.fullmatch(text):
                yield "InvalidUUID", text
        elif text.lower().startswith("urn:"):
            if not _URN.fullmatch(text):
                yield "InvalidURN", text
        elif not _URI.fullmatch(text):
            yield "InvalidURI", text
        elif same_document(text) not in {text, f"{text}/"}:
            yield "NonCanonicalURI", text


@rule("DuplicateIds DuplicateEntries DuplicateValue NotSufficientlyUnique DuplicateUpdated")
def ids_differ(served: Served) -> Said:
    name, message = ("guid", "DuplicateValue") if served.is_rss else (f"{A}id", "DuplicateEntries")
    ids = [entry.findtext(name, "") for entry in served.entries]
    if len(ids) > 1 and len(set(ids)) == 1:
        yield "DuplicateIds", ids[0]
    for one, times in Counter(ids).items():
        if times > 1:
            yield message, one
        if len(one) < 9 and one.isdigit():
            yield "NotSufficientlyUnique", one
    changed = Counter(entry.findtext(f"{A}updated", "") for entry in served.entries) if served.is_atom else Counter()
    for moment, times in changed.items():
        if times > 1:
            yield "DuplicateUpdated", moment


@rule("InvalidHttpGUID InvalidPermalink InvalidBooleanAttribute")
def guids(served: Served) -> Said:
    for guid in served.root.iter("guid"):
        given = guid.get("isPermaLink", "true")
        if given not in {"true", "false"}:
            yield "InvalidBooleanAttribute", given
        elif given == "true":
            urn = (guid.text or "").lower().startswith(("urn:", "tag:"))
            if urn or not _URI.fullmatch(guid.text or ""):
                yield "InvalidPermalink" if urn else "InvalidHttpGUID", guid.text or ""


@rule("MissingSelf MissingAtomSelfLink RelativeSelf SelfDoesntMatchLocation SelfNotAtom")
def knows_its_own_address(served: Served) -> Said:
    if not (served.is_rss or served.is_atom):
        return
    own = served.top.findall(f"{A}link[@rel='self']")
    if not own:
        yield "MissingAtomSelfLink" if served.is_rss else "MissingSelf", ""
    for link in own:
        href = link.get("href", "")
        if "://" not in href:
            yield "RelativeSelf", href
        elif href != served.url:
            yield "SelfDoesntMatchLocation", href
        if link.get("type", "").partition(";")[0] not in _FEED_TYPES:
            yield "SelfNotAtom", link.get("type", "")


@rule("DuplicateAtomLink UnregisteredAtomLinkRel AttrNotBlank InvalidMIMEType")
def links(served: Served) -> Said:
    for parent in served.root.iter():
        found = parent.findall(f"{A}link")
        kinds = Counter(
            (one.get("type"), one.get("hreflang")) for one in found if one.get("rel", "alternate") == "alternate"
        )
        if any(times > 1 for times in kinds.values()):
            yield "DuplicateAtomLink", parent.tag
        for link in found:
            if link.get("rel", "alternate") not in _RELATIONS:
                yield "UnregisteredAtomLinkRel", link.get("rel", "")
            for name in link.attrib:
                if not link.get(name, "").strip():
                    yield "AttrNotBlank", name
            if "type" in link.attrib and not _MEDIA_TYPE.fullmatch(link.get("type", "")):
                yield "InvalidMIMEType", link.get("type", "")


@rule("InvalidIntegerAttribute InvalidNonNegativeInteger UseZeroForUnknown InvalidMIMEAttribute")
def enclosures(served: Served) -> Said:
    for one in (*served.root.iter("enclosure"), *served.root.iter(f"{A}link")):
        length = one.get("length", "0")
        if not re.fullmatch(r"-?\d+", length, re.ASCII):
            yield "InvalidIntegerAttribute", length
        elif length == "-1":
            yield "UseZeroForUnknown", length
        elif int(length) < 0:
            yield "InvalidNonNegativeInteger", length
        if one.tag == "enclosure" and not _MEDIA_TYPE.fullmatch(one.get("type", "")):
            yield "InvalidMIMEAttribute", one.get("type", "")


@rule("InvalidInteger InvalidPositiveInteger")
def ttl(served: Served) -> Said:
    for one in served.root.iter("ttl"):
        text = one.text or ""
        if not re.fullmatch(r"-?\d+", text, re.ASCII):
            yield "InvalidInteger", text
        elif int(text) <= 0:
            yield "InvalidPositiveInteger", text


@rule("InvalidRFC3339Date InvalidRFC2822Date IncorrectDOW ProblematicalRFC822Date UseZeroForMidnight ImplausibleDate")
def dates(served: Served) -> Said:
    for one in served.root.iter():
        text = one.text or ""
        moment = None
        if one.tag in {f"{A}updated", f"{A}published"}:
            moment = _moment(text, _RFC3339, datetime.fromisoformat)
            if moment is None:
                yield "InvalidRFC3339Date", text
        elif one.tag in {"pubDate", "lastBuildDate", "dateCreated", "dateModified"}:
            if " 24:" in text:
                yield "UseZeroForMidnight", text
            moment = _moment(text, _RFC2822, parsedate_to_datetime)
            if moment is None:
                yield "ProblematicalRFC822Date" if re.search(r"\d \w{3} \d", text) else "InvalidRFC2822Date", text
            elif f"{moment:%a}" != text[:3]:
                yield "IncorrectDOW", text
        if moment and not datetime(1990, 1, 1, tzinfo=UTC) <= moment <= served.now + _SKEW:
            yield "ImplausibleDate", text


def _moment(text, form, read):
    try:
        return read(text) if form.fullmatch(text) else None
    except ValueError:
        return None


@rule("InvalidLanguage")
def languages(served: Served) -> Said:
    """By form alone: the validator has the list of ISO 639."""
    tags = [one.text or "" for one in served.root.iter() if one.tag in {"language", f"{DC}language"}]
    for tag in (*tags, *(one.get(LANG, "en") for one in served.root.iter())):
        if not _LANGUAGE.fullmatch(tag):
            yield "InvalidLanguage", tag
