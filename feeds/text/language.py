"""Which language a text is in: by its script, by letters that only one language has, by its commonest words.

For texts of news: a headline and a lead tell. What is too short, mixed or of a language that is not known here gives
"", never a guess. The same text gives the same answer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

LEAST_LETTERS = 24
"""With fewer letters a name or a loan word decides."""
_FAR_ENOUGH = 600
"""Characters: with more of them one text in a hundred more is told, at twice the cost."""
_DOMINANT = 0.6
"""Of the letters: Ukrainian news of brands and sports clubs has up to a third in Latin letters."""

_SCRIPTS = {
    "latin": "A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ",
    "cyrillic": "\u0400-\u052f",
    "greek": "\u0370-\u03ff\u1f00-\u1fff",
    "hebrew": "\u05d0-\u05ea",
    "arabic": "\u0620-\u064a\u066e-\u06d3",
    "hangul": "\uac00-\ud7a3",
    "kana": "\u3041-\u30ff",
    "han": "\u3400-\u9fff",
    "thai": "\u0e01-\u0e5b",
    "georgian": "\u10d0-\u10ff",
    "armenian": "\u0531-\u0587",
}
_LETTERS = {name: re.compile(f"[{ranges}]") for name, ranges in _SCRIPTS.items()}


class _ScriptOf(dict[str, str]):
    """The name of the script that a character is a letter of, or "". Filled as they are met."""

    def __missing__(self, character: str) -> str:
        found = (name for name, letters in _LETTERS.items() if letters.match(character))
        return self.setdefault(character, next(found, ""))


_SCRIPT_OF = _ScriptOf()
_ONE_LANGUAGE = {
    "kana": "ja",
    "han": "zh",
    "greek": "el",
    "hebrew": "he",
    "hangul": "ko",
    "thai": "th",
    "georgian": "ka",
    "armenian": "hy",
}
_WORD = re.compile(r"[^\W\d_]+")
_ASCII_LETTERS = bytes((*range(ord("A"), ord("Z") + 1), *range(ord("a"), ord("z") + 1)))
_NO_ASCII_LETTERS = bytes(octet for octet in range(128) if octet not in _ASCII_LETTERS)
_BETWEEN_ASCII_WORDS = str.maketrans(dict.fromkeys(map(chr, _NO_ASCII_LETTERS), " "))

# The commonest words of each language, as a feed's leads have them.
_COMMON = {
    "en": "the of and to in is for on that with was as at by are from it an be has have his its will not but they who",
    "de": "der die und das ist von den mit für im nicht auf ein eine sich des dem auch nach bei wird sind aus"
    " zum hat wie über einen",
    "fr": "de la l d qu n en un le les et des du est une dans que pour qui sur pas au par plus avec son aux ce"
    " il ont été sont cette leur",
    "es": "de la en un el los y del las que una por con para su al es como más este ha sus fue pero según entre"
    " desde está",
    "it": "di la l d un dell all il di che è per una del della con non le gli si dei sono alla nel più anche"
    " dal delle ha ma della nella",
    "pt": "de a e o do da em um uma para com não os as por mais dos das foi ao pelo pela são também está ser segundo",
    "nl": "het een van en dat niet voor met zijn op te aan er door ook naar bij maar wordt uit heeft hebben worden om",
    "pl": "w i na się z do że nie jest o jak przez od po za ale tym co oraz ich dla został także będzie który"
    " są być tego roku może już",
    "cs": "v na se je že s z do to pro jsou ve ale jako by po podle také který při již ještě byla není které jeho",
    "sk": "v na sa je že s z do to pre sú vo ale ako by po podľa aj ktorý pri už bola nie ktoré jeho však",
    "ro": "și în să de cu care din pe este pentru nu au fost mai sunt că după prin acest fi unui unei lor",
    "hu": "a az és hogy nem is egy meg volt csak már ez azt mint de még szerint vagy lesz kell után ki",
    "tr": "ve bir bu için ile da de olarak daha çok olan gibi kadar sonra ise ancak göre dedi olduğu en türkiye",
    "sv": "och att det som en på är av för med den till inte om ett har de var från vid kan ska efter säger men",
    "da": "og at det er en på til af for med den ikke som der har de om et fra vil efter kan siger blev men",
    "nb": "og at det er en på til av for med den ikke som har de om et fra vil etter kan sier ble men å seg også",
    "fi": "ja on ei että oli se hän myös mutta kun ovat ole mukaan kuin sen jos joka vuoden jotka tai",
    "lt": "ir kad yra į su tai iš buvo bet kaip apie dėl jau po jo metų savo tik taip pat",
    "lv": "un ir ka no ar par uz bija tas arī kā bet gada kas pēc lai tā viņš savu",
    "et": "ja on et ei see oli ta ning kui aga oma ka mis kes pole seda sest siis",
    "hr": "je na da se za su od s koji to ne kako bi kao što nije iz će a još biti bio",
    "sl": "je in na da se za so ki z od pri pa kot bi tudi po ni ker iz bo še bil",
    "vi": "và của là có cho không được trong người với các đã này một những đến",
    "id": "yang dan di dengan untuk ini dari itu pada tidak dalam adalah akan juga oleh ke karena sebagai",
}
# Those whose languages are told apart by their letters.
_COMMON_CYRILLIC = {
    "uk": "у в і й та на з із зі що до не за про як від для по це він вона вони але його її їх був була було були бути"
    " також який яка яке які після при над під так або вже ще якщо щодо через коли лише може свою цього",
    "ru": "в и на с по что за не из этом о как а об также к от до для при у во его он но которые было это будет тем"
    " данным еще то все этого уже только всего после они может со который сейчас ее был их были под чтобы можно так"
    " или же бы более этот свою если около ранее",
    "be": "у ў і й на з са што да не за пра як ад для па гэта ён яна яны але яго яе іх быў была было былі таксама які",
    "bg": "в и на с за от да се не по че са е до при като това който която които още но след са бе ще как му",
    "mk": "во и на со за од да се не по дека до при како тоа кој која кои но по беше ќе му",
    "sr": "у и на са за од да се не по је су до при као то који која које али после био ће му",
}
_LANGUAGES_BY_WORD: dict[str, list[str]] = {}
for _language, _words in _COMMON.items():
    for _word in dict.fromkeys(_words.split()):
        _LANGUAGES_BY_WORD.setdefault(_word, []).append(_language)
_LEAST_HITS = 3
_LEAST_SHARE = 0.12
"""Of the words: prose has a third and more, a list of names next to none."""
_MARGIN = 1.4
_LETTERS_OF = {
    "pl": frozenset("ąęłśżźćń"),
    "cs": frozenset("ěřů"),
    "sk": frozenset("ľĺŕ"),
    "de": frozenset("äöüß"),
    "tr": frozenset("ğış"),
    "ro": frozenset("ășț"),
    "hu": frozenset("őű"),
}
"""Letters that count like a common word where some of these were found."""


def detect(text: str) -> str:
    """The primary language subtag (ISO 639-1) of plain `text`, or "" when that cannot be told."""
    text = text[:_FAR_ENOUGH]
    match _script(text):
        case "latin":
            return _latin(text)
        case "cyrillic":
            return _cyrillic(text)
        case "arabic":
            return _arabic(text)
        case script:
            return _ONE_LANGUAGE.get(script, "")


def common_words(language: str) -> frozenset[str]:
    """The commonest words (in small letters) of the language with this primary subtag; none where it is not known."""
    return frozenset((_COMMON.get(language) or _COMMON_CYRILLIC.get(language, "")).split())


def _script(text: str) -> str:
    """The script that most of `text` is in; "" when it is too short or mixed. Japanese and Chinese have two names."""
    if text.isascii():  # most of what is read, and ten searches less
        return "latin" if len(text.encode().translate(None, _NO_ASCII_LETTERS)) >= LEAST_LETTERS else ""
    counts = dict.fromkeys(_SCRIPTS, 0)
    for character, count in Counter(text).items():
        if script := _SCRIPT_OF[character]:
            counts[script] += count
    total = sum(counts.values())
    eastern = counts["han"] + counts["kana"]
    # A syllable's worth of meaning stands in one character there.
    if total + 2 * (eastern + counts["hangul"]) < LEAST_LETTERS:
        return ""
    if eastern >= _DOMINANT * total:
        return "kana" if counts["kana"] > counts["han"] / 10 else "han"
    script = max(counts, key=lambda name: counts[name])
    return script if counts[script] >= _DOMINANT * total else ""


def _latin(text: str) -> str:
    words = _words_of(text.lower())
    hits: Counter[str] = Counter()
    for word, count in Counter(words).items():
        for language in _LANGUAGES_BY_WORD.get(word, ()):
            hits[language] += count
    if not text.isascii():
        marked = [word for word in words if not word.isascii()]
        for language in _LETTERS_OF.keys() & hits.keys():
            hits[language] += sum(not _LETTERS_OF[language].isdisjoint(word) for word in marked)
    (best, most), (_, next_most) = (*hits.most_common(2), ("", 0), ("", 0))[:2]
    if most < _LEAST_HITS or most < _LEAST_SHARE * len(words) or most < _MARGIN * next_most:
        return ""
    return best


def _words_of(text: str) -> list[str]:
    return text.translate(_BETWEEN_ASCII_WORDS).split() if text.isascii() else _WORD.findall(text)


def _cyrillic(text: str) -> str:
    letters = Counter(text.lower())
    total = sum(count for letter, count in letters.items() if "\u0400" <= letter <= "\u052f")

    def share(of: Iterable[str]) -> float:
        return sum(letters[letter] for letter in of) / total

    ukrainian, russian = share("їєґі"), share("ыэёъ")
    # The first that holds counts. Ukrainian prose has some 7 % of its own letters, Russian 3 %; quotations of the other
    # stay below a third of that.
    signs = {
        "": share("әғқңөұүһҗҳҷӣӯҕӑӗҫӳӡ") > 0.005,  # a language that is not known here
        "mk": share("ѓќѕ") > max(0.002, share("ћђ")),
        "sr": share("љњћђџј") > 0.02,
        "be": share("ў") > 0.003 and not letters["и"],
        "uk": ukrainian > 0.03 and ukrainian > 3 * russian,
        "bg": share("ъ") > 0.008 and not share("ыэё") and not ukrainian,
        "ru": share("ыэё") > 3 * ukrainian,
    }
    return next((language for language, holds in signs.items() if holds), "")


def _arabic(text: str) -> str:
    letters = Counter(text)
    total = sum(letters.values())
    if sum(letters[letter] for letter in "ٹڈڑےںھ") > 0.02 * total:
        return "ur"
    return "fa" if sum(letters[letter] for letter in "پچژگکی") > 0.02 * total else "ar"
