"""What `storage.work` promises, asked of the reference and of PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feeds.model import SourceState, Validators
from storage.port import Change
from storage.work import Brought, Delivery, Due, Lease, Watched
from tests.fakes.stored_values import NOON, entry_of
from tests.fakes.working import Working, memory_work, postgres_work

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@pytest.fixture(params=["memory", "postgres"])
def work(request):
    made = memory_work() if request.param == "memory" else postgres_work(request.getfixturevalue("postgres_url"))
    with made as working:
        yield working


def watched(*sources: str, host: str = "harbour.example", due=NOON) -> list[Watched]:
    return [Watched(source=source, host=host, due=due) for source in sources]


def state_of(source: str, **changes) -> SourceState:
    return SourceState(source=source, url=f"https://harbour.example/{source}", **changes)


def names(leases: tuple[Lease, ...]) -> dict[str, list[str]]:
    return {lease.host: [due.source for due in lease.due] for lease in leases}


def lease(work: Working, worker: str = "a", *, now=NOON, hosts: int = 10, sources: int = 10, term=HOUR):
    return work.leases(worker).lease(now=now, hosts=hosts, sources=sources, term=term)


def one_lease(work: Working, worker: str = "a", **asked) -> Lease:
    [only] = lease(work, worker, **asked)
    return only


def bring(work: Working, lease: Lease, *sources: str, worker: str = "a", document: bytes = b"found") -> set[str]:
    brought = [Brought(source=source, fence=lease.fence, document=document) for source in sources]
    return set(work.leases(worker).bring(brought))


def waiting(work: Working) -> list[tuple[str, str, bytes]]:
    return [(one.source, one.worker, one.document) for one in work.deliveries.waiting(100)]


def test_nothing_is_due_where_nothing_is_watched(work):
    assert lease(work) == work.deliveries.waiting(5) == ()
    assert work.leases("a").due(NOON) == 0
    assert work.leases("a").renew([1], term=HOUR) == work.leases("a").bring([]) == frozenset()


def test_a_lease_has_the_due_sources_of_a_host_the_longest_waiting_first_with_their_states(work):
    state = state_of("ferries", validators=Validators(etag='"ÿ"'), next_fetch=NOON - HOUR)
    work.store.commit(Change(states=(state,)))
    work.deliveries.follow(
        [
            *watched("news", due=NOON - MINUTE),
            *watched("ferries", due=NOON - HOUR),
            *watched("tides", due=NOON),
            *watched("storms", due=NOON + MINUTE),
            *watched("gone", due=None),
        ]
    )
    assert work.leases("a").due(NOON) == 3
    assert one_lease(work, sources=2).due == (Due(source="ferries", state=state), Due(source="news", state=None))
    assert work.leases("a").due(NOON) == 0


def test_hosts_come_the_longest_waiting_first_and_each_to_one_worker(work):
    work.deliveries.follow([*watched("a", host="a.example"), *watched("b", host="b.example", due=NOON - MINUTE)])
    first, second, none = (lease(work, worker, hosts=1) for worker in ("a", "b", "c"))
    assert [names(first), names(second), names(none)] == [{"b.example": ["b"]}, {"a.example": ["a"]}, {}]
    assert first[0].fence != second[0].fence


def test_what_is_brought_waits_in_its_order_and_is_not_due(work):
    work.deliveries.follow(watched("news", "tides"))
    ours = one_lease(work)
    assert bring(work, ours, "tides", "news") == {"tides", "news"}
    work.leases("a").release([ours.fence], rest=timedelta())
    assert waiting(work) == [("tides", "a", b"found"), ("news", "a", b"found")]
    [oldest] = work.deliveries.waiting(1)
    at = oldest.at
    assert oldest == Delivery(number=oldest.number, source="tides", worker="a", at=at, document=b"found")
    assert (lease(work, now=NOON + HOUR), work.leases("a").due(NOON + HOUR)) == ((), 0)


def test_of_what_waits_no_more_comes_than_was_asked_for_but_the_oldest_whatever_its_size(work):
    work.deliveries.follow(watched("news", "tides", "gone", "new"))
    ours = one_lease(work)
    for source, size in (("gone", 9), ("tides", 4), ("new", 5), ("news", 1)):
        bring(work, ours, source, document=b"x" * size)

    def asked(most: int, **size: int) -> list[str]:
        return [one.source for one in work.deliveries.waiting(most, **size)]

    assert [asked(size, size=100) for size in range(4)] == [[], ["gone"], ["gone", "tides"], ["gone", "tides", "new"]]
    sizes = {0: 1, 12: 1, 13: 2, 17: 2, 18: 3, 19: 4}
    assert {size: len(asked(9, size=size)) for size in sizes} == sizes
    assert asked(9) == ["gone", "tides", "new", "news"]


def test_a_commit_of_a_state_settles_what_was_brought_of_its_source(work):
    work.deliveries.follow(watched("news", "tides", "gone", "new"))
    ours = one_lease(work)
    bring(work, ours, "news", "tides", "gone", "new")
    work.leases("a").release([ours.fence], rest=timedelta())
    new, gone = state_of("new"), state_of("gone", gone=True, next_fetch=NOON)
    news = state_of("news", next_fetch=NOON + HOUR)
    work.store.commit(Change(entries=(entry_of("a"),), states=(state_of("news", next_fetch=NOON), news, gone, new)))
    assert waiting(work) == [("tides", "a", b"found")]
    assert one_lease(work).due == (Due(source="new", state=new),)
    work.elapse(HOUR)
    assert one_lease(work, now=NOON + HOUR).due == (Due(source="new", state=new), Due(source="news", state=news))


def test_a_commit_without_work_settles_nothing(work):
    work.store.commit(Change(states=(state_of("news", next_fetch=NOON),)))
    assert (lease(work), work.deliveries.waiting(9)) == ((), ())


def test_a_late_worker_changes_nothing(work):
    work.deliveries.follow(watched("news"))
    late = one_lease(work, "late")
    work.elapse(HOUR)
    ours = one_lease(work, "b")
    work.leases("late").put_off(late.fence, ["news"], until=NOON + HOUR)
    work.leases("late").release([late.fence], rest=HOUR)
    assert work.leases("late").renew([late.fence], term=HOUR) == frozenset()
    assert bring(work, late, "news", worker="late") == set()
    assert bring(work, ours, "news", worker="b", document=b"in time") == {"news"}
    assert waiting(work) == [("news", "b", b"in time")]


def test_a_lease_that_is_over_counts_until_somebody_else_has_the_host(work):
    work.deliveries.follow(watched("news", "tides"))
    ours = one_lease(work)
    work.elapse(2 * HOUR)
    assert bring(work, ours, "news") == {"news"}
    assert work.leases("a").renew([ours.fence], term=HOUR) == {ours.fence}
    assert lease(work, "b") == ()
    work.elapse(HOUR)
    assert names(lease(work, "b")) == {"harbour.example": ["tides"]}


def test_what_is_brought_again_under_one_fence_was_taken_once(work):
    work.deliveries.follow(watched("news"))
    ours = one_lease(work)
    assert bring(work, ours, "news", "news", document=b"once") == {"news"}
    assert bring(work, ours, "news", document=b"twice") == {"news"}
    assert waiting(work) == [("news", "a", b"once")]
    work.store.commit(Change(states=(state_of("news", next_fetch=NOON),)))
    assert bring(work, ours, "news", document=b"thrice") == {"news"}
    assert waiting(work) == []
    work.leases("a").release([ours.fence], rest=timedelta())
    assert bring(work, ours, "news") == set(), "a lease that was given back is over"
    assert bring(work, one_lease(work), "news") == {"news"}


def test_only_what_is_watched_at_the_leased_host_is_taken(work):
    work.deliveries.follow([*watched("news"), *watched("other", host="other.example", due=None)])
    assert bring(work, one_lease(work), "news", "other", "unknown") == {"news"}


def test_a_host_that_rests_is_left_alone(work):
    work.deliveries.follow([*watched("news", "tides"), *watched("other", host="other.example")])
    ours = {lease.host: lease for lease in lease(work, sources=1)}
    work.leases("a").release([one.fence for one in ours.values()], rest=MINUTE)
    work.deliveries.hold("other.example", work.clock() + HOUR)
    work.deliveries.hold("other.example", work.clock() + MINUTE)
    work.deliveries.hold("unknown.example", work.clock() + MINUTE)
    assert (lease(work), work.leases("a").due(NOON)) == ((), 0)
    work.elapse(MINUTE)
    assert work.leases("a").due(NOON) == 2
    assert names(lease(work)) == {"harbour.example": ["news", "tides"]}
    work.elapse(HOUR)
    assert set(names(lease(work))) == {"harbour.example", "other.example"}


def test_what_is_put_off_comes_later(work):
    work.deliveries.follow(watched("news", "tides", "ferries"))
    ours = one_lease(work)
    bring(work, ours, "ferries")
    work.leases("a").put_off(ours.fence, ["news", "ferries", "unknown"], until=NOON + MINUTE)
    work.leases("a").put_off(ours.fence, [], until=NOON + MINUTE)
    work.leases("a").release([ours.fence], rest=timedelta())
    work.leases("a").release([], rest=timedelta())
    assert names(lease(work)) == {"harbour.example": ["tides"]}
    work.elapse(HOUR)
    assert names(lease(work, now=NOON + MINUTE)) == {"harbour.example": ["tides", "news"]}


def test_what_cannot_be_judged_is_asked_again(work):
    work.deliveries.follow(watched("news"))
    ours = one_lease(work)
    bring(work, ours, "news")
    work.leases("a").release([ours.fence], rest=timedelta())
    [broken] = work.deliveries.waiting(5)
    work.deliveries.give_up(broken.number, due=NOON + MINUTE)
    work.deliveries.give_up(broken.number + 7, due=NOON)
    assert (work.deliveries.waiting(5), lease(work)) == ((), ())
    assert names(lease(work, now=NOON + MINUTE)) == {"harbour.example": ["news"]}


def test_following_others_lets_go_of_the_rest_but_of_no_delivery(work):
    work.deliveries.follow([*watched("news", "tides"), *watched("old", host="old.example")])
    ours = {lease.host: lease for lease in lease(work)}
    assert bring(work, ours["harbour.example"], "news") == {"news"}
    work.deliveries.follow([*watched("news", "new", due=NOON - MINUTE), *watched("tides", host="b.example")])
    assert bring(work, ours["harbour.example"], "tides") == set(), "it is watched at another host now"
    assert bring(work, ours["old.example"], "old") == set(), "it is watched no more"
    work.leases("a").release([one.fence for one in ours.values()], rest=timedelta())
    assert names(lease(work)) == {"harbour.example": ["new"], "b.example": ["tides"]}
    work.deliveries.follow([])
    assert waiting(work) == [("news", "a", b"found")]
    work.elapse(HOUR)
    assert lease(work) == ()
    work.deliveries.follow(watched("news"))
    assert lease(work) == (), "what was brought waits still"
    work.store.commit(Change(states=(state_of("news", next_fetch=NOON),)))
    assert names(lease(work)) == {"harbour.example": ["news"]}


def test_following_the_same_again_changes_nothing_but_when_they_are_due(work):
    work.deliveries.follow(watched("news", "tides"))
    ours = one_lease(work, sources=1)
    work.deliveries.follow([*watched("news"), *watched("tides", due=NOON + HOUR)])
    assert lease(work, "b") == (), "it is leased still"
    work.leases("a").release([ours.fence], rest=timedelta())
    assert names(lease(work)) == {"harbour.example": ["news"]}


@pytest.mark.parametrize("source", ["", 'a"b\\c/', "новини\u2028\x7f\x01\n", "\U0001f6df"])
def test_the_state_of_any_source_is_found(work, source):
    work.store.commit(Change(states=(state_of(source),)))
    work.deliveries.follow(watched(source))
    assert one_lease(work).due == (Due(source=source, state=state_of(source)),)
