"""What is kept apart: held entries, learnt boilerplate, editions in other languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from feeds.model import Placement, Relation
from feeds.query.syntax import parse_query
from storage.port import Change
from tests.fakes.wire import FERRY, HOUR, TREATY, Told, Wire, five, links, near_copies, print_all, source_of

HEADLINE = "River treaty signed in Lindholm"
APPEAL = "Readers keep our lighthouse burning with a monthly gift"
NOUNS = ("ferry", "bridge", "mayor", "school", "storm", "market", "harbour", "council", "tram", "museum")


def test_a_held_entry_surfaces_neither_itself_nor_through_copies():
    wire = Wire(sources=five())
    harbour, orla = wire.sources[:2]
    wire.take(harbour, Told(title=HEADLINE, text=TREATY, at=wire.now), publish=False)
    held = wire.ids()["harbour"]
    wire.store.commit(Change(placements=(Placement(entry=held, held="a redesign dug it up"),)))
    wire.restart()
    wire.now += HOUR
    wire.take(orla, Told(title=HEADLINE, text=near_copies(TREATY)[1], at=wire.now))
    for step in (wire.restart, wire.rebuild, wire.restart):
        wire.publisher.publish()
        (item,) = wire.items()
        assert links(item) == {"https://orla.example/1"}
        assert wire.placements()["harbour"] == Placement(entry=held, held="a redesign dug it up")
        step()


def test_a_line_that_is_learnt_late_leaves_what_was_published_before_too():
    harbour = source_of("harbour")
    gift = replace(Wire(sources=[harbour]).topic, id="gifts", match={"any": (parse_query("monthly gift"),)})
    wire, giving = Wire(sources=[harbour]), Wire(sources=[harbour], topic=gift)
    for number, noun in enumerate(NOUNS):
        text = f"What became of the {noun} is told at length by its keeper.\n\n<p>{APPEAL}.</p>"
        told = Told(title=f"The {noun} opens again", text=f"<p>{text}", at=wire.now, guid=noun)
        for one in (wire, giving):
            one.take(harbour, told)
            one.now += HOUR
        if number == 0:
            assert APPEAL in wire.document("json")
            assert len(giving.items()) == 1
    assert len(wire.items()) == len(NOUNS)
    for suffix in ("json", "atom", "rss"):
        assert APPEAL not in wire.document(suffix)
    assert APPEAL not in wire.page()
    assert giving.items() == []
    wire.restart()
    wire.publisher.publish()
    assert APPEAL not in wire.document("json")


def test_editions_are_linked_and_share_a_story_that_is_shown_once_in_each_language():
    harbour, english = source_of("harbour"), replace(source_of("harbour"), id="harbour-eng")
    topic = replace(Wire(sources=[harbour]).topic, collapse="stories")
    wire = Wire(sources=[harbour, english, source_of("orla")], topic=topic)
    title = "Договір про річку підписано в Ліндгольмі"
    told = Told(title=title, text=UKRAINIAN, at=wire.now, path="2026/03/02/7401234")
    wire.take(harbour, told, language="uk")
    wire.now += timedelta(minutes=40)
    wire.take(english, Translated(title=HEADLINE, text=TREATY, at=wire.now, path="eng/2026/03/02/7401234"))
    wire.now += HOUR
    wire.take(wire.sources[2], Told(title=HEADLINE, text=TREATY[:-120], at=wire.now))
    placed, ids = wire.placements(), wire.ids()
    assert placed["harbour-eng"].edition_of == ids["harbour"]
    assert placed["harbour-eng"].copy_of is placed["harbour"].copy_of is None
    assert [join.relation for join in placed["harbour-eng"].joins if join.other == ids["harbour"]] == [Relation.EDITION]
    assert len({placement.story for placement in placed.values()}) == 1
    assert sorted(item["language"] for item in wire.items()) == ["en", "uk"]
    before = wire.everything()
    wire.rebuild()
    assert wire.everything() == before


class Translated(Told):
    """At the host of the outlet, whichever source lists it."""

    def xml(self, source) -> str:
        return super().xml(replace(source, id="harbour"))


UKRAINIAN = (
    "Міністри дев'яти держав підписали в Ліндгольмі договір, який ділить воду Орли на тридцять років. Держави верхньої"
    " течії обіцяють пропускати крізь свої греблі щонайменше дві п'ятих літнього стоку, а суперечки вирішуватиме суд із"
    " п'яти інженерів."
)


def test_two_texts_of_which_one_has_both_are_each_published_once():
    wire = Wire(sources=five())
    wire.take(wire.sources[0], Told(title=HEADLINE, text=TREATY, at=wire.now))
    wire.take(wire.sources[1], Told(title="Ferry runs aground", text=FERRY, at=wire.now))
    wire.now += HOUR
    wire.take(wire.sources[2], Told(title="News of the day", text=f"{TREATY} {FERRY}", at=wire.now))
    placed, ids = wire.placements(), wire.ids()
    assert (placed["harbour"].copy_of, placed["orla"].copy_of) == (None, None)
    assert placed["tarn"].copy_of in {ids["harbour"], ids["orla"]}
    print_all(wire, HEADLINE, near_copies(TREATY)[3:4], wire.sources[3:4])
    assert len(wire.items()) == 2
