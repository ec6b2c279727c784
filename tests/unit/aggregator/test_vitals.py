"""`/readyz`: whether the daemon ticks, fetches and remembers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from aggregator.observing.events import Ingested
from aggregator.operating.operations import Operations
from aggregator.operating.vitals import Vitals, shortest
from aggregator.serving.answering import Asked, plain
from feeds.model import Failed, FailureKind, Fetched, Source, SourceState
from feeds.polling import Bounds
from tests.fakes.polled import DAY, HOUR, MINUTE, NOW, SOURCE, STATE

BOUNDS = Bounds(fastest=5 * MINUTE, slowest=DAY)
FETCHED = Ingested(source="daily", outcome=Fetched(url="https://daily.example/rss", body=b""))
FAILED = Ingested(source="daily", outcome=Failed(kind=FailureKind.TIMEOUT, reason="no answer"))


class Ward:
    """A daemon's vitals under a clock that the test moves."""

    def __init__(self, *sources: Source, tmp_path) -> None:
        self.now = 1000.0
        self.sources = sources
        self.vitals = Vitals(tick=timedelta(seconds=5), clock=lambda: self.now)
        self.operations = Operations(store=tmp_path, lost=lambda: 0, vitals=self.vitals)
        self.states: dict[str, SourceState] = {}
        self.bounds, self.stopped = BOUNDS, ""

    def tick(self, *, passes: int = 0) -> None:
        self.operations.beat(passes, self.sources, self)

    def ticks(self, span: timedelta) -> None:
        """Of the five seconds, for so long."""
        end = self.now + span.total_seconds()
        while self.now < end:
            self.now += 5
            self.tick()

    def ready(self, method: str = "GET") -> tuple[int, str]:
        found = self.operations.reply(Asked(method=method, target="/readyz"))
        return int(found.head[9:12]), found.body.decode().strip()


def test_it_is_ready_as_soon_as_it_ticks(tmp_path):
    ward = Ward(SOURCE, tmp_path=tmp_path)
    assert ward.ready() == (503, "it has not begun to fetch yet")
    ward.tick()
    assert ward.ready() == (200, "ready")
    assert ward.ready("HEAD") == (200, "")


def test_a_stalled_scheduler_turns_it_red_in_less_than_two_ticks_and_a_tick_makes_it_well(tmp_path):
    ward = Ward(SOURCE, tmp_path=tmp_path)
    ward.tick()
    ward.now += 8.9
    assert ward.ready() == (200, "ready")
    ward.now += 0.2
    assert ward.ready() == (503, "the scheduler stalls: its last tick was 9 s ago, and one is due every 5 s")
    ward.tick()
    assert ward.ready() == (200, "ready")


def test_nothing_fetched_for_three_intervals_turns_it_red_and_a_good_answer_makes_it_well(tmp_path):
    ward = Ward(SOURCE, tmp_path=tmp_path)
    ward.ticks(90 * MINUTE)
    ward.operations.observe(FAILED)
    assert ward.ready() == (200, "ready")
    ward.ticks(MINUTE)
    told = "nothing was fetched for 5460 s, and the source that is asked most often is due every 1800 s"
    assert ward.ready() == (503, told)
    ward.operations.observe(FETCHED)
    assert ward.ready() == (200, "ready")


def test_a_daemon_without_sources_has_nothing_to_fetch(tmp_path):
    ward = Ward(replace(SOURCE, enabled=False), tmp_path=tmp_path)
    ward.ticks(20 * HOUR)
    assert ward.ready() == (200, "ready")


def test_a_store_that_refuses_turns_it_red(tmp_path):
    ward = Ward(SOURCE, tmp_path=tmp_path)
    ward.stopped = "/srv/secret/store: no space left on device"
    ward.tick()
    assert ward.ready() == (503, "nothing can be stored, so nothing is fetched: the log says why")


def test_the_interval_is_that_of_the_source_that_is_asked_most_often():
    daily = replace(SOURCE, id="weekly", every=7 * DAY)
    assert shortest([SOURCE, daily], {}, BOUNDS) == 30 * MINUTE
    assert shortest([daily], {}, BOUNDS) == 7 * DAY
    assert shortest([], {}, BOUNDS) is None
    parked = replace(STATE, gone=True)
    assert shortest([SOURCE, daily], {"daily": parked}, BOUNDS) == 7 * DAY


def test_a_source_that_is_asked_rarely_because_its_publisher_says_so_is_not_missed_earlier():
    slow = replace(STATE, last_ok=NOW, next_fetch=NOW + 6 * HOUR)
    assert shortest([SOURCE], {"daily": slow}, BOUNDS) == 6 * HOUR
    failing = replace(slow, failures=4, next_fetch=NOW + 20 * HOUR)
    assert shortest([SOURCE], {"daily": failing}, BOUNDS) == 30 * MINUTE


def test_other_paths_and_methods_are_for_others(tmp_path):
    operations = Operations(store=tmp_path, lost=lambda: 0)
    answer = operations.over(lambda asked: plain(404, asked.target))
    assert answer(Asked(method="GET", target="/feeds/readyz")).body == b"/feeds/readyz\n"
    assert answer(Asked(method="POST", target="/readyz")).head.startswith(b"HTTP/1.1 404")
    assert answer(Asked(method="GET", target="/readyz?verbose")).head.startswith(b"HTTP/1.1 503")
