"""Every character set with a right, a missing and a wrong declaration, in the document and in the HTTP header."""

from __future__ import annotations

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from datetime import UTC, datetime

import pytest

from feeds.model import Source
from feeds.read import read

NOW = datetime(2023, 6, 9, tzinfo=UTC)
SOURCE = Source(id="set", url="https://news.example/rss")

UKRAINIAN = "Пором «Їжак» повернувся до порту: ґанок, єнот і п’ять чайок чекали на нього всю ніч"
RUSSIAN = "Паром «Ёж» вернулся в порт: пять чаек ждали его всю ночь, и никто не знал почему"
FRENCH = (
    "Le traversier « Hérisson » est rentré à Orléans : cinq mouettes l’ont attendu, même la nuit d’été, près du château"
)
ENGLISH = "The ferry came back: “five gulls” waited for it – all night"

# Name as publishers write it, Python's codec, text, what else is declared for it.
SETS = [
    ("utf-8", "utf_8", UKRAINIAN, ["windows-1251", "ISO-8859-1", "koi8-u", "us-ascii"]),
    ("windows-1251", "cp1251", UKRAINIAN, ["utf-8", "ISO-8859-1", "koi8-u", "windows-1252", "us-ascii"]),
    ("windows-1251", "cp1251", RUSSIAN, ["utf-8", "ISO-8859-1", "koi8-r", "us-ascii"]),
    (
        "KOI8-U",
        "koi8_u",
        UKRAINIAN.replace("«", '"').replace("»", '"').replace("’", "'"),
        ["utf-8", "windows-1251", "ISO-8859-1"],
    ),
    ("koi8-r", "koi8_r", RUSSIAN.replace("«", '"').replace("»", '"'), ["utf-8", "windows-1251", "ISO-8859-1"]),
    ("ISO-8859-1", "cp1252", FRENCH, ["utf-8", "windows-1251", "koi8-u", "us-ascii"]),
    ("windows-1252", "cp1252", ENGLISH, ["utf-8", "us-ascii"]),
]
NO_SETS = ["unicode_escape", "utf-7", "base64", "x-user-defined", "nonsense"]


def cases() -> list[tuple[str, str, str, str]]:
    """Codec, text, declaration in the document, declaration in the header; "" is none."""
    found = []
    for name, codec, text, others in SETS:
        for wrong in (*others, *NO_SETS):
            found += [
                (codec, text, name, wrong),
                (codec, text, wrong, name),
                (codec, text, wrong, ""),
                (codec, text, "", wrong),
            ]
        found += [(codec, text, name, name), (codec, text, name, ""), (codec, text, "", name), (codec, text, "", "")]
    return found


def document(text: str, declared: str) -> str:
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    return f'{declaration}<rss version="2.0"><channel><item><title>{text}</title></item></channel></rss>'


def title(body: bytes, header: str) -> str:
    content_type = f"application/rss+xml; charset={header}" if header else "application/rss+xml"
    (entry,) = read(body, source=SOURCE, url=SOURCE.url, content_type=content_type, now=NOW).entries
    return entry.title


@pytest.mark.parametrize(("codec", "text", "declared", "header"), cases())
def test_a_text_is_read_whatever_is_declared(codec: str, text: str, declared: str, header: str):
    assert title(document(text, declared).encode(codec), header) == text


@pytest.mark.parametrize("header", ["", "utf-8", "utf-16", "windows-1251", "ISO-8859-1", *NO_SETS])
@pytest.mark.parametrize("declared", ["", "utf-8", "utf-16", "windows-1251", *NO_SETS])
@pytest.mark.parametrize(
    ("mark", "codec"),
    [
        (b"", "utf_16_le"),
        (b"", "utf_16_be"),
        (BOM_UTF16_LE, "utf_16_le"),
        (BOM_UTF16_BE, "utf_16_be"),
        (BOM_UTF8, "utf_8"),
    ],
)
def test_what_its_first_octets_say_is_believed_whatever_is_declared(
    mark: bytes, codec: str, declared: str, header: str
):
    assert title(mark + document(UKRAINIAN, declared).encode(codec), header) == UKRAINIAN


def test_every_case_is_there():
    assert len(cases()) > 150
