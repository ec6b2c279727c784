from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from feeds.conditional import ACCEPT, Request, Response, interpret, request_for
from feeds.model import Failed, FailureKind, Fetched, Source, SourceState, Unchanged, Validators

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
URL = "https://daily.example/rss?all=1&b="
SOURCE = Source(id="daily", url=URL)
AGENT = "topicwire/0.1 (+mailto:me@me.example)"
BODY = b"<rss/>"
HASH = sha256(BODY).hexdigest()
KNOWN = Validators(etag='W/"\xe4 , b"', last_modified="Mon,  2 mar 2026 08:00 GMT+0")
STATE = SourceState(source="daily", url=URL, validators=KNOWN, body_hash="of the last body")
OURS = (("User-Agent", AGENT), ("Accept", ACCEPT))


def ask(state=STATE, source=SOURCE):
    return request_for(source, state, user_agent=AGENT)


def meaning(status, headers=(), body=b"", *, state=STATE):
    return interpret(SOURCE, state, Response(url=URL, status=status, headers=tuple(headers), body=body), now=NOW)


def test_the_first_request_in_a_sources_life_has_no_condition():
    assert ask(None) == Request(url=URL, headers=OURS)


def test_both_validators_go_back_byte_for_byte():
    assert ask() == Request(
        url=URL, headers=(*OURS, ("If-None-Match", KNOWN.etag), ("If-Modified-Since", KNOWN.last_modified))
    )


def test_a_validator_that_was_never_given_is_not_invented():
    only_tag = replace(STATE, validators=Validators(etag='"a"'))
    assert ask(only_tag).headers == (*OURS, ("If-None-Match", '"a"'))
    assert ask(replace(STATE, validators=Validators())).headers == OURS


def test_another_url_is_asked_without_condition():
    assert ask(replace(STATE, url="https://daily.example/old")).headers == OURS


def test_a_source_of_which_nothing_was_read_is_asked_without_condition():
    assert ask(replace(STATE, body_hash="")).headers == OURS


def test_the_sources_own_headers_are_sent_and_replace_ours_but_not_the_validators():
    own = (("Authorization", "Bearer x"), ("accept", "text/xml"), ("if-none-match", '"mine"'))
    assert ask(None, replace(SOURCE, headers=own)).headers == (OURS[0], *own[:2])


def test_web_pages_are_accepted_last():
    weights = {part.split(";q=")[0].strip(): float(part.partition(";q=")[2] or 1) for part in ACCEPT.split(",")}
    assert min(weights, key=weights.__getitem__) == "text/html"
    assert max(weights.values()) == weights["application/atom+xml"] == weights["application/rss+xml"]


def test_secrets_do_not_show():
    assert "Bearer" not in repr(ask(None, replace(SOURCE, headers=(("Authorization", "Bearer x"),))))


def test_304_means_unchanged_and_the_old_validators_stay():
    assert meaning(304) == Unchanged(status=304, validators=None)


def test_304_may_bring_new_validators_which_replace_the_ones_of_their_name():
    assert meaning(304, [("ETag", '"new"'), ("Cache-Control", "max-age=600")]) == Unchanged(
        status=304,
        validators=Validators(etag='"new"', last_modified=KNOWN.last_modified),
        fresh_for=timedelta(minutes=10),
    )


@pytest.mark.parametrize("state", [None, replace(STATE, validators=Validators()), replace(STATE, body_hash="")])
def test_304_to_a_request_without_condition_is_a_failure(state):
    assert meaning(304, state=state) == Failed(
        kind=FailureKind.HTTP,
        reason="the server answered 304 (not modified) to a request that had no condition",
        status=304,
    )


def test_200_brings_a_document_with_its_validators():
    headers = [("etag", KNOWN.etag), ("last-modified", KNOWN.last_modified), ("content-type", "text/xml")]
    moved = Response(url="https://daily.example/feed", status=200, headers=tuple(headers), body=BODY)
    assert interpret(SOURCE, STATE, moved, now=NOW) == Fetched(
        url="https://daily.example/feed", body=BODY, body_hash=HASH, content_type="text/xml", validators=KNOWN
    )


def test_200_without_validators_drops_the_old_pair():
    assert meaning(200, body=BODY).validators == Validators()


def test_the_same_body_again_is_unchanged_and_brings_its_validators():
    state = replace(STATE, body_hash=HASH)
    assert meaning(200, [("ETag", '"2"')], BODY, state=state) == Unchanged(
        status=200, validators=Validators(etag='"2"')
    )


def test_the_same_body_from_another_url_is_a_document():
    state = replace(STATE, body_hash=HASH, url="https://daily.example/old")
    assert isinstance(meaning(200, body=BODY, state=state), Fetched)


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (200, b"", "the server answered 200, without a document"),
        (200, b" \r\n", "the server answered 200, without a document"),
        (204, b"", "the server answered 204, without a document"),
        (202, b"wait", "the server answered 202, which is no whole document"),
        (206, b"<rs", "the server answered 206, which is no whole document"),
        (300, b"", "the server answered 300, which brings no document"),
        (401, b"", "the server wants to know who asks (401): give credentials in the source's headers"),
        (403, b"", "the server refuses (403): it may be blocking programs, or want fewer requests, so it gets fewer"),
        (404, b"", "the server has no such feed (404): check the URL"),
        (418, b"", "the server answered 418, which brings no document"),
        (429, b"", "the server asks for fewer requests (429)"),
        (502, b"", "the server is in trouble (502): it will be asked again later"),
    ],
)
def test_what_brings_no_document_says_why(status, body, reason):
    assert meaning(status, body=body) == Failed(kind=FailureKind.HTTP, reason=reason, status=status)


def test_410_means_gone():
    assert meaning(410) == Failed(
        kind=FailureKind.GONE,
        reason="the server says that this feed is gone for good (410): remove the source or give its new URL",
        status=410,
    )


@pytest.mark.parametrize(
    ("url", "moved_to", "kind"),
    [
        ("https://DAILY.example:443/rss?all=1&b=", "", FailureKind.GONE),
        ("https://new.example/rss", "https://new.example/rss", FailureKind.GONE),
        ("https://elsewhere.example/rss", "", FailureKind.HTTP),
        ("https://elsewhere.example/rss", "https://new.example/rss", FailureKind.HTTP),
        ("https://daily.example/login", "", FailureKind.HTTP),
    ],
)
def test_410_means_gone_only_where_permanent_redirects_alone_lead(url, moved_to, kind):
    outcome = interpret(SOURCE, STATE, Response(url=url, status=410, moved_to=moved_to), now=NOW)
    assert (outcome.kind, outcome.status) == (kind, 410)
    if kind is FailureKind.HTTP:
        assert "temporary redirect" in outcome.reason


def test_410_at_an_adopted_address_means_that_address():
    adopted = replace(STATE, moved_to="https://new.example/rss")
    answers = [Response(url=url, status=410) for url in ("https://new.example/rss", URL)]
    kinds = [interpret(SOURCE, adopted, answer, now=NOW).kind for answer in answers]
    assert kinds == [FailureKind.GONE, FailureKind.HTTP]


@pytest.mark.parametrize("status", [403, 429, 503])
@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([("Retry-After", "120")], timedelta(minutes=2)),
        ([("Retry-After", "Mon, 02 Mar 2026 10:00:00 GMT")], timedelta(hours=1)),
        ([("Retry-After", "Monday, 02-Mar-26 10:00:00 GMT")], timedelta(hours=1)),
        ([("Retry-After", "Mon Mar  2 10:00:00 2026")], timedelta(hours=1)),
        # The server's clock is an hour ahead, and its dates with it.
        (
            [("Date", "Mon, 02 Mar 2026 10:00:00 GMT"), ("Retry-After", "Mon, 02 Mar 2026 10:30:00 GMT")],
            timedelta(hours=0.5),
        ),
        ([("Retry-After", "Mon, 02 Mar 2020 10:00:00 GMT")], timedelta()),
        ([("Retry-After", "9" * 5000)], timedelta(seconds=2**31)),
        (
            [("Date", "Mon, 01 Jan 1900 00:00:00 GMT"), ("Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT")],
            timedelta(seconds=2**31),
        ),
        ([("Retry-After", "soon")], None),
        ([("Retry-After", "-5")], None),
        ([], None),
    ],
)
def test_retry_after_comes_in_seconds_and_as_a_date(status, headers, expected):
    assert meaning(status, headers).retry_after == expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([("Cache-Control", "public, Max-Age=600")], timedelta(minutes=10)),
        ([("Cache-Control", 'max-age="600"')], timedelta(minutes=10)),
        ([("Cache-Control", "public"), ("Cache-Control", "max-age=600")], timedelta(minutes=10)),
        ([("Cache-Control", "max-age=600"), ("Age", "200")], timedelta(seconds=400)),
        ([("Cache-Control", "max-age=600"), ("Age", "601")], None),
        ([("Cache-Control", "max-age=600, no-cache")], None),
        ([("Cache-Control", "no-store")], None),
        ([("Cache-Control", "s-maxage=600")], None),
        ([("Cache-Control", "max-age=-1")], None),
        ([("Cache-Control", "max-age=" + "9" * 5000)], timedelta(seconds=2**31)),
        ([("Cache-Control", "max-age=600"), ("Expires", "Mon, 02 Mar 2026 19:00:00 GMT")], timedelta(minutes=10)),
        ([("Expires", "Mon, 02 Mar 2026 10:00:00 GMT")], timedelta(hours=1)),
        (
            [("Expires", "Mon, 02 Mar 2026 10:00:00 GMT"), ("Date", "Mon, 02 Mar 2026 09:50:00 GMT")],
            timedelta(minutes=10),
        ),
        ([("Expires", "0")], None),
        ([("Expires", "Mon, 02 Mar 2020 10:00:00 GMT")], None),
        ([("Expires", "Fri, 31 Dec 99999 10:00:00 GMT")], None),
        ([], None),
    ],
)
def test_how_long_an_answer_holds(headers, expected):
    assert meaning(200, headers, BODY).fresh_for == expected


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://DAILY.example./login", ""),
        ("https://bücher.example/feed", "xn--bcher-kva.example"),
        ("https://full.example:8443/feed", "full.example"),
    ],
)
def test_who_wants_fewer_requests_is_told_where_it_is_not_who_was_asked(url, host):
    assert interpret(SOURCE, None, Response(url=url, status=429), now=NOW).host == host
