"""`/metrics`, read by the parser of Prometheus's own client."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from aggregator.observing.events import Ingested, KeptBack, Published
from aggregator.operating.exposition import Family, Sample, exposition
from aggregator.operating.operations import Operations
from aggregator.serving.answering import Asked, plain
from feeds.model import Failed, FailureKind, Fetched, Skipped, Source, SourceState, Unchanged
from feeds.polling import Bounds

FETCHED = Fetched(url="https://tides.example/", body=b"")
LATE = Failed(kind=FailureKind.TIMEOUT, reason="no answer")
KINDS = {"counter", "gauge", "summary"}


class Titles:
    """A publisher that does nothing."""

    def load(self) -> None: ...

    def take(self, entry_ids) -> None: ...

    def publish(self) -> None: ...


def read(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """By name and labels."""
    families = list(text_string_to_metric_families(text))
    return {(one.name, tuple(sorted(one.labels.items()))): one.value for family in families for one in family.samples}


def an_hour_of_work(tmp_path) -> Operations:
    (tmp_path / "journal").write_bytes(b"x" * 900)
    (tmp_path / "lock").write_bytes(b"x" * 100)
    operations = Operations(store=tmp_path, lost=lambda: 3)
    skipped = (Skipped(position=0, reason="it is empty"),)
    for event in (
        Ingested(source="tides", outcome=FETCHED, new=5, revised=1, copies=2, held=1, same=7, skipped=skipped),
        Ingested(source="tides", outcome=Unchanged()),
        Ingested(source='od"d', outcome=LATE),
        Published(topic="private-one", entries=3),
        KeptBack(topic="private-one", reason="not XML"),
    ):
        operations.observe(event)
    operations.timed(Titles()).publish()
    for status in (200, 200, 304, 404):
        operations.over(lambda _, status=status: plain(status, ""))(Asked(method="GET", target="/"))
    return operations


def scraped(operations: Operations) -> str:
    return operations.reply(Asked(method="GET", target="/metrics")).body.decode()


def test_what_happened_is_counted_under_sensible_names(tmp_path):
    found = read(scraped(an_hour_of_work(tmp_path)))
    tides = ("source", "tides")
    assert {name: value for name, value in found.items() if name[0].startswith("topicwire_fetches")} == {
        ("topicwire_fetches_total", (("outcome", "fetched"), tides)): 1,
        ("topicwire_fetches_total", (("outcome", "unchanged"), tides)): 1,
        ("topicwire_fetches_total", (("outcome", "timeout"), ("source", 'od"d'))): 1,
    }
    verdicts = {
        labels[1][1]: value
        for (name, labels), value in found.items()
        if name == "topicwire_entries_total" and tides in labels
    }
    assert verdicts == {"new": 5, "revised": 1, "copy": 2, "held": 1, "same": 7, "failed": 1}
    plainly = {name: value for (name, labels), value in found.items() if not labels}
    assert plainly["topicwire_publishes_total"] == 1
    assert plainly["topicwire_publish_failures_total"] == 1
    assert plainly["topicwire_render_seconds_count"] == 1
    assert plainly["topicwire_store_size_bytes"] == 1000
    assert plainly["topicwire_journal_size_bytes"] == 900
    assert plainly["topicwire_reading_children_restarts_total"] == 3
    assert plainly["topicwire_ready"] == plainly["topicwire_queue_length"] == plainly["topicwire_loop_lag_seconds"] == 0
    classes = {labels[0][1]: value for (name, labels), value in found.items() if name == "topicwire_http_answers_total"}
    assert classes == {"2xx": 2, "3xx": 1, "4xx": 1, "5xx": 0}


def test_every_family_is_explained_typed_and_named_by_the_rules(tmp_path):
    families = list(text_string_to_metric_families(scraped(an_hour_of_work(tmp_path))))
    assert len(families) == 14
    for family in families:
        assert re.fullmatch("topicwire_[a-z_]+", family.name)
        assert family.documentation.endswith(".")
        assert family.type in KINDS
        assert {one.name.endswith("_total") for one in family.samples} <= {family.type == "counter"}


def test_no_topic_is_named_since_some_are_private(tmp_path):
    assert "private-one" not in scraped(an_hour_of_work(tmp_path))


def test_a_daemon_that_has_just_started_has_figures_too(tmp_path):
    found = read(scraped(Operations(store=tmp_path / "none", lost=lambda: 0)))
    assert found["topicwire_store_size_bytes", ()] == 0
    assert found["topicwire_ready", ()] == 0


def test_answers_to_head_have_no_body(tmp_path):
    operations = Operations(store=tmp_path, lost=lambda: 0)
    whole = operations.reply(Asked(method="GET", target="/metrics"))
    head = operations.reply(Asked(method="HEAD", target="/metrics"))
    assert (head.body, head.head) == (b"", whole.head)
    assert b"content-type: text/plain; version=0.0.4" in head.head


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(texts, texts, st.floats(allow_nan=False, allow_infinity=False) | st.integers(0, 2**53))
def test_any_label_and_help_comes_back_as_it_went_in(label, meaning, value):
    """But for what ends a line, which no id has."""
    label, meaning = " ".join(label.split()), " ".join(meaning.split())
    family = Family(
        name="topicwire_tides", kind="gauge", help=meaning, samples=(Sample(value=value, labels={"source": label}),)
    )
    [read_back] = text_string_to_metric_families(exposition([family]))
    assert [(one.labels, one.value) for one in read_back.samples] == [({"source": label}, float(value))]


class Followed:
    """As much of an ingest as a beat looks at."""

    bounds = Bounds(fastest=timedelta(minutes=5), slowest=timedelta(days=1))
    stopped = ""

    def __init__(self, *states: SourceState) -> None:
        self.states = {state.source: state for state in states}


def successes(found) -> dict[str, float]:
    name = "topicwire_source_last_success_timestamp_seconds"
    return {labels[0][1]: value for (family, labels), value in found.items() if family == name}


def test_a_source_that_died_before_the_start_is_as_old_as_it_is(tmp_path):
    operations, died = an_hour_of_work(tmp_path), datetime(2026, 3, 1, 12, tzinfo=UTC)
    sources = [Source(id=name, url=f"https://{name}.example/") for name in ("tides", "ferries", "cranes", "new")]
    states = (
        SourceState(source="tides", url="https://tides.example/", last_ok=died),
        SourceState(source="ferries", url="https://ferries.example/"),
        SourceState(source="cranes", url="https://elsewhere.example/", last_ok=died),
    )
    operations.beat(0, sources, Followed(*states))
    assert successes(read(scraped(operations))) == {"tides": died.timestamp()}


def test_a_source_that_left_the_config_alarms_nobody(tmp_path):
    operations = an_hour_of_work(tmp_path)
    operations.beat(0, [Source(id="ferries", url="https://ferries.example/")], Followed())
    found = read(scraped(operations))
    assert [name for name, labels in found if dict(labels).get("source")] == []
