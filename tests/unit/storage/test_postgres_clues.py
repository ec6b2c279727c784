"""What shares a clue: asked once for entries and for what is left of others, and never by reading a whole table."""

from __future__ import annotations

from contextlib import closing

from feeds.model import Placement
from storage.port import Change, Keys
from storage.postgres.clues import Clues
from storage.postgres.rows import bytes_of, marks_of
from storage.postgres.session import Session
from storage.postgres_store import open_postgres
from tests.fakes.stored_values import entry_of

KEYS = Keys(ids=frozenset({"e1", "e2"}))
HERE, GONE = entry_of("e1"), entry_of("e2")
LOOKED_UP = """
    SELECT (SELECT count(*) FROM sharing(ARRAY['e1'], ARRAY[%b::bytea], ARRAY[%b::bytea], ARRAY[%b], ARRAY[%b])),
        (SELECT count(*) FROM placed(ARRAY['e1'])),
        (SELECT sum(seq_tup_read) FROM pg_stat_xact_user_tables WHERE relname ~ '^(entry|body|placement)')"""
"""How many are found, and how many rows were read of tables that were read as a whole."""


def asked(keys: list) -> Clues:
    """Over one entry that is there and one that left; `keys` get a line for every question."""

    def ask(_: str, ids: list, *marks: list) -> list:
        keys.append(ids)
        return [(None, bytes_of(HERE)), (bytes_of(GONE), None)]

    return Clues(ask)


def test_what_left_is_not_asked_for_again_by_whoever_asks_for_both():
    questions = []
    clues = asked(questions)
    assert (clues.known(KEYS, alone=True), clues.buried(KEYS)) == ((HERE,), (GONE,))
    assert questions == [["e1", "e2"]]


def test_it_is_asked_for_again_after_a_commit_and_where_others_write():
    for alone in (True, False):
        questions = []
        clues = asked(questions)
        clues.known(KEYS, alone=alone)
        if alone:
            clues.forget()
        assert clues.buried(KEYS) == (GONE,)
        assert len(questions) == 2


def test_an_answer_is_for_the_keys_that_were_asked_for_and_for_once():
    questions = []
    clues = asked(questions)
    clues.known(KEYS, alone=True)
    clues.buried(Keys(ids=frozenset({"e3"})))
    clues.buried(KEYS)
    assert questions == [["e1", "e2"], ["e3"], ["e1", "e2"]]


def test_an_entry_that_left_in_between_is_known_to_have_left(postgres_url):
    with open_postgres(postgres_url, writable=True) as store:
        store.commit(Change(entries=(HERE, GONE)))
        assert store.known(KEYS) == (HERE, GONE)
        store.commit(Change(buried=(GONE,)))
        assert store.buried(KEYS) == (GONE,)
        assert store.known(KEYS) == (HERE,)


def test_a_plan_that_was_made_for_a_few_entries_reads_no_whole_table_when_there_are_many(postgres_url):
    # All of them share a moment.
    many = tuple(entry_of(f"e{number}") for number in range(3_000))
    placements = tuple(Placement(entry=entry.id) for entry in many)
    with open_postgres(postgres_url, writable=True) as store, closing(Session(postgres_url)) as session:
        store.commit(Change(entries=many[:20], placements=placements[:20]))
        session.ask("ANALYZE entry, placement, body")
        for _ in range(20):  # so often that the plan is kept
            assert session.ask(LOOKED_UP, *marks_of(HERE)) == [(20, 1, 0)]
        store.commit(Change(entries=many, placements=placements))
        assert session.ask(LOOKED_UP, *marks_of(HERE)) == [(3_000, 1, 0)]
