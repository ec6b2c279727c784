"""The books of a cluster notice a request too many, a wait too long, and an entry that was never given."""

from __future__ import annotations

import http.client
import time

from tests.fakes.cluster import books
from tests.fakes.cluster.audit import Due
from tests.fakes.cluster.log import ABORTED, FULL, UNCHANGED, Asked
from tests.fakes.cluster.online import online
from tests.fakes.cluster.outlets import Plan, Press

EACH = 2
"""Sources of a host: 0 and 1 are at one, 2 and 3 at the next."""


def asked(source: int, began: float, ended: float, *, entries: int = 5, kind: int = UNCHANGED) -> Asked:
    return Asked(source, entries, kind, began, ended)


def test_two_requests_to_one_host_meet_only_where_one_begins_before_the_other_ended():
    apart = [asked(0, 1, 2), asked(1, 2, 3), asked(2, 1, 3)]
    assert books.meetings(apart, EACH) == []
    assert books.meetings([*apart, asked(3, 2.5, 4)], EACH) == [(apart[2], asked(3, 2.5, 4))]


def test_a_short_request_inside_of_a_long_one_does_not_hide_the_next():
    long, short, later = asked(0, 1, 10), asked(1, 2, 3), asked(0, 5, 6)
    assert books.meetings([short, later, long], EACH) == [(long, short), (long, later)]


def test_the_pause_of_a_host_counts_from_the_end_of_a_request_to_any_of_its_sources():
    assert books.closest([asked(0, 1, 2), asked(1, 4.5, 5), asked(2, 5, 6), asked(0, 9, 9.5)], EACH) == 2.5


def test_a_source_waits_from_when_it_was_due_until_its_delivery_was_taken():
    dues = [Due(7, 100.0, 50.0), Due(7, None, 103.5), Due(7, 113.0, 104.0), Due(7, None, 113.5)]
    assert [one.late for one in books.waits(dues, [])] == [3.5, 0.5]


def test_one_that_was_put_off_waits_on_and_one_that_was_due_before_it_was_known_does_not():
    dues = [Due(7, 10.0, 100.0), Due(7, 160.0, 102.0), Due(7, None, 161.0)]
    assert [one.late for one in books.waits(dues, [])] == [61.0]


def test_the_time_without_a_database_is_nobodys_fault():
    dues = [Due(7, 100.0, 50.0), Due(7, None, 130.0)]
    assert [one.late for one in books.waits(dues, [(90.0, 110.0), (120.0, 125.0)])] == [15.0]
    requests = [asked(7, 100, 101), asked(7, 130, 131), asked(8, 0, 1)]
    assert books.longest_silence(requests, [(110.0, 115.0)]) == 25.0


def test_given_is_what_was_in_a_document_that_came_to_its_end():
    requests = [
        asked(0, 1, 2, entries=3, kind=FULL),
        asked(0, 3, 4, entries=3),
        asked(0, 5, 6, entries=9, kind=ABORTED),
        asked(1, 1, 2, entries=5, kind=FULL),
    ]
    assert books.given(requests, 4) == {0: {0, 1, 2}, 1: {1, 2, 3, 4}}
    assert books.answered(requests) == 3


def test_a_document_holds_the_newest_entries_and_is_always_the_same():
    press = Press(Plan(hosts=1, window=3), began=0.0)
    document = press.document(1, 5).decode()
    assert [f"/{n}</link>" in document for n in range(6)] == [False, False, True, True, True, False]
    assert Press(Plan(hosts=1, window=3), began=0.0).document(1, 5).decode() == document


def answer(host: str, port: int, path: str, **headers: str) -> tuple[int, str, bytes]:
    connection = http.client.HTTPConnection(host, port, timeout=60)
    try:
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        got = connection.getresponse()
        return got.status, got.getheader("etag") or "", got.read()
    finally:
        connection.close()


def test_hosts_answer_on_condition_and_write_down_from_when_to_when(tmp_path):
    plan = Plan(hosts=3, period=0.5)
    with online(plan, tmp_path) as outlets:
        began = time.time()
        status, tag, body = answer(plan.host(5), outlets.port, "/5.xml")
        outlets.freeze()
        frozen = answer(plan.host(5), outlets.port, "/5.xml")
        assert (status, b"outlet-5.example/4" in body) == (200, True)
        assert answer(plan.host(5), outlets.port, "/5.xml", If_None_Match=frozen[1]) == (304, frozen[1], b"")
        time.sleep(0.6)  # a source would have published by then
        assert answer(plan.host(5), outlets.port, "/5.xml", If_None_Match=frozen[1])[0] == 304
        assert outlets.ended == 4
    written = outlets.requests()
    assert [(one.source, one.kind) for one in written] == [(5, FULL), (5, FULL), (5, UNCHANGED), (5, UNCHANGED)]
    assert f'"5-{written[0].entries}"' == tag
    assert all(began <= one.began < one.ended <= time.time() for one in written)
    assert books.meetings(written, plan.each) == []
