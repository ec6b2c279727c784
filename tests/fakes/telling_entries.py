"""Entries with their terms sketched, as reading them would leave them, and stories that several outlets tell."""

from datetime import UTC, datetime, timedelta

from feeds.dedupe.sketch import write_parts
from feeds.dedupe.terms import LABEL, Terms
from feeds.model import Entry

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
_TERMS = Terms()


def telling(name, title, text="", *, at=NOON, published=None, language="en", source=None, **facts):
    """An entry with the id `name`, of a source of its own unless it is given one."""
    values = {
        "id": name,
        "source": source or f"source of {name}",
        "guid": name,
        "url": "",
        "canonical_url": "",
        "title": title,
        "summary": text,
        "language": language,
        "published": published or at,
        "updated": published or at,
        "first_seen": at,
        "revised": at,
        "sketch": write_parts({LABEL: _TERMS.of(title, text, language)}),
    }
    return Entry(**(values | facts))


SPEECH = (
    (
        "speech 1",
        "Alliance members may send soldiers to Ruritania, says former chief Halvorsen",
        (
            "Poland and the Baltic states could put troops on the ground if the summit in Vilnius offers Ruritania no"
            " security guarantees, Nils Halvorsen told the Harbour Post."
        ),
    ),
    (
        "speech 2",
        "Some Alliance members may agree to send troops to Ruritania – former Secretary General",
        (
            "Nils Halvorsen, former Secretary General, believes that individual Alliance members may send their troops"
            " to Ruritania as part of security guarantees. Source: Harbour Post."
        ),
    ),
    (
        "speech 3",
        "Alliance states can send troops to Ruritania individually, ex-chief Halvorsen says",
        (
            "If no security guarantees come from the Vilnius summit, Poland might lead a coalition with the Baltic"
            " states and send troops to Ruritania, Halvorsen said."
        ),
    ),
)
POLLS = (
    (
        "poll 1",
        "Most voters expect higher rents, Halvorsen Reports poll finds",
        "A survey by Halvorsen Reports has 58 percent of likely voters expecting to pay more for flats this year.",
    ),
    (
        "poll 2",
        "Less than half of parents trust school meals, says survey",
        "Only 41 percent of parents told Halvorsen Reports that canteens serve their children well.",
    ),
)
FERRY = (
    (
        "ferry 1",
        "Ferry runs aground off Lindholm with 312 on board",
        "The ferry Sturmvogel struck a sandbank off Lindholm in thick fog; the coastguard took 312 passengers ashore.",
    ),
    (
        "ferry 2",
        "Passengers rescued from stranded ferry near Lindholm",
        "Coastguard boats took all passengers off the ferry Sturmvogel, which ran aground in fog near Lindholm.",
    ),
)


def entries_of(*groups, step=HOUR, at=NOON):
    """The tellings of `groups`, one after the other, `step` apart."""
    listed = [one for group in groups for one in group]
    return [telling(*one, at=at + n * step) for n, one in enumerate(listed)]
