from __future__ import annotations

import pytest

from feeds.addresses import host_key, same_document


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
