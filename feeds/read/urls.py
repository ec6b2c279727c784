"""Addresses: what a person can open, and the form in which two of them are compared.

RFC 3986 says which spellings mean the same (§6.2); dropping what only counts clicks is our addition.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote_to_bytes, urljoin, urlsplit, urlunsplit

# What browsers accept is longer, what servers accept mostly shorter; RFC 9110 §4.1 asks for 8,000 octets.
_LONGEST = 8_000

_DEFAULT_PORTS = {80, 443}
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\]")
_AUTHORITY_BREAKERS = re.compile(r"[\\\s<>\"^`{|}]")
_INVISIBLE = re.compile(r"[\x00-\x20\x7f-\xa0\u00ad\u200b-\u200f\u2028-\u202e\ufeff]")
_LINE_BREAKS = re.compile(r"[\t\r\n]")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_SUB_DELIMS = "!$&'()*+,;="
_IN_PATH = _SUB_DELIMS + ":@/%~"
_IN_QUERY = _IN_PATH + "?"

# Keys that say where a click came from and never which page it opens: one line per system that appends them. Whole
# names, since a site may well name its articles by `pk_id` or `at_id`; `utm_` alone is nobody else's.
_TRACKING_NAMES = (
    "fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid ysclid twclid igshid"
    " mc_cid mc_eid mkt_tok ocid cmpid ref_src ref_url scid ito"
    " ns_source ns_mchannel ns_campaign ns_linkname ns_fee"
    " _ga _gl _hsenc _hsmi vero_id wickedid oly_enc_id oly_anon_id"
    " hsa_acc hsa_cam hsa_grp hsa_ad hsa_src hsa_tgt hsa_kw hsa_mt hsa_net hsa_ver"
    " pk_campaign pk_kwd pk_keyword pk_source pk_medium pk_content pk_cid"
    " piwik_campaign piwik_kwd piwik_keyword matomo_campaign matomo_kwd"
    " mtm_campaign mtm_kwd mtm_keyword mtm_source mtm_medium mtm_content mtm_cid mtm_group mtm_placement"
    " xtor at_medium at_campaign at_campaign_type at_custom1 at_custom2 at_custom3 at_custom4"
    " at_link_id at_link_origin at_link_type at_link_title at_bbc_team at_ptr_name at_ptr_type at_format"
    " at_objective at_audience_id at_nation at_product at_brand at_mid"
    " at_email_send_date at_send_id at_send_date at_recipient_id at_recipient_list"
    " at_creation at_variant at_general_placement at_detail_placement at_channel at_network at_platform at_term"
)
_TRACKING_KEYS = frozenset(_TRACKING_NAMES.split())
_TRACKING_PREFIX = "utm_"


def absolute(url: str, base: str) -> str:
    """`url` resolved against `base` (RFC 3986 §5) as an ASCII http(s) URI; "" when it is none.

    Spelling is kept except for what a URI must not contain: such characters are percent-encoded, and a host in
    another script takes its ASCII form (RFC 3490). A document's fragment stays.
    """
    try:
        parts = urlsplit(urljoin(base, _LINE_BREAKS.sub("", _trimmed(url)), allow_fragments=True))
        authority = _authority(parts.scheme.lower(), parts.netloc, drop_ports=False)
    except ValueError:  # brackets, ports and the like that urllib refuses
        return ""
    if not authority:
        return ""
    path = quote(_STRAY_PERCENT.sub("%25", parts.path), safe=_IN_PATH, errors="replace")
    query, fragment = (
        quote(_STRAY_PERCENT.sub("%25", part), safe=_IN_QUERY + "[]", errors="replace")
        for part in (parts.query, parts.fragment)
    )
    whole = urlunsplit((parts.scheme.lower(), authority, path, query, fragment))
    return whole if len(whole) <= _LONGEST else ""


def canonical(url: str) -> str:
    """The form in which addresses of articles are compared; "" when `url` is no absolute http(s) URL.

    Scheme (always https, since sites move there without changing their articles), host in lower case and ASCII,
    default port, dot segments, percent-encoding (RFC 3986 §6.2.2) and trailing slashes are made equal; the fragment
    goes, unless it is the address of a page that scripts fill (`#!/story/7`); keys that only track clicks go, other
    parts of the query stay in their order. Nothing else is dropped and nothing invented: `/eng/…` and `/…`, `www.`
    and none stay apart. Idempotent.
    """
    try:
        parts = urlsplit(_LINE_BREAKS.sub("", _trimmed(url)))
        authority = _authority(parts.scheme.lower(), parts.netloc, drop_ports=True)
    except ValueError:
        return ""
    if not authority:
        return ""
    path = _without_dots(_one_spelling(parts.path, _IN_PATH)).rstrip("/")
    query, fragment = _telling_query(parts.query), _telling_fragment(parts.fragment)
    return urlunsplit(("https", authority, path or "/", query, fragment))


def _trimmed(url: str) -> str:
    start, end = 0, len(url)
    while start < end and _INVISIBLE.match(url[start]):
        start += 1
    while end > start and _INVISIBLE.match(url[end - 1]):
        end -= 1
    return url[start:end]


def _authority(scheme: str, netloc: str, *, drop_ports: bool) -> str:
    """`netloc` with an ASCII host in lower case; "" when it cannot be one of the web. Raises ValueError."""
    if scheme not in {"http", "https"} or _AUTHORITY_BREAKERS.search(netloc) or not netloc.isprintable():
        return ""
    split = urlsplit(f"//{netloc}")
    host = _ascii_host(split.hostname or "")
    if not _HOST.fullmatch(host):
        return ""
    user, at, _ = netloc.rpartition("@")
    user = quote(_STRAY_PERCENT.sub("%25", user), safe=_SUB_DELIMS + ":%~")
    dropped = split.port is None or (drop_ports and split.port in _DEFAULT_PORTS)
    return f"{user}{at}{host.rstrip('.')}{'' if dropped else f':{split.port}'}"


def _ascii_host(host: str) -> str:
    if host.isascii():
        return f"[{host}]" if ":" in host else host
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise ValueError(host) from error


def _one_spelling(part: str, safe: str) -> str:
    """Percent-encoding in one form: unreserved characters plain, all others as upper-case escapes."""
    encoded = quote(_STRAY_PERCENT.sub("%25", part), safe=safe, errors="replace")
    return _ESCAPE.sub(_simplest, encoded)


def _simplest(escape: re.Match[str]) -> str:
    octet = unquote_to_bytes(escape[0])
    return octet.decode("ascii") if octet[0] in _UNRESERVED else escape[0].upper()


def _without_dots(path: str) -> str:
    """RFC 3986 §5.2.4 for a path that starts with a slash or is empty; empty segments stay."""
    kept: list[str] = []
    for segment in path.split("/")[1:]:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    return "/" + "/".join(kept)


def _telling_query(query: str) -> str:
    pairs = _one_spelling(query, _IN_QUERY).split("&")
    return "&".join(pair for pair in pairs if pair and not _tracks(pair))


def _telling_fragment(fragment: str) -> str:
    return _one_spelling(fragment, _IN_QUERY) if fragment.startswith("!") and fragment.strip("!/") else ""


def _tracks(pair: str) -> bool:
    # Feeds that escape twice leave `amp;` at the start of every key but the first.
    key = pair.partition("=")[0].lower().removeprefix("amp;")
    return key in _TRACKING_KEYS or key.startswith(_TRACKING_PREFIX)
