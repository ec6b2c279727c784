"""Reads a well-formed document with feedparser's own reader, without the detours that cost as much as reading does.

feedparser goes through xml.sax, asks dictionaries with aliases at every tag, resolves every address against no base
and parses every date, which `feeds.read.dates` does anyway. `Direct` stands in front of its reader for such documents
and leaves those steps out; what the elements mean stays feedparser's. A tag that is unusual in any way goes through
feedparser's own methods, and a document that is not well-formed is for `feedparser.parse`, from the start.
"""

from __future__ import annotations

import re
from typing import Any, Self
from xml.parsers import expat
from xml.sax.xmlreader import AttributesNSImpl

_DECLARED = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ELEMENT = re.compile(r"<\w")
# Elements whose very name makes feedparser note something.
_TELLING = frozenset({"feed", "rss", "math", "svg"})
_OF_TEXT_INPUT = frozenset({"title", "link", "description", "name"})
_OF_IMAGE = frozenset({"title", "link", "description", "url", "href", "width", "height"})


def is_plain(document: str) -> bool:
    """Whether nothing stands before the document's element that feedparser would treat before it parses."""
    element = _ELEMENT.search(document)
    return element is not None and document[0] != "\ufeff" and not _DECLARED.search(document, 0, element.start())


class Parameters(dict[str, Any]):
    """What feedparser notes about a text construct, nothing but texts: no aliases, and a copy need not go deep."""

    def __deepcopy__(self, _: object) -> Self:
        return type(self)(self)


class Direct:
    """Goes in front of `feedparser.api.StrictFeedParser` among the bases of a class; an object reads one document.

    Of the attributes, half are feedparser's, which has no types.
    """

    def __init__(self: Any, baseuri: str, baselang: str | None, encoding: str) -> None:
        super().__init__(baseuri, baselang, encoding)  # type: ignore[call-arg] # feedparser's, see above
        self.resolve_relative_uris = self.sanitize_html = False
        self.contentparams = Parameters()
        self._parted: dict[str, tuple[str | None, str, str]] = {}

    def read(self: Any, document: str) -> None:
        """Take in all of `document`; raises expat's error, or anything else, when it cannot be read in this way."""
        parser = expat.ParserCreate(None, " ", intern={})
        parser.namespace_prefixes = True
        parser.buffer_text = True
        parser.StartNamespaceDeclHandler = self.startPrefixMapping
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self.handle_data
        parser.Parse(document, True)

    def _start(self: Any, name: str, attributes: dict[str, str]) -> None:
        namespace, local, tag = self._parted.get(name) or self._part(name)
        if attributes or self.decls or self.incontent or self.baseuri or not tag or tag in _TELLING:
            self.startElementNS((namespace, local), None, _for_sax(attributes))
            return
        self.depth += 1
        self.basestack.append(self.baseuri)
        self.langstack.append(self.lang)
        prefix, _, suffix = tag.rpartition(":")
        prefix = self.namespacemap.get(prefix, prefix)
        if prefix:
            suffix = f"{prefix}_{suffix}"
        else:
            self.intextinput = self.intextinput if suffix in _OF_TEXT_INPUT else 0
            self.inimage = self.inimage if suffix in _OF_IMAGE else 0
        method = getattr(self, "_start_" + suffix, None)
        try:
            if method is not None:
                method({})
                return
        except AttributeError:  # which feedparser takes for the lack of a method
            pass
        self.push(suffix, 1)

    def _end(self: Any, name: str) -> None:
        namespace, local, tag = self._parted.get(name) or self._part(name)
        if tag:
            self.unknown_endtag(tag)
        else:
            self.endElementNS((namespace, local), None)

    def _part(self: Any, name: str) -> tuple[str | None, str, str]:
        """The namespace and name of an element, and feedparser's name for it; "" where that may vary."""
        namespace, local = _pair(name)
        known = "" if namespace is None else self._matchnamespaces.get(namespace.lower())
        # Where feedparser does not know the namespace, the prefixes that are declared at the time count.
        tag = "" if known is None else f"{known}:{local}".lower() if known else local.lower()
        self._parted[name] = namespace, local, tag
        return namespace, local, tag

    def push_content(
        self: Any, tag: str, attrs_d: dict[str, str], default_content_type: str, expecting_text: int
    ) -> None:
        """As feedparser has it, but with `Parameters`."""
        self.incontent += 1
        if self.lang:
            self.lang = self.lang.replace("_", "-")
        media_type = self.map_content_type(attrs_d.get("type", default_content_type))
        self.contentparams = Parameters(type=media_type, language=self.lang, base=self.baseuri)
        self.contentparams["base64"] = self._is_base64(attrs_d, self.contentparams)
        self.push(tag, expecting_text)

    def resolve_uri(self: Any, uri: str) -> str:
        """Without a base only slashes that are too many go."""
        if not self.baseuri and ":///" not in uri:
            return uri
        return str(super().resolve_uri(uri))  # type: ignore[misc] # which stands behind this class, not above it

    # Dates stay as they are written.

    def _end_published(self: Any) -> None:
        self.pop("published")

    def _end_updated(self: Any) -> None:
        self.pop("updated")

    def _end_created(self: Any) -> None:
        self.pop("created")

    _end_issued = _end_pubdate = _end_published
    _end_modified = _end_lastbuilddate = _end_updated


def _pair(name: str) -> tuple[str | None, str]:
    """Namespace and local name, of what expat joins by spaces, with the prefix behind."""
    parts = name.split()
    if len(parts) == 1:
        return None, name
    if len(parts) > 3:
        raise ValueError("a namespace with spaces")
    return parts[0], parts[1]


def _for_sax(attributes: dict[str, str]) -> AttributesNSImpl:
    values, names = {}, {}
    for name, value in attributes.items():
        parts = name.split()
        pair = _pair(name)
        values[pair] = value
        names[pair] = f"{parts[2]}:{parts[1]}" if len(parts) == 3 else pair[1]
    return AttributesNSImpl(values, names)
