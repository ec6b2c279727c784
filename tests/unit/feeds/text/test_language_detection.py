from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.read.language import language_tag, spoken
from feeds.text.language import detect

TEXTS = {
    "uk": "Пором повернувся до порту вночі, і п’ять чайок зустріли його криком, якого ніхто не чув",
    "ru": "Паром вернулся в порт ночью, и пять чаек встретили его криком, которого никто не слышал",
    "be": "Паром вярнуўся ў порт уначы, і пяць чаек сустрэлі яго крыкам, якога ніхто не чуў",
    "bg": "Фериботът се върна в пристанището през нощта и пет чайки го посрещнаха с вик, който никой не чу",
    "sr": "Трајект се вратио у луку ноћу, и пет галебова га је дочекало криком који нико није чуо",
    "mk": "Траектот се врати во пристаништето ноќе и пет галеби го пречекаа со крик што никој не го слушна, ѕид до ѕид",
    "el": "Το πλοίο γύρισε στο λιμάνι τη νύχτα και πέντε γλάροι το υποδέχτηκαν",
    "he": "המעבורת חזרה לנמל בלילה וחמישה שחפים קיבלו את פניה בצעקה",
    "ar": "عادت العبارة إلى الميناء ليلا واستقبلتها خمسة نوارس بصوت لم يسمعه أحد",
    "fa": "کشتی شبانه به بندر برگشت و پنج مرغ دریایی با فریادی که کسی نشنید به پیشوازش رفتند",
    "ko": "연락선이 밤에 항구로 돌아왔고 갈매기 다섯 마리가 맞이했다",
    "ja": "フェリーは夜に港へ戻り、五羽のカモメが誰にも聞こえない声で迎えた",
    "zh": "渡轮在夜里回到了港口，五只海鸥用无人听见的叫声迎接它",
    "en": "The ferry came back to the port at night, and five gulls that had waited for it cried as nobody has heard",
    "de": "Die Fähre ist in der Nacht in den Hafen zurückgekehrt, und fünf Möwen haben sie mit einem Schrei empfangen",
    "fr": "Le bac est rentré au port dans la nuit et cinq mouettes l'ont accueilli avec un cri",
    "es": "El transbordador volvió al puerto por la noche y cinco gaviotas lo recibieron con un grito que nadie oyó",
    "it": "Il traghetto è tornato nel porto di notte e cinque gabbiani lo hanno accolto con un grido",
    "pl": "Prom wrócił do portu w nocy i pięć mew powitało go krzykiem, którego nikt nie usłyszał, jak co roku",
    "cs": "Trajekt se v noci vrátil do přístavu a pět racků ho přivítalo křikem, který nikdo neslyšel, ale byla tma",
    "tr": "Feribot gece limana döndü ve beş martı onu kimsenin duymadığı bir çığlıkla karşıladı, daha sonra sustu",
}


@pytest.mark.parametrize(("language", "text"), TEXTS.items())
def test_a_lead_of_news_tells_its_language(language: str, text: str):
    assert detect(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7405",
        "Порт",
        "FIFA",
        "Reuters",
        "Дніпро — Динамо 2:1",
        "Oslo Paris Berlin Madrid Lisboa Praha Wien Bern",
        "lorem ipsum dolor sit amet consectetur adipiscing elit sed",
        "Пором ferry повернувся came back до порту to the port вночі by night",
        "Пароход прошёл мимо — пароход пройшов повз їх",
        "Қазақстан үкіметі жаңа портты ашты, оған бес шағала келді",
    ],
)
def test_what_is_short_mixed_or_unknown_is_not_guessed(text: str):
    assert detect(text) == ""


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_has_a_known_language_or_none(text: str):
    assert detect(text) == language_tag(detect(text))
    assert detect(text) == detect(text)


LONG = {language: f"{text}. {text}." for language, text in TEXTS.items()}


@pytest.mark.parametrize(
    ("declared", "text", "language"),
    [
        ("", TEXTS["uk"], "uk"),
        ("", "Порт", ""),
        ("uk", "", "uk"),
        ("en-GB", LONG["en"], "en-GB"),
        ("en-US", LONG["uk"], "uk"),
        ("en", LONG["de"], "de"),
        ("en", "Die Fähre", "en"),
        ("ru", LONG["uk"], "uk"),
        ("uk-UA", LONG["ru"], "ru"),
        ("uk", LONG["en"], "en"),
        ("de", LONG["en"], "de"),
        ("de", LONG["ru"], "ru"),
        ("sr", LONG["cs"], "sr"),
        ("kk", "Қазақстан үкіметі жаңа портты ашты. " * 5, "kk"),
    ],
)
def test_a_declaration_holds_unless_the_text_is_plainly_in_another_language(declared: str, text: str, language: str):
    assert spoken(declared, text) == language
