"""Strangers write anything into a header: whatever it is, it has a meaning and raises nothing."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from feeds.conditional import Response, answer, interpret, request_for
from feeds.model import Document, Failed, Fetched, Source, SourceState, Unchanged, Validators

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SOURCE = Source(id="daily", url="https://daily.example/rss")
LATIN = st.text(st.characters(max_codepoint=255), max_size=40)
PIECES = st.lists(
    st.sampled_from(
        [
            "max-age=",
            "no-cache",
            ",",
            " ",
            ";",
            "q=",
            "gzip",
            "*",
            '"',
            "W/",
            '"a"',
            "0",
            "1",
            "9" * 30,
            "-",
            ".",
            "Mon, ",
            "02 Mar ",
            "2026 ",
            "09:00:00 ",
            "GMT",
            "+9999",
        ]
    ),
    max_size=8,
).map("".join)
VALUES = LATIN | PIECES
NAMES = st.sampled_from(
    ["ETag", "Last-Modified", "Cache-Control", "Expires", "Date", "Age", "Retry-After", "Content-Type"]
)
ANSWERS = st.builds(
    Response,
    url=st.just(SOURCE.url),
    status=st.sampled_from([200, 203, 204, 304, 403, 410, 429, 503]) | st.integers(200, 599),
    headers=st.lists(st.tuples(NAMES, VALUES), max_size=5).map(tuple),
    body=st.sampled_from([b"", b"<rss/>"]),
)


@given(ANSWERS)
def test_every_answer_has_a_meaning_and_hints_are_never_negative(response):
    outcome = interpret(SOURCE, None, response, now=NOW)
    match outcome:
        case Fetched():
            assert response.body
            assert outcome.fresh_for is None or outcome.fresh_for > timedelta()
        case Failed():
            assert outcome.reason
            assert outcome.retry_after is None or outcome.retry_after >= timedelta()
        case Unchanged():
            raise AssertionError("nothing was known before")


@given(VALUES.filter(bool), VALUES.filter(bool))
def test_what_a_source_gave_as_validators_goes_back_as_it_came(etag, last_modified):
    headers = (("etag", etag), ("last-modified", last_modified))
    outcome = interpret(SOURCE, None, Response(url=SOURCE.url, status=200, headers=headers, body=b"<rss/>"), now=NOW)
    assert isinstance(outcome, Fetched)
    assert outcome.validators == Validators(etag=etag, last_modified=last_modified)
    state = SourceState(source="daily", url=SOURCE.url, validators=outcome.validators, body_hash=outcome.body_hash)
    sent = dict(request_for(SOURCE, state, user_agent="topicwire").headers)
    assert (sent["If-None-Match"], sent["If-Modified-Since"]) == (etag, last_modified)


DOCUMENT = Document(
    media_type="application/feed+json", body=b"{}", gzip=b"gz", etag='"a"', gzip_etag='"b"', last_modified=NOW
)


@given(
    st.dictionaries(st.sampled_from(["Accept-Encoding", "If-None-Match", "If-Modified-Since"]), VALUES),
    st.sampled_from(["GET", "HEAD"]),
)
def test_every_reader_gets_the_document_or_304_and_is_satisfied_with_its_own_tag(headers, method):
    got = answer(DOCUMENT, method=method, headers=headers, max_age=timedelta(minutes=5))
    fields = dict(got.headers)
    assert got.status in {200, 304}
    assert bool(got.body) == (got.status == 200 and method == "GET")
    again = answer(DOCUMENT, method=method, headers=headers | {"If-None-Match": fields["ETag"]}, max_age=timedelta())
    assert again.status == 304
