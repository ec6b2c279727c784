"""Who may subscribe and leave, and what it takes to be believed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from aggregator.publishing.shelf import Private
from feeds.model import Subscription
from tests.fakes.subscribers import BASE, FERRIES, LAKES, NOON, Bench, Subscriber, feed, until

pytestmark = pytest.mark.anyio
ACCEPTED = (202, "The callback is asked whether this is wanted.")
UNKNOWN = (404, "There is no such topic here.")


async def test_who_confirms_is_subscribed_from_what_there_is():
    async with Subscriber() as reader, Bench() as bench:
        assert await bench.ask(reader.url("/push?id=7"), lease_seconds="86400", secret="knot") == ACCEPTED
        await until(lambda: bench.events)
        assert bench.store.subscriptions() == (
            Subscription(
                topic=FERRIES,
                callback=reader.url("/push?id=7"),
                until=NOON + timedelta(days=1),
                secret="knot",
                told=feed("one").etag,
            ),
        )
        (question,) = reader.questions
        challenge = question.query["hub.challenge"]
        assert dict(question.query) == {
            "id": "7",
            "hub.mode": "subscribe",
            "hub.topic": FERRIES,
            "hub.challenge": challenge,
            "hub.lease_seconds": "86400",
        }
        assert (len(challenge), question.headers["user-agent"]) == (43, "topicwire/test")
        await bench.quiet()
        assert reader.pushes == []
    assert bench.told() == ["subscribed until 2026-03-02 12:00"]


@pytest.mark.parametrize(
    ("says", "why"),
    [
        (lambda _: (404, b""), "it does not want to subscribe (status 404)"),
        (lambda sent: (404, sent.query["hub.challenge"].encode()), "it does not want to subscribe (status 404)"),
        (lambda sent: (302, sent.query["hub.challenge"].encode()), "it does not want to subscribe (status 302)"),
        (
            lambda sent: (200, sent.query["hub.challenge"].encode() + b"\n"),
            "it does not want to subscribe (status 200)",
        ),
        (lambda _: (200, b"yes"), "it does not want to subscribe (status 200)"),
        (lambda _: (200, b"x" * 70_000), "the document is larger than 65536 bytes, as much as fetch.max_size allows"),
    ],
)
async def test_a_forged_intent_comes_to_nothing(says, why):
    async with Subscriber(confirms=says) as reader, Bench() as bench:
        assert await bench.ask(reader.url()) == ACCEPTED
        await until(lambda: bench.events)
        assert bench.store.subscriptions() == ()
        bench.show(ferries="two")
        await bench.quiet()
        assert (len(reader.questions), reader.pushes) == (1, [])
    assert bench.told()[0].startswith(why)


async def test_an_answer_of_before_is_no_answer_now():
    challenges = []

    def replay(sent):
        challenges.append(sent.query["hub.challenge"].encode())
        return 200, challenges[0]

    async with Subscriber(confirms=replay) as reader, Bench() as bench:
        await bench.subscribed(reader.url())
        await bench.ask(reader.url(), mode="unsubscribe")
        await until(lambda: len(bench.events) == 2)
        assert len(set(challenges)) == 2
        assert len(bench.store.subscriptions()) == 1
    assert bench.told()[1] == "it does not want to unsubscribe (status 200)"


async def test_who_wants_to_leave_leaves():
    async with Subscriber() as reader, Bench() as bench:
        await bench.subscribed(reader.url())
        assert await bench.ask(reader.url(), mode="unsubscribe", lease_seconds="1", secret="other") == ACCEPTED
        await until(lambda: "unsubscribed" in bench.told())
        assert "hub.lease_seconds" not in reader.questions[1].query
        bench.show(ferries="two")
        await bench.quiet()
        assert reader.pushes == []
        assert await bench.ask(reader.url(), mode="unsubscribe") == (404, "There is no such subscription.")
        assert len(reader.questions) == 2


async def test_nobody_can_make_another_leave():
    def only_in(sent):
        return (200, sent.query["hub.challenge"].encode()) if sent.query["hub.mode"] == "subscribe" else (404, b"")

    async with Subscriber(confirms=only_in) as reader, Bench() as bench:
        await bench.subscribed(reader.url())
        assert await bench.ask(reader.url(), mode="unsubscribe") == ACCEPTED
        await until(lambda: len(bench.events) == 2)
        bench.show(ferries="two")
        await until(lambda: reader.pushes)
    assert bench.told()[1] == "it does not want to unsubscribe (status 404)"


async def test_a_secret_is_replaced_by_who_confirms_only():
    answers = [True, False]

    def once(sent):
        return (200, sent.query["hub.challenge"].encode()) if answers.pop(0) else (404, b"")

    async with Subscriber(confirms=once) as reader, Bench() as bench:
        await bench.subscribed(reader.url(), secret="mine")
        await bench.subscribed(reader.url(), secret="stolen", lease_seconds="1")
        (kept,) = bench.store.subscriptions()
        assert (kept.secret, kept.until) == ("mine", NOON + timedelta(days=10))


async def test_who_asks_again_has_a_new_lease_and_what_it_was_told_of():
    async with Subscriber() as reader, Bench() as bench:
        await bench.subscribed(reader.url())
        bench.show(ferries="two")
        await until(lambda: reader.pushes)
        bench.now += timedelta(days=9)
        await bench.subscribed(reader.url(), secret="new")
        (kept,) = bench.store.subscriptions()
        assert (kept.until, kept.secret, kept.told) == (NOON + timedelta(days=19), "new", feed("two").etag)
    assert bench.told()[1] == "renewed until 2026-03-20 12:00"


async def test_who_does_not_renew_is_told_no_more():
    async with Subscriber() as reader, Bench() as bench:
        await bench.subscribed(reader.url(), lease_seconds="3600")
        bench.now += timedelta(hours=1)
        bench.show(ferries="two")
        await until(lambda: len(bench.events) == 2)
        assert (bench.store.subscriptions(), reader.pushes) == ((), [])
    assert bench.told()[1] == "did not renew"


@pytest.mark.parametrize(
    "topic",
    [
        "https://elsewhere.example/feeds/ferries.atom",
        f"{BASE}/feeds/none.atom",
        f"{BASE}/feeds/ferries.atom?x",
        f"{BASE}/feeds/FERRIES.atom",
        f"{BASE}/",
        f"{BASE}/feeds/ferries/archive/1.atom",
        "/feeds/ferries.atom",
        "\udcff",
    ],
)
async def test_what_is_no_topic_here_cannot_be_subscribed_to(topic):
    async with Subscriber() as reader, Bench() as bench:
        bench.shelf.swap({"/feeds/ferries.atom": feed("one"), "/feeds/ferries/archive/1.atom": feed("old")})
        found = await bench.ask(reader.url(), topic.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
        assert (found, reader.sent) == (UNKNOWN, [])


async def test_a_private_topic_is_there_for_who_knows_its_token():
    async with Subscriber() as reader, Bench() as bench:
        private = Private(token="s3cret/й", documents={"/feeds/ferries.atom": feed("private")})
        bench.shelf.swap({"/feeds/lakes.atom": feed("one")}, private=(private,))
        for wrong in (FERRIES, f"{BASE}/feeds/s3cret/ferries.atom", f"{BASE}/feeds/s3cret/й/ferries.atom"):
            assert await bench.ask(reader.url(), wrong) == UNKNOWN
        right = f"{BASE}/feeds/s3cret%2F%D0%B9/ferries.atom"
        await bench.subscribed(reader.url(), right)
        private = Private(token="s3cret/й", documents={"/feeds/ferries.atom": feed("changed")})
        bench.shelf.swap({}, private=(private,))
        bench.telling.published()
        await until(lambda: reader.pushes)
        assert reader.pushes[0].body == feed("changed").body
        assert f'<{right}>; rel="self"' in reader.pushes[0].headers["link"]
        bench.shelf.swap({}, private=(Private(token="another", documents={"/feeds/ferries.atom": feed("revoked")}),))
        await bench.quiet()
        assert len(reader.pushes) == 1
    assert "s3cret" not in repr(bench.events)


@pytest.mark.parametrize(
    "callback",
    [
        "http://127.0.0.1:8080/push",
        "http://127.1/push",
        "http://2130706433/push",
        "http://localhost/push",
        "http://[::1]/push",
        "http://[::ffff:10.0.0.1]/push",
        "http://10.1.2.3/push",
        "http://169.254.169.254/latest/meta-data/",
        "http://router/push",
        "http://nas.local/push",
        "https://reader.example:25/push",
        "https://reader.example:6379/push",
    ],
)
async def test_callbacks_at_private_addresses_and_odd_ports_are_refused(callback):
    async with Bench(private=False) as bench:
        assert await bench.ask(callback) == (403, "This callback is at an address or a port that is not asked.")
        assert bench.events == []


async def test_a_name_that_leads_to_a_private_address_is_not_asked():
    async def inside(host: str, port: int) -> tuple[str, ...]:
        return ("127.0.0.1",)

    async with Subscriber() as reader, Bench(private=False, resolve=inside) as bench:
        assert await bench.ask("http://reader.example/push") == ACCEPTED
        await until(lambda: bench.events)
        assert reader.sent == []
    assert "127.0.0.1" in bench.told()[0]


async def test_where_private_addresses_are_allowed_a_cloud_still_keeps_its_secrets():
    async with Bench() as bench:
        assert (await bench.ask("http://169.254.169.254/latest/"))[0] == 403


async def test_a_redirect_is_not_followed():
    async with Subscriber() as other, Subscriber(confirms=lambda _: (307, b"")) as reader, Bench() as bench:
        await bench.ask(reader.url())
        await until(lambda: bench.events)
        assert (len(reader.questions), other.sent) == (1, [])


async def test_one_callback_may_follow_several_topics():
    async with Subscriber() as reader, Bench() as bench:
        await bench.subscribed(reader.url(), FERRIES)
        await bench.subscribed(reader.url(), LAKES)
        assert [one.topic for one in bench.store.subscriptions()] == [FERRIES, LAKES]


async def test_what_is_no_form_is_told_so():
    async with Bench() as bench:
        assert await bench.post(b"\xff") == (400, "This is no form in UTF-8, or one with too many fields.")


@pytest.mark.parametrize("name", ["origin", "sec-fetch-site"])
async def test_no_page_can_have_its_visitor_subscribe_it(name):
    async with Bench() as bench:
        assert (await bench.post(b"", **{name: "https://evil.example"}))[0] == 403


async def test_before_the_start_and_after_the_stop_nothing_is_taken():
    bench = Bench()
    assert (await bench.ask("https://reader.example/"))[0] == 503
    async with bench:
        pass
    assert (await bench.ask("https://reader.example/"))[0] == 503
