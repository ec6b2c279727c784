"""What `storage.port` promises about stories, copies, decisions and learnt lines, asked of every store there is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from feeds.model import Archive, Boilerplate, Decision, DecisionKind, Placement, Subscription, TopicSeen
from storage.port import Change
from tests.fakes.stored_values import NOON, entry_of

HIDDEN = Decision(kind=DecisionKind.HIDE, entry="a", made=NOON)
FORBIDDEN = Decision(kind=DecisionKind.NEVER, entry="a", other="b", made=NOON + timedelta(hours=1))


def test_entries_from_a_moment_on_are_those_first_seen_then_or_later(store):
    seen = [NOON + timedelta(hours=n) for n in range(4)]
    store.commit(Change(entries=tuple(entry_of(one, first_seen=at) for one, at in zip("dcba", seen, strict=True))))
    assert [entry.id for entry in store.entries(seen[2])] == ["a", "b"]
    assert [entry.id for entry in store.entries(seen[2] + timedelta(microseconds=1))] == ["a"]
    assert list(store.entries(seen[3] + timedelta(days=1))) == []
    assert list(store.entries(NOON - timedelta(days=1))) == list(store.entries())


def test_entries_are_found_by_the_beginning_of_their_ids(store):
    store.commit(Change(entries=(entry_of("ab2"), entry_of("ab1"), entry_of("b"), entry_of("ab3"))))
    store.commit(Change(buried=(entry_of("ab3"),)))
    assert store.beginning("ab") == ("ab1", "ab2")
    assert store.beginning("b") == ("b",)
    assert store.beginning("c") == ()
    assert store.beginning("") == ("ab1", "ab2", "b")


def test_a_story_lists_its_entries_oldest_first(store):
    store.commit(
        Change(
            entries=(entry_of("b"), entry_of("a"), entry_of("0", first_seen=NOON + timedelta(days=1)), entry_of("c")),
            placements=(
                *(Placement(entry=one, story="flood") for one in "0ba"),
                Placement(entry="c", story="ferry"),
            ),
        )
    )
    assert store.story("flood") == ("a", "b", "0")
    assert store.story("ferry") == ("c",)
    assert store.story("fire") == ()


def test_an_entry_is_in_the_story_of_its_last_placement(store):
    store.commit(Change(entries=(entry_of("a"), entry_of("b")), placements=(Placement(entry="a", story="flood"),)))
    store.commit(Change(placements=(Placement(entry="a", story="ferry"), Placement(entry="b", story="flood"))))
    assert (store.story("flood"), store.story("ferry")) == (("b",), ("a",))
    store.commit(Change(placements=(Placement(entry="a"),)))
    assert (store.story("flood"), store.story("ferry"), store.story("")) == (("b",), (), ())


def test_copies_are_those_of_that_entry_oldest_first(store):
    store.commit(
        Change(
            entries=(entry_of("z"), entry_of("b", first_seen=NOON + timedelta(days=1)), entry_of("a"), entry_of("c")),
            placements=(
                Placement(entry="z", story="flood"),
                Placement(entry="b", copy_of="z", story="flood"),
                Placement(entry="c", copy_of="z", story="flood"),
            ),
        )
    )
    assert store.copies("z") == ("c", "b")
    assert store.copies("b") == ()
    store.commit(Change(placements=(Placement(entry="c", story="flood"),)))
    assert store.copies("z") == ("b",)


def test_who_left_is_in_no_story_and_nobodys_copy(store):
    store.commit(
        Change(
            entries=(entry_of("a"), entry_of("b")),
            placements=(Placement(entry="a", story="flood"), Placement(entry="b", copy_of="a", story="flood")),
        )
    )
    store.commit(Change(buried=(entry_of("b"),)))
    assert (store.story("flood"), store.copies("a")) == (("a",), ())


def test_a_placement_without_its_entry_is_in_no_story_until_the_entry_comes(store):
    store.commit(Change(placements=(Placement(entry="a", copy_of="b", story="flood"),)))
    assert (store.story("flood"), store.copies("b")) == ((), ())
    store.commit(Change(entries=(entry_of("a"),)))
    assert (store.story("flood"), store.copies("b")) == (("a",), ("a",))


def test_of_the_same_kind_about_the_same_ids_the_last_decision_counts(store):
    later = replace(HIDDEN, made=NOON + timedelta(days=1))
    other = Decision(kind=DecisionKind.JOIN, entry="a", other="b", made=NOON)
    store.commit(Change(decisions=(FORBIDDEN, HIDDEN, other)))
    assert store.decisions() == (HIDDEN, other, FORBIDDEN)
    store.commit(Change(decisions=(later,)))
    assert store.decisions() == (other, FORBIDDEN, later)


def test_decisions_outlive_the_entries_they_are_about(store):
    store.commit(Change(entries=(entry_of("a"), entry_of("b")), decisions=(HIDDEN, FORBIDDEN)))
    store.commit(Change(buried=(entry_of("a"), entry_of("b"))))
    assert store.decisions() == (HIDDEN, FORBIDDEN)


def test_an_undone_decision_is_gone_whenever_it_was_made(store):
    store.commit(Change(decisions=(HIDDEN, FORBIDDEN)))
    never_made = replace(FORBIDDEN, other="c")
    store.commit(Change(undone=(replace(HIDDEN, made=NOON + timedelta(days=9)), never_made)))
    assert store.decisions() == (FORBIDDEN,)


def test_lines_are_learnt_for_a_host_and_may_be_unlearnt(store):
    support, read_also = "support us", "читайте також"
    learnt = (
        Boilerplate(host="harbour.example", line=support),
        Boilerplate(host="harbour.example", line=read_also),
        Boilerplate(host="river.example", line=support),
    )
    store.commit(Change(boilerplate=learnt))
    store.commit(Change(boilerplate=learnt[:1]))
    assert store.boilerplate() == {
        "harbour.example": frozenset({support, read_also}),
        "river.example": frozenset({support}),
    }
    store.commit(Change(unlearnt=(learnt[1], learnt[2], Boilerplate(host="x.example", line="nobody's"))))
    assert store.boilerplate() == {"harbour.example": frozenset({support})}


def test_topics_that_readers_saw_are_remembered_each_once(store):
    assert store.topics() == frozenset()
    store.commit(Change(topics=(TopicSeen(id="river"), TopicSeen(id="lake"))))
    store.commit(Change(topics=(TopicSeen(id="river"),)))
    assert store.topics() == {"river", "lake"}


def test_archives_are_remembered_by_topic_and_number_until_they_are_cleared(store):
    first, second = (Archive(topic="river", number=n, edition="e", entries=(f"a{n}", f"b{n}")) for n in (1, 2))
    other = Archive(topic="lake", number=1, edition="e", entries=("a1",))
    assert store.archives() == ()
    store.commit(Change(archives=(second, other, first)))
    assert store.archives() == (other, first, second)
    store.commit(Change(cleared=(("river", 1), ("sea", 1)), archives=(second,)))
    assert store.archives() == (other, second)


def test_subscriptions_are_kept_by_topic_and_callback_until_they_leave(store):
    a, b, c = (
        Subscription(topic=topic, callback=callback, until=NOON, secret="knot", told='"1"')
        for topic, callback in (("/b.rss", "https://one.example"), ("/a.rss", "https://two.example"), ("/a.rss", "z"))
    )
    store.commit(Change(subscriptions=(a, c, b)))
    assert store.subscriptions() == (b, c, a)
    renewed, endless = replace(a, until=NOON + timedelta(days=9), secret=""), replace(c, until=None, told="")
    store.commit(Change(subscriptions=(renewed, endless), unsubscribed=(replace(b, until=None),)))
    assert store.subscriptions() == (endless, renewed)
    store.commit(Change(subscriptions=(b,), unsubscribed=(b, replace(b, topic="/none.rss"))))
    assert store.subscriptions() == (endless, renewed)


def test_a_subscription_tells_no_secret_of_its_own_accord():
    told = repr(Subscription(topic="/feeds/token/a.rss", callback="https://a.example/guess", secret="knot"))
    assert not any(secret in told for secret in ("token", "guess", "knot"))
