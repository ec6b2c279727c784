"""The rules of a WebSub hub, by the Recommendation's sections."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode

import pytest

from feeds.websub import (
    LEASE,
    LONGEST_LEASE,
    MOST_TRIES,
    SHORTEST_LEASE,
    Flaw,
    Intent,
    Mode,
    announcement,
    confirms,
    links,
    pause,
    push_headers,
    question,
    read_request,
    signature,
)

TOPIC, CALLBACK = "https://feeds.example/feeds/ferries.atom", "https://reader.example/push/8f2a"
INTENT = Intent(mode=Mode.SUBSCRIBE, topic=TOPIC, callback=CALLBACK)


def asked(**fields: str | None) -> bytes:
    whole = {"mode": "subscribe", "topic": TOPIC, "callback": CALLBACK} | fields
    return urlencode({f"hub.{name}": value for name, value in whole.items() if value is not None}).encode()


def test_a_request_names_mode_topic_and_callback():
    assert read_request(asked()) == INTENT
    assert read_request(asked(mode="unsubscribe")) == Intent(mode=Mode.UNSUBSCRIBE, topic=TOPIC, callback=CALLBACK)


def test_a_request_may_ask_for_a_lease_and_signatures():
    assert read_request(asked(lease_seconds="86400", secret="knot")) == Intent(
        mode=Mode.SUBSCRIBE, topic=TOPIC, callback=CALLBACK, lease=timedelta(days=1), secret="knot"
    )


def test_what_is_not_known_is_ignored():
    assert read_request(asked(verify="sync", verify_token="x") + b"&foo=1&foo=2") == INTENT


def test_who_leaves_needs_no_lease():
    assert read_request(asked(mode="unsubscribe", lease_seconds="soon")) == Intent(
        mode=Mode.UNSUBSCRIBE, topic=TOPIC, callback=CALLBACK
    )


@pytest.mark.parametrize(
    ("seconds", "lease"),
    [
        ("", LEASE),
        ("1", SHORTEST_LEASE),
        ("0000000000000000000000003600", timedelta(hours=1)),
        ("3601", timedelta(seconds=3601)),
        ("2592000", LONGEST_LEASE),
        ("2592001", LONGEST_LEASE),
        ("9" * 5000, LONGEST_LEASE),
    ],
)
def test_leases_stay_within_bounds(seconds, lease):
    assert read_request(asked(lease_seconds=seconds)) == Intent(
        mode=Mode.SUBSCRIBE, topic=TOPIC, callback=CALLBACK, lease=lease
    )


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "hub.mode is neither subscribe nor unsubscribe."),
        (b"\xff=\xff", "This is no form in UTF-8, or one with too many fields."),
        (b"hub.topic=%ff", "This is no form in UTF-8, or one with too many fields."),
        (b"&".join([b"a=b"] * 51), "This is no form in UTF-8, or one with too many fields."),
        (asked() + b"&hub.callback=https://other.example/", "A field is given more than once."),
        (asked(mode="publish"), "hub.mode is neither subscribe nor unsubscribe."),
        (asked(mode="SUBSCRIBE"), "hub.mode is neither subscribe nor unsubscribe."),
        (asked(topic=None), "hub.topic is missing or too long."),
        (asked(topic=TOPIC + "x" * 2048), "hub.topic is missing or too long."),
        (asked(callback=None), "hub.callback is missing or too long."),
        (asked(callback=CALLBACK + "x" * 2048), "hub.callback is missing or too long."),
        (asked(callback="/push"), "hub.callback is no http or https address."),
        (asked(callback="ftp://reader.example/"), "hub.callback is no http or https address."),
        (asked(callback="https:///push"), "hub.callback is no http or https address."),
        (asked(callback="https://reader.example/пуш"), "hub.callback is no http or https address."),
        (asked(callback="https://reader.example/a b"), "hub.callback is no http or https address."),
        (asked(callback="https://reader.example/\r\nX: y"), "hub.callback is no http or https address."),
        (asked(callback="https://[::1"), "hub.callback is no address."),
        (asked(callback="https://reader.example:port/"), "hub.callback is no address."),
        (asked(callback="https://me:pass@reader.example/"), "hub.callback has a user or a fragment."),
        (asked(callback=CALLBACK + "#top"), "hub.callback has a user or a fragment."),
        (asked(secret="ї" * 100), "hub.secret is longer than 199 bytes."),
        (asked(lease_seconds="0"), "hub.lease_seconds is no positive decimal integer."),
        (asked(lease_seconds="-1"), "hub.lease_seconds is no positive decimal integer."),
        (asked(lease_seconds="1.5"), "hub.lease_seconds is no positive decimal integer."),
        (asked(lease_seconds="٣"), "hub.lease_seconds is no positive decimal integer."),
    ],
)
def test_what_cannot_be_followed_is_told_why(body, reason):
    assert read_request(body) == Flaw(reason=reason)


@pytest.mark.parametrize(
    ("callback", "before"),
    [
        (CALLBACK, f"{CALLBACK}?"),
        (f"{CALLBACK}?", f"{CALLBACK}?"),
        (f"{CALLBACK}?id=1", f"{CALLBACK}?id=1&"),
        (f"{CALLBACK}?hub.mode=unsubscribe&", f"{CALLBACK}?hub.mode=unsubscribe&"),
    ],
)
def test_a_callback_is_asked_behind_its_own_query(callback, before):
    address = question(Intent(mode=Mode.SUBSCRIBE, topic=TOPIC, callback=callback), "riddle")
    assert address.startswith(before)
    assert dict(parse_qsl(address.removeprefix(before))) == {
        "hub.mode": "subscribe",
        "hub.topic": TOPIC,
        "hub.challenge": "riddle",
        "hub.lease_seconds": "864000",
    }


def test_who_leaves_is_asked_without_a_lease():
    address = question(Intent(mode=Mode.UNSUBSCRIBE, topic=TOPIC, callback=CALLBACK), "riddle")
    assert "hub.lease_seconds" not in address


@pytest.mark.parametrize(
    ("status", "body", "yes"),
    [
        (200, b"riddle", True),
        (204, b"riddle", True),
        (302, b"riddle", False),
        (404, b"riddle", False),
        (200, b"", False),
        (200, b"riddle\n", False),
        (200, b"<p>riddle</p>", False),
        (200, "рidlle".encode(), False),
    ],
)
def test_only_the_challenge_itself_is_a_yes(status, body, yes):
    assert confirms(status, body, "riddle") is yes


def test_a_push_says_what_it_is_and_is_signed_for_who_gave_a_secret():
    link = links("https://feeds.example/hub", TOPIC)
    plain = push_headers(media_type="application/atom+xml", body=b"<feed/>", link=link, secret="")
    assert plain == (
        ("Content-Type", "application/atom+xml"),
        ("Link", f'<https://feeds.example/hub>; rel="hub", <{TOPIC}>; rel="self"'),
    )
    signed = push_headers(media_type="application/atom+xml", body=b"<feed/>", link=link, secret="вузол")
    digest = hmac.new("вузол".encode(), b"<feed/>", hashlib.sha256).hexdigest()
    assert signed == (*plain, ("X-Hub-Signature", f"sha256={digest}"))


def test_a_signature_is_that_of_rfc_4231():
    told = signature("Jefe", b"what do ya want for nothing?")  # §4.3, test case 2
    assert told == "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"


def test_links_fit_into_a_header():
    assert links("", TOPIC) == ""
    assert links("https://hub.example/", "https://стрічки.example/feeds/a>b.rss").isascii()
    assert '<https://hub.example/?a=%20b>; rel="hub"' in links("https://hub.example/?a=%20b", TOPIC)


def test_another_hub_is_told_the_address():
    assert announcement(f"{TOPIC}?a=b&c") == (
        b"hub.mode=publish&hub.url=https%3A%2F%2Ffeeds.example%2Ffeeds%2Fferries.atom%3Fa%3Db%26c"
    )


def test_pauses_grow_up_to_half_a_day():
    assert [pause(n) for n in range(1, MOST_TRIES)] == [timedelta(seconds=30 * 4**n) for n in range(6)]
    assert {pause(n) for n in (MOST_TRIES, MOST_TRIES + 1, 10**9)} == {timedelta(hours=12)}
