"""Values for stores, drawn by hypothesis."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta

from hypothesis import strategies as st

from feeds.model import (
    Allowance,
    Archive,
    Boilerplate,
    Credit,
    CreditRole,
    Day,
    Decision,
    DecisionKind,
    Enclosure,
    Entry,
    Hint,
    Intake,
    Join,
    Move,
    Notice,
    Placement,
    PublishedFrom,
    Reading,
    Relation,
    Revision,
    RevisionKind,
    Site,
    SourceState,
    Span,
    Subscription,
    TopicSeen,
    Validators,
)
from storage.port import Change
from tests.fakes.stored_values import NOON

# Few of each, so that changes meet what is already there.
ids = st.sampled_from([f"entry-{n}" for n in range(8)])
_SOURCES = ("harbour-post", "river-times", "gazette")
sources = st.sampled_from(_SOURCES)
guids = st.sampled_from(["", "guid-1", "guid-2", "https://harbour.example/?p=3", "гуід"])
addresses = st.sampled_from(["", "harbour.example/a", "harbour.example/b", "river.example/a"])
moments = st.sampled_from([NOON + timedelta(minutes=n) for n in range(4)])
texts = st.text(max_size=20) | st.sampled_from(["\x00", "\u2028", "\ud800", "</script>", "Київ 🛟", "\xf5TW\x1e"])
any_moments = st.datetimes(timezones=st.just(UTC))
text_tuples = st.lists(texts, max_size=3).map(tuple)

credits_given = st.builds(
    Credit,
    outlet=texts,
    role=st.sampled_from(CreditRole),
    text=texts,
    span=st.builds(Span, field=texts, start=st.integers(0, 99), end=st.integers(0, 99)),
)
enclosures = st.builds(Enclosure, url=texts, media_type=texts, length=st.integers(0, 2**40))
entries = st.builds(
    Entry,
    id=ids,
    source=st.just(""),
    guid=guids,
    url=texts,
    canonical_url=addresses,
    title=texts,
    summary=texts,
    content=texts,
    authors=text_tuples,
    categories=text_tuples,
    enclosures=st.lists(enclosures, max_size=2).map(tuple),
    language=st.sampled_from(["", "en", "uk"]),
    published=any_moments,
    published_from=st.sampled_from(PublishedFrom),
    published_text=texts,
    updated=any_moments,
    first_seen=moments,
    revised=moments,
    revision=st.integers(0, 5),
    fingerprint=texts,
    credits=st.lists(credits_given, max_size=2).map(tuple),
    sketch=texts,
).map(lambda entry: replace(entry, source=_SOURCES[int(entry.id[-1]) % len(_SOURCES)]))  # an id is of one source
stories = st.sampled_from(["", "story-1", "story-2", "подія"])
joins = st.builds(
    Join, relation=st.sampled_from(Relation), other=ids, score=st.floats(0, 1), evidence=texts, rule=texts
)
placements = st.builds(
    Placement,
    entry=ids,
    copy_of=st.none() | ids,
    story=stories,
    edition_of=st.none() | ids,
    held=texts,
    joins=st.lists(joins, max_size=2).map(tuple),
    published=st.none() | any_moments,
)
decisions = st.builds(Decision, kind=st.sampled_from(DecisionKind), entry=ids, other=st.just("") | ids, made=moments)
boilerplate = st.builds(Boilerplate, host=st.sampled_from(["harbour.example", "river.example"]), line=texts)
revisions = st.builds(
    Revision,
    entry=ids,
    number=st.integers(0, 3),
    replaced=any_moments,
    changes=text_tuples,
    kind=st.sampled_from(RevisionKind),
    title=texts,
    summary=texts,
    content=texts,
    url=texts,
)
validators = st.builds(Validators, etag=st.none() | texts, last_modified=st.none() | texts)
maybe_moments = st.none() | any_moments
spans = st.timedeltas()
maybe_spans = st.none() | spans
numbers = st.lists(st.integers(0, 23), max_size=3).map(tuple)
counts = st.integers(0, 10**6)
days = st.builds(Day, day=st.integers(1, 3_652_059), asked=counts, unchanged=counts, failed=counts, new=counts)
states = st.builds(
    SourceState,
    source=sources,
    url=texts,
    validators=validators,
    body_hash=texts,
    title=texts,
    home=texts,
    last_fetch=maybe_moments,
    last_ok=maybe_moments,
    last_new=maybe_moments,
    next_fetch=maybe_moments,
    failures=st.integers(0, 9),
    last_error=texts,
    last_status=st.none() | st.integers(100, 599),
    gone=st.booleans(),
    hint=st.builds(Hint, every=maybe_spans, skip_hours=numbers, skip_days=numbers),
    width=st.integers(0, 1000),
    first_ok=maybe_moments,
    rhythm=maybe_spans,
    last_gap=maybe_moments,
    failing_since=maybe_moments,
    throttles=st.integers(0, 9),
    asked_for=spans,
    throttled_by=texts,
    missing_since=maybe_moments,
    move=st.none() | st.builds(Move, to=texts, since=any_moments, answers=st.integers(1, 9)),
    moved_to=texts,
    days=st.lists(days, max_size=3).map(tuple),
    steady=st.integers(0, 3),
    alone=st.booleans(),
    told=st.lists(texts, max_size=3).map(tuple),
)
notices = st.builds(
    Notice,
    at=moments,
    about=sources,
    condition=st.sampled_from(["ok", "failing", "gap"]),
    ended=st.booleans(),
    reason=texts,
)
intakes = st.builds(Intake, source=sources, taken=counts, pruned=counts, failed=counts, failing=counts)
sites = st.builds(Site, id=st.uuids(), since=any_moments)
readings = st.builds(Reading, clock=any_moments, boot=texts, uptime=spans)
archives = st.builds(
    Archive, topic=ids, number=st.integers(0, 3), edition=texts, entries=st.lists(ids, max_size=3).map(tuple)
)
allowances = st.builds(Allowance, left=st.integers(0, 10**6), passed=spans, read=readings)

subscriptions = st.builds(Subscription, topic=ids, callback=ids, until=maybe_moments, secret=texts, told=texts)


def several(values: st.SearchStrategy) -> st.SearchStrategy:
    return st.lists(values, max_size=4).map(tuple)


changes = st.builds(
    Change,
    entries=several(entries),
    revisions=several(revisions),
    placements=several(placements),
    decisions=several(decisions),
    boilerplate=several(boilerplate),
    states=several(states),
    site=st.none() | sites,
    allowance=st.none() | allowances,
    topics=several(st.builds(TopicSeen, id=ids)),
    archives=several(archives),
    subscriptions=several(subscriptions),
    buried=several(entries),
    outdated=several(st.tuples(ids, st.integers(0, 3))),
    forgotten=several(ids),
    undone=several(decisions),
    unlearnt=several(boilerplate),
    cleared=several(st.tuples(ids, st.integers(0, 3))),
    unsubscribed=several(subscriptions),
    notices=several(notices),
    intakes=several(intakes),
    dropped=several(notices),
)
