from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.addresses import host_key, registrable, same_document


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("HTTPS://A.example:443/feed#top", "https://a.example/feed"),
        ("http://a.example:80", "http://a.example/"),
        ("https://a.example./feed", "https://a.example/feed"),
        ("https://bücher.example/%7Efeed", "https://xn--bcher-kva.example/~feed"),
        ("https://a.example/x/../feed?q=%c3%a4", "https://a.example/feed?q=ä"),
        ("http://[0:0:0:0:0:0:0:1]/", "http://[::1]:80/"),
    ],
)
def test_spellings_of_one_documents_address_are_the_same(one, other):
    assert same_document(one) == same_document(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://m.c.example/rss", "https://c.example/rss"),
        ("https://c.example/?feed=rss", "https://c.example/"),
        ("https://c.example/rss/", "https://c.example/rss"),
        ("http://c.example/rss", "https://c.example/rss"),
        ("http://c.example:443/rss", "http://c.example/rss"),
    ],
)
def test_addresses_that_may_be_two_documents_stay_apart(one, other):
    assert same_document(one) != same_document(other)


@pytest.mark.parametrize("url", ["", "ftp://a.example/", "https://", "https://[broken", "https://a.example:99999/"])
def test_what_is_no_web_address_is_no_document(url):
    assert same_document(url) == ""


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("Example.COM.", "example.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("XN--BCHER-KVA.example", "xn--bcher-kva.example"),
        ("straße.example", "xn--strae-oqa.example"),
        ("приклад.укр", "xn--80aikifvh.xn--j1amh"),
        ("0:0:0:0:0:0:0:1", "::1"),
        ("", ""),
    ],
)
def test_a_host_has_one_key_however_it_is_spelled(host, key):
    assert host_key(host) == key


LABELS = st.text("abcdefghijklmnopqrstuvwxyz0123456789éїґ", min_size=1, max_size=8)
ENDINGS = st.sampled_from(
    ["example", "com", "co.uk", "com.ua", "укр", "ck", "github.io", "kobe.jp", "k12.ca.us", "10.0.0.7"]
)


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://news.harbour.co.uk/feed", "harbour.co.uk"),
        ("http://user@WWW.Harbour.com.ua.:8080", "harbour.com.ua"),
        ("feeds.harbour.example", "harbour.example"),
        ("новини.гавань.укр", "xn--80aafc7c0e.xn--j1amh"),
        ("harbour.github.io", "harbour.github.io"),
        ("a.b.harbour.github.io", "harbour.github.io"),
        ("a.city.kobe.jp", "city.kobe.jp"),
        ("a.b.c.kobe.jp", "b.c.kobe.jp"),
    ],
)
def test_a_registrable_domain_is_what_somebody_has_below_a_public_suffix(url, domain):
    assert registrable(url) == domain


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://192.168.1.4:8080/feed", "192.168.1.4"),
        ("http://[2001:db8::1]/", "2001:db8::1"),
        ("[2001:DB8:0::1]", "2001:db8::1"),
        ("http://localhost/feed", "localhost"),
        ("github.io", "github.io"),
        ("co.uk", "co.uk"),
        ("a..example", "a..example"),
        ("https://", ""),
        ("https://[broken", ""),
        ("", ""),
    ],
)
def test_what_nobody_registered_stands_for_itself(url, host):
    assert registrable(url) == host


@given(labels=st.lists(LABELS, min_size=1, max_size=4), ending=ENDINGS)
def test_a_registrable_domain_ends_its_host_and_is_its_own(labels, ending):
    host = ".".join([*labels, ending])
    found = registrable(host)
    assert f".{host_key(host)}".endswith(f".{found}")
    assert registrable(found) == found
    assert registrable(f"https://{host}:8443/a?b#c") == registrable(host.upper()) == found


@given(labels=st.lists(LABELS, max_size=3), others=st.lists(LABELS, max_size=3))
def test_all_hosts_below_a_registrable_domain_have_it(labels, others):
    one, other = (".".join([*some, "harbour", "co", "uk"]) for some in (labels, others))
    assert registrable(one) == registrable(other) == "harbour.co.uk"


@given(st.text())
def test_any_text_has_a_registrable_domain_or_none_and_raises_nothing(text):
    assert registrable(registrable(text)) == registrable(text)
