from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from feeds.conditional import Answer, answer
from feeds.model import Document

DOCUMENT = Document(
    media_type="application/atom+xml; charset=utf-8",
    body=b"<feed/>",
    gzip=b"packed",
    etag='"plain"',
    gzip_etag='"packed"',
    last_modified=datetime(2026, 3, 2, 9, 0, 0, 500, tzinfo=UTC),
)
MODIFIED = "Mon, 02 Mar 2026 09:00:00 GMT"


def about(etag):
    return (
        ("ETag", etag),
        ("Last-Modified", MODIFIED),
        ("Cache-Control", "max-age=300"),
        ("Vary", "Accept-Encoding"),
    )


def content(length):
    return (
        ("Content-Type", "application/atom+xml; charset=utf-8"),
        ("Content-Length", str(length)),
        ("X-Content-Type-Options", "nosniff"),
    )


PLAIN = Answer(status=200, headers=(*about('"plain"'), *content(7)), body=b"<feed/>")
PACKED = Answer(status=200, headers=(*about('"packed"'), *content(6), ("Content-Encoding", "gzip")), body=b"packed")


def ask(headers=None, method="GET"):
    return answer(DOCUMENT, method=method, headers=headers or {}, max_age=timedelta(minutes=5))


def test_a_plain_request_gets_the_plain_document():
    assert ask() == PLAIN


def test_whoever_accepts_gzip_gets_it_under_its_own_tag():
    assert ask({"Accept-Encoding": "gzip"}) == PACKED


@pytest.mark.parametrize(
    "accepted",
    [
        "gzip, deflate, br",
        "GZIP;q=1.0",
        "x-gzip",
        "*",
        "br;q=1, gzip;q=0.8",
        "identity;q=0.5, gzip",
        "gzip;q=0.001",
        "identity;q=0, *;q=0.1",
        "gzip , identity",
    ],
)
def test_gzip_is_chosen_where_it_is_welcome(accepted):
    assert ask({"accept-encoding": accepted}) == PACKED


@pytest.mark.parametrize(
    "accepted",
    [
        "",
        "identity",
        "br",
        "gzip;q=0",
        "gzip;q=0, *",
        "*;q=0",
        "identity, gzip;q=0.5",
        "gzip;q=2",
        "gzip;q=nan",
        "gzip;level=9",
    ],
)
def test_plain_is_chosen_elsewhere(accepted):
    assert ask({"Accept-Encoding": accepted}) == PLAIN


def test_head_gets_the_fields_of_get_and_no_body():
    for headers, full in (({}, PLAIN), ({"Accept-Encoding": "gzip"}, PACKED)):
        assert ask(headers, "HEAD") == Answer(status=200, headers=full.headers, body=b"")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "tags", ['"plain"', 'W/"plain"', '"old", "plain"', 'W/"old",W/"plain" , "x"', "*", " * ", '"a,b","plain"']
)
def test_a_reader_that_has_the_document_gets_304_without_body(tags, method):
    assert ask({"If-None-Match": tags}, method) == Answer(status=304, headers=about('"plain"'))


@pytest.mark.parametrize("tags", ['"old"', "plain", "", '"pla', 'w/"plain', '"packed"', '"*"', "'plain'"])
def test_a_reader_that_has_another_one_gets_it_whole(tags):
    assert ask({"If-None-Match": tags}) == PLAIN


def test_tags_are_those_of_the_encoding():
    packed = {"Accept-Encoding": "gzip"}
    assert ask({**packed, "If-None-Match": '"packed"'}) == Answer(status=304, headers=about('"packed"'))
    assert ask({**packed, "If-None-Match": '"plain"'}) == PACKED


@pytest.mark.parametrize("date", [MODIFIED, "Mon, 02 Mar 2026 09:00:01 GMT", "Monday, 02-Mar-26 09:00:00 GMT"])
def test_not_modified_since(date):
    assert ask({"if-modified-since": date}) == Answer(status=304, headers=about('"plain"'))


@pytest.mark.parametrize("date", ["Mon, 02 Mar 2026 08:59:59 GMT", "yesterday", "", "Mon, 99 Mar 2026 09:00:00 GMT"])
def test_modified_since_or_no_date_at_all(date):
    assert ask({"If-Modified-Since": date}) == PLAIN


def test_if_none_match_wins_over_if_modified_since():
    assert ask({"If-None-Match": '"old"', "If-Modified-Since": MODIFIED}) == PLAIN
    old = "Mon, 02 Mar 2020 09:00:00 GMT"
    assert ask({"If-None-Match": '"plain"', "If-Modified-Since": old}).status == 304


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "get", "\u0411"])
def test_other_methods_are_refused(method):
    refused = ask(method=method)
    assert (refused.status, refused.headers[0]) == (405, ("Allow", "GET, HEAD"))
    assert dict(refused.headers)["Content-Length"] == str(len(refused.body))


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_links_of_a_document_go_along_with_it(method):
    linked = replace(DOCUMENT, link='<https://feeds.example/hub>; rel="hub"')
    found = answer(linked, method=method, headers={}, max_age=timedelta(minutes=5))
    assert dict(found.headers)["Link"] == '<https://feeds.example/hub>; rel="hub"'
    known = answer(linked, method=method, headers={"if-none-match": '"plain"'}, max_age=timedelta(minutes=5))
    assert "Link" not in dict(known.headers)
