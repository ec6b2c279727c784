"""What a cluster did, held against what was promised; it stops at what does not hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from tests.fakes.cluster import books
from tests.fakes.cluster.cluster import TERM, Cluster

FENCED = "forgotten, as another worker asks"
"""What a worker logs whose delivery is refused."""


def verdict(cluster: Cluster) -> Iterator[tuple[str, object]]:
    """Figures, each after the check that it belongs to, but for waits: those too long are to be seen beside others.

    The cluster has been stopped. Raises AssertionError.
    """
    yield from _manners(cluster)
    yield from _fences(cluster)
    yield from _entries(cluster)
    yield from _servers(cluster)
    yield from _waits(cluster)


def _manners(cluster: Cluster) -> Iterator[tuple[str, object]]:
    plan, tally, requests = cluster.course.outlets, cluster.tally, cluster.outlets.requests()
    yield "fetches", books.answered(requests)
    yield "fetches_broken_off", len(requests) - books.answered(requests)
    yield "fetches_per_s", f"{books.answered(requests) / (tally.quiet - tally.began):.0f}"
    met = books.meetings(requests, plan.each)
    assert not met, f"{len(met)} times two requests at one host at once, as {met[0]}"
    yield "two_requests_to_a_host_at_once", len(met)
    yield "shortest_pause_of_a_host_s", f"{books.closest(requests, plan.each):.2f}"


def _waits(cluster: Cluster) -> Iterator[tuple[str, object]]:
    """How long sources waited. What is due at once in the beginning is a wave that takes as long as it takes."""
    tally, requests = cluster.tally, cluster.outlets.requests()
    every = sorted(books.waits(cluster.audit.dues(), tally.away), key=lambda one: one.late)
    waits = [one for one in every if one.due >= tally.began]
    yield "longest_wait_in_the_first_wave_s", f"{max(one.late for one in every if one.due < tally.began):.1f}"
    yield "waits", len(waits)
    yield "longest_wait_when_due_s", f"{waits[-1].late:.1f}"
    yield "median_wait_when_due_s", f"{waits[len(waits) // 2].late:.2f}"
    yield "longest_between_two_fetches_s", f"{books.longest_silence(requests, tally.away):.1f}"
    lapses = cluster.audit.lapses()
    unlucky = {one: _lapsed(cluster, one, lapses) for one in waits if one.late > TERM + cluster.course.interval}
    yield "waits_of_more_than_a_lease_and_an_interval", len(unlucky)
    more = cluster.course.interval + cluster.course.slack
    late = [one for one, times in unlucky.items() if one.late > max(times, 1) * TERM + more]
    assert not late, f"{len(late)} of {len(waits)} times a source waited for too long: {_when(cluster, late)}"


def _lapsed(cluster: Cluster, wait: books.Waited, lapses: Mapping[str, Sequence[float]]) -> int:
    """How many workers died or stood still, one after another, that had this source's host while it waited."""
    return sum(wait.due < at < wait.until for at in lapses.get(cluster.course.outlets.host(wait.source), ()))


def _when(cluster: Cluster, late: Sequence[books.Waited]) -> str:
    """Of the longest waits when they began, and what happened meanwhile; in seconds since the beginning."""
    tally = cluster.tally
    longest = [f"{one.late:.1f} s from {one.due - tally.began:.0f}" for one in late[-3:]]
    spans = {"without a database": tally.away, "a worker stood still": tally.stopped}
    told = [f"{what} {a - tally.began:.0f} to {b - tally.began:.0f}" for what, some in spans.items() for a, b in some]
    return "; ".join((*longest, *told))


def _fences(cluster: Cluster) -> Iterator[tuple[str, object]]:
    audit = cluster.audit
    checks = {
        "leases_of_a_host_at_once": audit.leased_twice(),
        "deliveries_taken_under_a_lost_fence": audit.brought_under_a_lost_fence(),
        "deliveries_judged_by_others": audit.judged_by_others(),
        "deliveries_judged_twice": audit.judged_twice(),
    }
    yield "deliveries", audit.brought()
    refused = sum(told.count(FENCED) for told in cluster.crew.logs())
    yield "deliveries_fenced_off", refused
    for what, number in checks.items():
        assert number == 0, f"{what}: {number}"
        yield what, number


def _entries(cluster: Cluster) -> Iterator[tuple[str, object]]:
    plan, requests = cluster.course.outlets, cluster.outlets.requests()
    stored = cluster.stored()
    twice = [guid for guid, times in Counter(stored).items() if times > 1]
    assert not twice, f"{len(twice)} entries are stored twice, as {twice[:3]}"
    expected = cluster.expected()
    lost = sorted(set(expected) - set(stored))
    assert not lost, f"{len(lost)} of {len(expected)} entries were lost, as {lost[:3]}"
    assert stored == expected, f"stored and never published: {sorted(set(stored) - set(expected))[:3]}"
    given = sum(map(len, books.given(requests, plan.window).values()))
    assert given == len(expected), f"{given} were in documents, of {len(expected)}"
    yield "entries", len(stored)
    yield "entries_lost", len(lost)
    yield "entries_stored_twice", len(twice)


def _servers(cluster: Cluster) -> Iterator[tuple[str, object]]:
    tally = cluster.tally
    failures = [one for seen in tally.seen.values() for one in seen.failures]
    assert not failures, f"{len(failures)} requests of readers had no answer, as {failures[:3]}"
    yield "answers_to_readers", sum(seen.whole + seen.unchanged for seen in tally.seen.values())
    yield "new_documents_seen", sum(seen.whole for seen in tally.seen.values())
    yield "longest_answer_s", f"{max(seen.longest for seen in tally.seen.values()):.2f}"
    unlike = [path for path, body in cluster.published().items() if body != tally.bodies[path]]
    assert not unlike, f"served otherwise than made anew from what is stored: {unlike}"
    yield "documents_equal", len(tally.bodies)
    broken = [told for told in cluster.crew.logs() if "Traceback" in told]
    assert not broken, broken[0][-3000:]
    bad = {name: code for name, code in tally.codes.items() if code != 0}
    assert not bad, f"ended with {bad}"
