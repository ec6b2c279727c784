"""How much an edit means to a reader: silent, an update, or material.

A rule over words, so that it can be told why: numbers, negations and names weigh more than others, spelling nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from feeds.dedupe.rotating import without_rotating
from feeds.dedupe.wording import replaced
from feeds.model import Entry, RevisionKind
from feeds.sanitize import plain_text
from feeds.text.tokens import fold, words

# Measured on the 1,062 edits between consecutive versions of three captured feeds (benchmarks/revisions.py); the
# figures stand in docs/deciding.md.
HEADLINE = 0.34
"""From this share of changed words on, a headline says something else."""
LEAD = 15
"""Words: the first sentence, or most of it."""
NEW_LEAD = 0.5
"""From this share of words on that the old text did not have, the lead is a new one."""
SLIPS, SLIP = 2, 3
"""So many changed words of no more than so many small letters (`at` for `in`) are a slip that was mended."""
SMALL_EDIT = 6
"""Changed words up to which a single negation, number or name tells what the edit is about."""
OPPOSITE = 3
"""Letters that a word must exceed for a prefix to turn it: `in` and `form` make no opposite."""
LABEL = 4
"""Words that a label before a colon may have: `Coronavirus in the UK: …`."""

_WORDED = frozenset({"title", "summary", "content"})
_ORDER = (RevisionKind.SILENT, RevisionKind.UPDATE, RevisionKind.MATERIAL)
_NO = "not no never nor without не ні нет ни без nie bez nigdy"
_NEGATIONS = frozenset(map(fold, _NO.split()))
_OPPOSITES = ("un", "in", "im", "ir", "dis", "non", "не", "без", "nie")
_COUNTING = (
    "two three four five six seven eight nine ten eleven twelve dozen dozens hundred hundreds thousand thousands"
    " million millions billion two-thirds half first second third"
    " два дві три чотири п'ять шість сім вісім дев'ять десять сто тисяча тисячі тисяч мільйон мільйони мільйонів"
    " две четыре пять шесть семь восемь девять тысяча тысячи тысяч миллион миллиона миллионов"
    " monday tuesday wednesday thursday friday saturday sunday january february march april june july august"
    " september october november december"
    " понеділок вівторок середу четвер п'ятницю суботу неділю січня лютого березня квітня травня червня липня"
    " серпня вересня жовтня листопада грудня"
    " понедельник вторник среду четверг пятницу субботу воскресенье января февраля марта апреля мая июня июля"
    " августа сентября октября ноября декабря"
    " poniedziałek wtorek środę czwartek piątek sobotę niedzielę stycznia lutego marca kwietnia maja czerwca lipca"
    " sierpnia września października listopada grudnia"
    " dwa dwie trzy cztery pięć sześć siedem osiem dziewięć dziesięć tysiąc tysiące tysięcy milion miliony milionów"
)
_NUMBER_WORDS = frozenset(map(fold, _COUNTING.split()))
"""Words that a fact hangs on as it does on a number, days and months among them."""
_CUT = ("...", "…")


def kind_of(old: Entry, new: Entry, changes: Collection[str]) -> RevisionKind:
    """The kind of the edit that made `old` into `new`; `changes` are the names of the fields that differ.

    What touches no word of title or text is silent: authors, categories, files, an address, a date.
    """
    if not _WORDED & set(changes):
        return RevisionKind.SILENT
    title = _of_title(old.title, new.title) if "title" in changes else RevisionKind.SILENT
    body = _of_text(*_texts(old, new)) if {"summary", "content"} & set(changes) else RevisionKind.SILENT
    return max(title, body, key=_ORDER.index)


def _texts(old: Entry, new: Entry) -> tuple[str, str]:
    """The two texts to compare: the full ones, unless only the summary differs."""
    if old.content and new.content and old.content == new.content:
        return old.summary, new.summary
    return plain_text(old.content) or old.summary, plain_text(new.content) or new.summary


def _of_title(old: str, new: str) -> RevisionKind:
    """A label before the headline (`Live:`) may come and go without a word."""
    was, now = without_rotating(old), without_rotating(new)
    pairs = [(was, now), (_unlabelled(was), now), (was, _unlabelled(now))]
    return min((_of_headline(one, other) for one, other in pairs), key=_ORDER.index)


def _of_headline(old: str, new: str) -> RevisionKind:
    edit = _edit(old, new)
    if edit.is_slip:
        return RevisionKind.SILENT
    if edit.numbers_changed or edit.negated or edit.changed / max(edit.length, 1) >= HEADLINE:
        return RevisionKind.MATERIAL
    return RevisionKind.UPDATE


def _of_text(old: str, new: str) -> RevisionKind:
    edit = _edit(without_rotating(old), without_rotating(new))
    if edit.is_slip:
        return RevisionKind.SILENT
    small = edit.changed <= SMALL_EDIT
    if edit.numbers_changed or edit.new_lead >= NEW_LEAD or (small and (edit.negated or edit.names_changed)):
        return RevisionKind.MATERIAL
    return RevisionKind.UPDATE


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edit:
    """What differs between two texts, spelling aside."""

    length: int
    """Words of the longer text."""
    changed: int
    """Words that went or came, whichever are more."""
    is_slip: bool
    """Nothing changed, or a few small words that say nothing."""
    numbers_changed: bool
    """A number took the place of another one."""
    names_changed: bool
    """A capitalised word took the place of another one."""
    negated: bool
    """A negation came or went."""
    new_lead: float
    """The share of the first words that the old text did not have."""


def _edit(old: str, new: str) -> _Edit:
    was, now = words(old)[0], words(new)[0]
    folded_was, folded_now = [fold(word) for word in was], [fold(word) for word in now]
    stretches = replaced(folded_was, folded_now)
    if old.rstrip().endswith(_CUT) and new.rstrip().endswith(_CUT) and stretches:
        last = stretches[-1]
        if last.start + len(last.old) == len(was) and last.new_start + len(last.new) == len(now):
            stretches.pop()  # both texts were cut off somewhere: what stands at the cut has only moved
    gone: Counter[str] = Counter()
    came: Counter[str] = Counter()
    numbers = names = False
    for one in stretches:
        left, right = _respelt_aside(one.old, one.new)
        gone.update(left)
        came.update(right)
        numbers = numbers or _other_numbers(left, right)
        names = names or (
            _named(was, one.start, left) and _named(now, one.new_start, right) and not set(right) & set(folded_was)
        )
    gone, came = gone - came, came - gone
    lead = set(folded_now[:LEAD])
    changed = max(gone.total(), came.total())
    negated = _negations(gone) != _negations(came) or _turned(gone, came) or _turned(came, gone)
    small = {word for word in (*was, *now) if word.islower() and len(word) <= SLIP}
    return _Edit(
        length=max(len(was), len(now)),
        changed=changed,
        is_slip=changed == 0 or (changed <= SLIPS and not negated and {*gone, *came} <= small),
        numbers_changed=numbers and bool(_numbers(gone) or _numbers(came)),
        names_changed=names,
        negated=negated,
        new_lead=len(lead - set(folded_was)) / max(len(lead), 1),
    )


def _respelt_aside(old: Sequence[str], new: Sequence[str]) -> tuple[list[str], list[str]]:
    """Both without the words that only changed their spelling."""
    if "".join(old) == "".join(new):
        return [], []
    if len(old) != len(new):
        return list(old), list(new)
    pairs = [(one, other) for one, other in zip(old, new, strict=True) if not _respelt(one, other)]
    return [one for one, _ in pairs], [other for _, other in pairs]


def _respelt(one: str, other: str) -> bool:
    """Two spellings, or two endings, of a word: Iran is not Iraq, and no digit is a slip."""
    if one == other:
        return True
    if not (one.isalpha() and other.isalpha()) or min(len(one), len(other)) < 3 or {one, other} & _NUMBER_WORDS:
        return False
    shared = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, other_rest = one[shared:], other[shared:]
    same_end = next(
        (n for n, (a, b) in enumerate(zip(rest[::-1], other_rest[::-1], strict=False)) if a != b),
        min(len(rest), len(other_rest)),
    )
    slip = max(len(rest), len(other_rest)) - same_end
    if slip == 2 and rest[:2] == other_rest[1::-1]:
        return True  # two letters that changed places
    return slip <= (1 if max(len(one), len(other)) > 4 else 0) or (shared >= 3 and slip <= 2 and len(one) >= 6)


def _other_numbers(old: Iterable[str], new: Iterable[str]) -> bool:
    was, now = _numbers(old), _numbers(new)
    return bool(was) and bool(now) and was != now


def _numbers(folded: Iterable[str]) -> list[str]:
    return sorted(word for word in folded if word[:1].isdigit() or word in _NUMBER_WORDS)


def _negations(folded: Counter[str]) -> int:
    return sum(count for word, count in folded.items() if word in _NEGATIONS or word.endswith("n't"))


def _turned(words_: Iterable[str], others: Collection[str]) -> bool:
    """Whether a word became its opposite: likely, unlikely."""
    return any(prefix + word in others for word in words_ if len(word) > OPPOSITE for prefix in _OPPOSITES)


def _named(written: Sequence[str], start: int, folded: Collection[str]) -> bool:
    """Whether one of the words from `start` on is a name: a capital, and not because a sentence begins there."""
    stretch = range(max(start, 1), min(start + len(folded), len(written)))
    return any(written[n][:1].isupper() and fold(written[n]) in folded for n in stretch)


def _unlabelled(title: str) -> str:
    label, colon, rest = title.partition(":")
    few = len(label.split()) <= LABEL and not any(character.isdigit() for character in label)
    return rest.strip() if colon and few and len(rest.split()) >= 3 else title
