"""Names of outlets, found in a text; hosts, and whose they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from feeds.model import Outlet
from feeds.read.attribution.forms import forms_of

_WORD = re.compile(r"[^\W_]+")
# The word by which a name is looked up begins with a capital or a digit: of 350 words a sixth does.
_CAPITAL = re.compile(r"[A-Z0-9À-ÞĀ-ſЀ-Я҂-ӿ][^\W_]*")
_DOMAIN = re.compile(r"\.(?:com|net|org|info|media|news|tv|ru|ua|pl|by|kz|uk|de|fr|eu|io|md|lv|ee|lt)(?![\w-])")
_HOST_BEFORE = re.compile(r"(?<![\w@/.-])(?:www\.)?[a-z0-9][a-z0-9.-]*\Z")
_SHOUTED = 4
"""Letters from which on a name in capitals may also be written as a word: Nasa, but not Us."""
_COMPOUND = 6
"""Letters from which on capitals inside a name may be missing: Buzzfeed."""
_SAME = str.maketrans({"’": "'", "ʼ": "'", "‘": "'", "ё": "е", "Ё": "Е", "–": "-", "\xa0": " "})
# Right before a name these make it a part of something else: an address, a handle, another name.
_NOT_BEFORE = frozenset("@.#_&")
# The most that stands before the word by which a name is looked up: "the ", "radio ".
_LONGEST_LEAD = 12
_LONGEST_HOST = 80
_MOST_ADDRESSES = 200
"""In a text; more have only lists of links."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A name of an outlet in a text: characters `start` to `end`."""

    outlet: str
    start: int
    end: int
    weak: bool = False
    """Whether the name may mean something else."""


@dataclass(frozen=True, slots=True)
class _Form:
    """A name in one of its forms."""

    text: str
    """Folded."""
    lead: int
    """How many characters of it stand before the word by which it is looked up."""
    outlet: str
    """Empty: it means no outlet."""
    weak: bool


class Registry:
    """Outlets by name and by host. Made once, since that costs some 0.1 s; then a text costs microseconds."""

    def __init__(self, outlets: Iterable[Outlet], *, unlike: Iterable[str] = ()) -> None:
        """Of outlets of one name, one is made; where two claim a host or an alias, the later one has it.

        `unlike` are phrases that hold a name and do not mean the outlet.
        """
        outlets = tuple(outlets)
        self._hosts = {host.removeprefix("www."): outlet.name for outlet in outlets for host in outlet.hosts}
        self._names: dict[str, str] = {}
        index = _Index()
        for outlet in outlets:
            for name, weak in _names(outlet):
                self._names[_folded(name)] = outlet.name
                index.add(name, outlet.name, weak=weak)
        for phrase in unlike:
            index.add(phrase, "", weak=False)
        self._starting = index.starting()
        small = (form for form in index.small if not _DOMAIN.search(form.text))
        self._small = {form.text: _Starting(form.text, [form]) for form in small}

    @property
    def names(self) -> Iterable[str]:
        """All names by which it knows outlets."""
        return self._names.keys()

    def of_host(self, host: str) -> str:
        """The name of the outlet whose host that is, or "" when it is nobody's."""
        host = host.lower().rstrip(".")
        while host:
            if found := self._hosts.get(host):
                return found
            _, _, host = host.partition(".")
        return ""

    def of_name(self, name: str) -> str:
        """The name of the outlet that is called `name`, as a whole and uninflected, or ""."""
        return self._names.get(_folded(" ".join(name.split())), "")

    def mentions(self, text: str) -> Iterator[Mention]:
        """The names in `text`, from its start to its end; the longest counts where several begin at one place."""
        behind = 0
        for place, names in self._places(text):
            start = max(0, place - _LONGEST_LEAD - 1)
            here = _folded(text[start : place + names.longest + 1])
            form = names.at(here, place - start)
            if (
                form is None
                or place - form.lead < behind
                or text[place - form.lead - 1 : place - form.lead] in _NOT_BEFORE
            ):
                continue
            start = place - form.lead
            behind = start + len(form.text)
            if form.outlet:
                article = len("the ") if text.startswith("the ", start) else 0
                yield Mention(outlet=form.outlet, start=start + article, end=behind, weak=form.weak)

    def _places(self, text: str) -> list[tuple[int, _Starting]]:
        """Where names may stand, and which."""
        starting = self._starting
        places = [(word.start(), starting[word[0]]) for word in _CAPITAL.finditer(text) if word[0] in starting]
        others = list(islice(self._addresses(text), _MOST_ADDRESSES))
        if small := [name for name in self._small if name in text]:
            found = re.finditer("|".join(map(re.escape, small)), text)
            others += ((name.start(), self._small[name[0]]) for name in found)
        return sorted([*places, *others], key=lambda at: at[0]) if others else places

    def _addresses(self, text: str) -> Iterator[tuple[int, _Starting]]:
        """Where sites are named by their host: "writes tut.by"."""
        for domain in _DOMAIN.finditer(text):
            host = _HOST_BEFORE.search(text, max(0, domain.start() - _LONGEST_HOST), domain.start())
            name = text[host.start() : domain.end()] if host else ""
            if host and (outlet := self.of_host(name)):
                yield host.start(), _Starting(name, [_Form(name, 0, outlet, weak=False)])


class _Starting:
    """Forms of names that are looked up by one word."""

    __slots__ = ("_alone", "_behind", "_tables", "_word", "longest")

    def __init__(self, word: str, forms: Iterable[_Form]) -> None:
        self._word = len(word)
        self._behind = set()
        """What stands behind the word in those that go on: few texts have one of them."""
        tables: dict[tuple[int, int], dict[str, _Form]] = {}
        for form in forms:
            tables.setdefault((len(form.text), form.lead), {})[form.text] = form
            self._behind.add(form.text[form.lead + self._word :][:2])
        self.longest = max(length for length, _ in tables)
        self._tables = sorted(
            ((length, lead, forms) for (length, lead), forms in tables.items()), key=lambda one: -one[0]
        )
        self._alone = [one for one in self._tables if one[0] == one[1] + self._word]

    def at(self, text: str, place: int) -> _Form | None:
        """The longest that stands, as whole words, where its word is at `place` of the folded `text`."""
        behind = place + self._word
        for length, lead, forms in self._tables if text[behind : behind + 2] in self._behind else self._alone:
            start = place - lead
            form = forms.get(text[start : start + length]) if start >= 0 else None
            if form and not _goes_on(text, start + length) and not (start and text[start - 1].isalnum()):
                return form
        return None


class _Index:
    """Forms of names, by the word by which they are looked up."""

    def __init__(self) -> None:
        self._forms: dict[str, dict[str, _Form]] = {}
        self.small: list[_Form] = []
        """Names without capitals: there are few, and no form of them is made."""

    def add(self, name: str, outlet: str, *, weak: bool) -> None:
        key = _CAPITAL.search(name, 4 if name.startswith("The ") else 0)
        if key is None:
            self.small.append(_Form(_folded(name), 0, outlet, weak))
            return
        lead = key.start()
        if lead > _LONGEST_LEAD:
            key, lead = _WORD.search(name) or key, 0
        before = _folded(name[:lead])
        for form in forms_of(_folded(name[lead:])):
            text, word = before + form, _WORD.match(form)
            assert word is not None
            made = _Form(text, lead, outlet, weak)
            for spelt in _spellings(key[0], word[0]):
                forms = self._forms.setdefault(spelt, {})
                if not (weak and text in forms):  # a form of somebody's certain name is a form of that
                    forms[text] = made

    def starting(self) -> dict[str, _Starting]:
        made: dict[tuple[_Form, ...], _Starting] = {}  # two spellings of a word mostly begin the same names
        found = {}
        for word, forms in self._forms.items():
            same = tuple(forms.values())
            found[word] = made.get(same) or made.setdefault(same, _Starting(word, same))
        return found


def _names(outlet: Outlet) -> Iterator[tuple[str, bool]]:
    """Every name, and whether it is weak."""
    weak = frozenset(outlet.weak)
    own = () if outlet.name.endswith(")") else (outlet.name,)
    for name in dict.fromkeys((*own, *outlet.aliases, *outlet.weak)):
        yield name, name in weak
        if name.startswith("The ") and name not in weak and name.count(" ") > 1:
            yield name.removeprefix("The "), False


def _spellings(written: str, word: str) -> Iterator[str]:
    """A form's word as texts write it: with the capitals of the name, with all in capitals, with the first one only."""
    spelt = "".join(
        letter.upper() if place < len(written) and written[place].isupper() else letter
        for place, letter in enumerate(word)
    )
    yield spelt
    if len(word) == len(written):
        yield written
        yield written.upper()
    if len(word) >= _SHOUTED and (written.isupper() or len(word) >= _COMPOUND) and written[0].isupper():
        yield spelt.capitalize()


def _goes_on(text: str, end: int) -> bool:
    """Whether a word goes on there."""
    following = text[end : end + 1]
    return following.isalnum() or following == "_"


def _folded(text: str) -> str:
    """In lower case and plain typography, character for character."""
    lowered = text.lower()
    if lowered.isascii():
        return lowered
    if len(lowered) != len(text):
        lowered = "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)
    return lowered.translate(_SAME)
