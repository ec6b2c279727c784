"""Numbers, ordinals and dates among the words of a text: what two texts of the same words may differ in.

Words that are numbers as often as not stay out: "one" and its likes (articles and pronouns), "may" and "march".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

_SPELT: Final = """
0 zero нуль ноль
1 first перший перша перше першого першої першому першу первый первая первое первого первой первому первую pierwszy
1 pierwsza pierwsze pierwszego pierwszej
2 two second два дві двох двом двома второй вторая второе второго второму вторую другий друга друге другого другої две
2 двух двум двумя dwa dwie dwóch dwoje dwaj drugi druga drugie drugiego drugiej
3 three third три трьох трьом трьома третій третя третє третього третьої трех трем тремя третий третья третье третьего
3 третьей trzy trzech trzej troje trzeci trzecia trzecie trzeciego trzeciej
4 four fourth чотири чотирьох четвертий четверта четверте четвертого четверо четыре четырех четвертый четвертая cztery
4 czterech czworo czwarty czwarta czwartego
5 five fifth п'ять пять пяти п'яти п'ятеро пятеро п'ятий пятый пятого pięć pięciu pięcioro piąty piąta piątego
6 six sixth шість шести шестеро шостий шесть шестой шестого sześć sześciu sześcioro szósty szósta
7 seven seventh сім семи семеро сьомий семь седьмой седьмого siedem siedmiu siedmioro siódmy siódma
8 eight eighth вісім восьми восьмеро восьмий восемь восьмой osiem ośmiu ośmioro ósmy ósma
9 nine ninth дев'ять девять девяти дев'яти дев'ятий девятый dziewięć dziewięciu dziewiąty
10 ten tenth десять десяти десятий десятый dziesięć dziesięciu dziesiąty
11 eleven eleventh одинадцять одинадцяти одиннадцать одиннадцати jedenaście jedenastu
12 twelve twelfth дванадцять дванадцяти двенадцать двенадцати dwanaście dwunastu
13 thirteen тринадцять тринадцяти тринадцать тринадцати trzynaście trzynastu
14 fourteen чотирнадцять чотирнадцяти четырнадцать четырнадцати czternaście czternastu
15 fifteen п'ятнадцять п'ятнадцяти пятнадцать пятнадцати piętnaście piętnastu
16 sixteen шістнадцять шістнадцяти шестнадцать шестнадцати szesnaście szesnastu
17 seventeen сімнадцять сімнадцяти семнадцать семнадцати siedemnaście siedemnastu
18 eighteen вісімнадцять вісімнадцяти восемнадцать восемнадцати osiemnaście osiemnastu
19 nineteen дев'ятнадцять дев'ятнадцяти девятнадцать девятнадцати dziewiętnaście dziewiętnastu
20 twenty двадцять двадцяти двадцать двадцати dwadzieścia dwudziestu
30 thirty тридцять тридцяти тридцать тридцати trzydzieści trzydziestu
40 forty сорок сорока czterdzieści czterdziestu
50 fifty п'ятдесят пятдесят пятьдесят пятидесяти pięćdziesiąt pięćdziesięciu
60 sixty шістдесят шестьдесят sześćdziesiąt
70 seventy сімдесят семьдесят siedemdziesiąt
80 eighty вісімдесят восемьдесят osiemdziesiąt
90 ninety дев'яносто девяносто dziewięćdziesiąt
m1 january січня січень січні января январь январе stycznia styczeń styczniu
m2 february лютого лютий лютому февраля февраль феврале lutego luty lutym
m3 березня березень березні марта март марте marca marzec marcu
m4 april квітня квітень квітні апреля апрель апреле kwietnia kwiecień kwietniu
m5 травня травень травні мая май мае maja maj maju
m6 june червня червень червні июня июнь июне czerwca czerwiec czerwcu
m7 july липня липень липні июля июль июле lipca lipiec lipcu
m8 august серпня серпень серпні августа август августе sierpnia sierpień sierpniu
m9 september вересня вересень вересні сентября сентябрь сентябре września wrzesień wrześniu
m10 october жовтня жовтень жовтні октября октябрь октябре października październik październiku
m11 november листопада листопад листопаді ноября ноябрь ноябре listopada listopad listopadzie
m12 december грудня грудень грудні декабря декабрь декабре grudnia grudzień grudniu
d1 monday понеділок понеділка понеділком понедельник понедельника poniedziałek poniedziałku
d2 tuesday вівторок вівторка вторник вторника wtorek wtorku
d3 wednesday середу середа среду среда среды środa środę środy
d4 thursday четвер четверга четверг czwartek czwartku
d5 friday п'ятницю п'ятниця п'ятниці пятницу пятница пятницы piątek piątku
d6 saturday суботу субота суботи субботу суббота субботы sobota sobotę soboty
d7 sunday неділю неділя неділі воскресенье воскресенья niedziela niedzielę niedzieli
"""

_ENGLISH_ORDINAL: Final = re.compile(r"(\d+)(?:st|nd|rd|th)")


def _table() -> Mapping[str, str]:
    rows = (row.replace("'", "").split() for row in _SPELT.strip().splitlines())
    return {word: number for number, *spelt in rows for word in spelt}


_NUMBERS: Final = _table()


def number(word: str) -> str:
    """The number, date or ordinal that a word (of `fingerprint.words`) is, in one spelling; "" for other words.

    "3rd", "third" and "three" are `3`: whoever copies a text may spell its numbers otherwise.
    """
    if word[0].isdigit():
        ordinal = _ENGLISH_ORDINAL.fullmatch(word)
        return ordinal[1] if ordinal else word
    return _NUMBERS.get(word.replace("ё", "е"), "")


def runs(words: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each run of neighbouring numbers in a text, after what stands around it: two words before, two behind.

    "they met on 8 June 2023 in the town" gives ("on met / in the", ("8", "m6", "2023")).
    """
    numbers = [number(word) for word in words]
    place, end = 0, len(words)
    while place < end:
        if not numbers[place]:
            place += 1
            continue
        start = place
        while place < end and numbers[place]:
            place += 1
        before = _plain(words, numbers, range(start - 1, max(-1, start - 3), -1))
        behind = _plain(words, numbers, range(place, min(end, place + 2)))
        yield f"{before} / {behind}", tuple(numbers[start:place])


def _plain(words: Sequence[str], numbers: Sequence[str], places: range) -> str:
    """The words at `places`, a sign for those that are numbers themselves: they are a context of their own."""
    return " ".join("#" if numbers[place] else words[place] for place in places)
