"""Where entries stand, from documents that come in to the feeds that readers get."""

from __future__ import annotations

import pytest

from feeds.errors import StoreFailed
from storage.memory import MemoryStore
from storage.port import Change
from storage.postgres_store import open_postgres
from storage.tinydb_store import open_store
from tests.fakes.wire import FERRY, HOUR, TREATY, Told, Wire, five, links, near_copies, print_all, source_of


class Refusing(MemoryStore):
    """Refuses the next commit, if it is told to."""

    refuses = False

    def commit(self, change: Change) -> None:
        if self.refuses:
            self.refuses = False
            raise StoreFailed("no room")
        super().commit(change)


HEADLINE = "River treaty signed in Lindholm"


@pytest.fixture(params=["memory", "tinydb", pytest.param("postgres", marks=pytest.mark.heavy)])
def store(request, tmp_path):
    if request.param == "postgres":
        opened = open_postgres(request.getfixturevalue("postgres_url"), writable=True)
    else:
        opened = MemoryStore() if request.param == "memory" else open_store(tmp_path / "store", writable=True)
    with opened:
        yield opened


def the_five(wire: Wire, *, publish: bool = True) -> None:
    print_all(wire, HEADLINE, near_copies(TREATY), wire.sources, publish=publish)


def test_five_copies_are_one_entry_that_links_all_five_outlets(store):
    wire = Wire(sources=five(), store=store)
    the_five(wire)
    (item,) = wire.items()
    links = {f"https://{source.id}.example/1" for source in wire.sources}
    assert {item["url"], *(one["url"] for one in item["_topicwire"]["also"])} == links
    for document in (wire.document("atom"), wire.document("rss"), wire.document("json"), wire.page()):
        assert [link for link in links if link not in document] == []
        assert [source.name for source in wire.sources if source.name not in document] == []


@pytest.mark.parametrize("leaving", range(5))
def test_when_one_of_five_sources_leaves_the_other_four_remain(store, leaving):
    wire = Wire(sources=five(), store=store)
    the_five(wire)
    (before,) = wire.items()
    gone = wire.ids()[wire.sources[leaving].id]
    wire.sources = [source for source in wire.sources if source.id != wire.sources[leaving].id]
    wire.restart()
    wire.publisher.publish()
    (item,) = wire.items()
    assert (item["id"], links(item)) == (before["id"], links(before))
    left = store.entry(gone)
    assert left is not None
    store.commit(Change(buried=(left,)))
    wire.publisher.take([gone])
    wire.publisher.publish()
    wire.restart()
    wire.publisher.publish()
    (item,) = wire.items()
    assert item["id"] == before["id"]
    assert links(item) == {f"https://{source.id}.example/1" for source in wire.sources}


@pytest.mark.parametrize("restarted_after", range(1, 5))
def test_a_restart_in_the_middle_changes_no_placement(store, restarted_after):
    straight, wire = Wire(sources=five()), Wire(sources=five(), store=store)
    the_five(straight)
    for number, (source, text) in enumerate(zip(wire.sources, near_copies(TREATY), strict=True)):
        if number == restarted_after:
            wire.restart()
        wire.take(source, Told(title=HEADLINE, text=text, at=wire.now))
        wire.now += HOUR
    assert wire.everything() == straight.everything()


def test_a_better_copy_that_comes_late_is_an_update_of_what_was_published(store):
    weak, strong = source_of("harbour"), source_of("orla", rank=5)
    wire = Wire(sources=[weak, strong], store=store)
    wire.take(weak, Told(title=HEADLINE, text=TREATY, at=wire.now))
    (before,) = wire.items()
    wire.now += 2 * HOUR
    wire.take(strong, Told(title=HEADLINE, text=near_copies(TREATY)[4], at=wire.now))
    (after,) = wire.items()
    assert after["id"] == before["id"]
    assert after["url"] == "https://orla.example/1"
    assert [one["url"] for one in after["_topicwire"]["also"]] == ["https://harbour.example/1"]
    assert after["date_modified"] > before["date_modified"]
    wire.restart()
    wire.publisher.publish()
    assert wire.items() == [after]
    wire.rebuild()
    assert wire.items() == [after]


def test_before_publication_the_better_copy_gives_the_id(store):
    weak, strong = source_of("harbour"), source_of("orla", rank=5)
    wire = Wire(sources=[weak, strong], store=store)
    wire.take(weak, Told(title=HEADLINE, text=TREATY, at=wire.now), publish=False)
    wire.take(strong, Told(title=HEADLINE, text=near_copies(TREATY)[4], at=wire.now))
    placed, ids = wire.placements(), wire.ids()
    assert (placed["harbour"].copy_of, placed["orla"].copy_of) == (ids["orla"], None)


@pytest.mark.parametrize("refused", range(6))
def test_a_commit_that_fails_leaves_the_judge_as_it_was(refused):
    sources, texts = [*five(), source_of("north")], [*near_copies(TREATY), FERRY]
    straight, wire = Wire(sources=sources), Wire(sources=sources, store=Refusing())
    print_all(straight, HEADLINE, texts, sources)
    for number, (source, text) in enumerate(zip(sources, texts, strict=True)):
        told = Told(title=HEADLINE, text=text, at=wire.now)
        if number == refused:
            wire.store.refuses = True
            with pytest.raises(StoreFailed):
                wire.take(source, told)
        wire.take(source, told)
        wire.now += HOUR
    assert wire.everything() == straight.everything()
