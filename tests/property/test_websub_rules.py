"""Rules of WebSub that hold for whatever is sent."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import parse_qsl, urlencode, urlsplit

from hypothesis import example, given
from hypothesis import strategies as st

from aggregator.hub.tries import Tries
from feeds.websub import (
    LONGEST_LEASE,
    MOST_TRIES,
    SHORTEST_LEASE,
    Flaw,
    Intent,
    Mode,
    confirms,
    flaw_of,
    links,
    pause,
    question,
    read_request,
    signature,
)

texts = st.text(max_size=30)
addresses = st.builds(
    "{}://{}{}".format,
    st.sampled_from(["http", "https"]),
    st.sampled_from(["reader.example", "[2001:db8::1]:8080", "10.0.0.1", "xn--e1afmkfd.example"]),
    st.text("abz/09.~%?&=;:@!", max_size=20).map(lambda rest: rest and f"/{rest}"),
)
intents = st.builds(
    Intent,
    mode=st.sampled_from(Mode),
    topic=texts.filter(bool),
    callback=addresses,
    lease=st.integers(3600, 30 * 86400).map(lambda seconds: LONGEST_LEASE * 0 + SHORTEST_LEASE * seconds / 3600),
    secret=texts,
)


@given(st.binary(max_size=400))
@example(b"hub.mode=subscribe&hub.topic=a&hub.callback=http://[")
def test_anything_is_an_intent_within_bounds_or_a_flaw(body):
    match read_request(body):
        case Intent() as intent:
            assert SHORTEST_LEASE <= intent.lease <= LONGEST_LEASE
            assert flaw_of(intent.callback) == ""
        case Flaw(reason=reason):
            assert reason.endswith(".")
            assert reason.isprintable()


@given(intents)
def test_an_intent_that_is_written_down_is_read_again(intent):
    fields = {
        "hub.mode": intent.mode,
        "hub.topic": intent.topic,
        "hub.callback": intent.callback,
        "hub.lease_seconds": str(int(intent.lease.total_seconds())),
        "hub.secret": intent.secret,
    }
    found = read_request(urlencode(fields).encode())
    assert isinstance(found, Intent)
    assert (found.mode, found.topic, found.callback, found.secret) == (
        intent.mode,
        intent.topic,
        intent.callback,
        intent.secret,
    )
    if intent.mode == Mode.SUBSCRIBE:
        assert found.lease == intent.lease


@given(intents, st.text("abcXYZ019-_", min_size=1, max_size=43))
def test_a_question_adds_to_a_callback_and_changes_nothing_of_it(intent, challenge):
    before, after = urlsplit(intent.callback), urlsplit(question(intent, challenge))
    assert (after.scheme, after.netloc, after.path) == (before.scheme, before.netloc, before.path)
    assert after.query.startswith(before.query)
    added = dict(parse_qsl(after.query[len(before.query) :], keep_blank_values=True))
    assert (added["hub.challenge"], added["hub.topic"]) == (challenge, intent.topic)


@given(st.integers(100, 599), st.binary(max_size=60), st.text("abc019-_", min_size=1))
def test_nothing_but_the_challenge_is_a_yes(status, body, challenge):
    assert confirms(status, body, challenge) == (status // 100 == 2 and body == challenge.encode())
    assert confirms(200, challenge.encode(), challenge)


@given(texts.filter(bool), st.binary(), st.binary())
def test_a_signature_is_of_these_bytes_and_this_secret(secret, body, other):
    told = signature(secret, body)
    assert told == f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"
    assert (signature(secret, other) == told) == (body == other)


@given(st.text(min_size=1), texts)
def test_links_are_one_line_of_ascii_with_two_addresses(hub, topic):
    told = links(hub, topic)
    assert told.isascii()
    assert told.isprintable()
    assert (told.count("<"), told.count(">")) == (2, 2)


@given(st.integers(1, 10**9), st.integers(1, 10**9))
def test_more_failures_never_mean_a_shorter_pause(one, other):
    assert pause(min(one, other)) <= pause(max(one, other))


@given(st.lists(st.tuples(st.floats(0, 10**6), st.sampled_from(["a", "b"])), max_size=60))
def test_whatever_fails_is_tried_a_bounded_number_of_times(steps):
    tries, now, tried = Tries(), 0.0, {"a": 0, "b": 0}
    current = "a"
    for later, etag in steps:
        now += later
        if etag != current:
            current, tried = etag, {"a": 0, "b": 0}
        if tries.due("reader", etag, now):
            tried[etag] += 1
            tries.failed("reader", etag, now)
        upcoming = tries.next(now)
        assert upcoming is None or upcoming > now
    assert max(tried.values()) <= MOST_TRIES
