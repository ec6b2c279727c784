"""Variants of one page's address: for telephones, for AMP, through AMP's caches, with its directory's index named,
with keys that count clicks.

Each rule leaves out what cannot choose between two articles. What may choose stays: languages and countries in host,
path or query, numbers, words, the order of the query.
"""

from __future__ import annotations

import re

# `amp` and `m` stand in front, or behind a language (`uk.m.wikipedia.org`).
_VARIANT_LABELS = frozenset({"www", "m", "mobile", "amp"})
_INDEX = re.compile(r"/(?:index\.(?:html?|php|shtml|aspx?|jsp|cgi)|default\.(?:aspx?|html?))$", re.IGNORECASE)
_SESSION = re.compile(r";jsessionid=[^/;?]*", re.IGNORECASE)
_AMP_SUFFIX = re.compile(r"\.amp(?=\.html?$|$)", re.IGNORECASE)
# A word alone may be a section, and a page on amplifiers lies next to it; names of articles have numbers or hyphens.
_ARTICLE_NAME = re.compile(r"\d{3}|-[^-]+-")

_CACHE_HOST = re.compile(r"[a-z0-9-]+\.cdn\.ampproject\.org")
_CACHED = re.compile(r"/[a-z]/(?:s/)?([^/]+\.[^/]+/.*)")
_VIEWER = re.compile(r"/amp/(?:s/)?([^/]+\.[^/]+/.*)")
_VIEWER_HOST = re.compile(r"(?:www\.)?google\.[a-z]{2,3}(?:\.[a-z]{2})?")

# Keys that say where a click came from and never which page it opens: one line per system that appends them. Whole
# names, since a site may well name its articles by `pk_id` or `at_id`; `utm_` alone is nobody else's.
_TRACKING_NAMES = (
    "fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid ysclid twclid igshid"
    " mc_cid mc_eid mkt_tok ocid cmpid ref_src ref_url scid ito igsh ttclid li_fat_id srsltid"
    " ncid smid guccounter guce_referrer guce_referrer_sig soc_src soc_trk traffic_source __twitter_impression"
    " phpsessid jsessionid amp amp_js_v"
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
# These keys may mean anything; with such a value they name the way that a reader came.
_WAY_KEYS = frozenset({"ref", "source", "src", "from", "via", "feed", "partner", "referrer", "rss"})
_WAYS = frozenset(
    {
        "rss",
        "rssfeed",
        "rss_feed",
        "feed",
        "atom",
        "twitter",
        "facebook",
        "telegram",
        "whatsapp",
        "email",
        "share",
        "1",
        "",
    }
)
_WORDLESS_WAYS = frozenset({"1", ""})


def behind_a_cache(host: str, path: str) -> str:
    """The address without its scheme that an AMP cache or viewer serves; "" when the host is none."""
    if _CACHE_HOST.fullmatch(host):
        found = _CACHED.fullmatch(path)
    else:
        found = _VIEWER.fullmatch(path) if _VIEWER_HOST.fullmatch(host) else None
    return found[1] if found else ""


def plain_host(host: str) -> str:
    """`host` without the labels of variants; at least two labels stay."""
    labels = host.split(".")
    while len(labels) > 2 and labels[0] in _VARIANT_LABELS:
        del labels[0]
    if len(labels) > 3 and labels[1] in {"m", "amp"}:
        del labels[1]
    return ".".join(labels)


def plain_path(path: str) -> str:
    """`path` without a session, the name of a directory's index, and what asks for AMP."""
    path = _INDEX.sub("", _SESSION.sub("", path).rstrip("/"))
    shorter = _AMP_SUFFIX.sub("", path)
    _, *segments = shorter.split("/")
    if len(segments) > 1 and "amp" in {segments[0].lower(), segments[-1].lower()}:
        shorter = "/" + "/".join(segments[1:] if segments[0].lower() == "amp" else segments[:-1])
    return shorter if _ARTICLE_NAME.search(shorter) else path


def telling_query(query: str) -> str:
    """The parts of `query` that may choose the page, in their order."""
    return "&".join(pair for pair in query.split("&") if pair and not _tracks(pair))


def _tracks(pair: str) -> bool:
    # Feeds that escape twice leave `amp;` at the start of every key but the first.
    key, _, value = pair.lower().partition("=")
    key = re.sub(r"^(?:amp;)+", "", key)
    if key in _TRACKING_KEYS or key.startswith(_TRACKING_PREFIX):
        return True
    return key in _WAY_KEYS and value in _WAYS and (value not in _WORDLESS_WAYS or key == "rss")
