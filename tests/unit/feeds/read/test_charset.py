from __future__ import annotations

import pytest

from feeds.read.charset import decode

TEXT = "<rss>Їжак пливе до порту</rss>"


def declared(name: str) -> str:
    return f'<?xml version="1.0" encoding="{name}"?>{TEXT}'


@pytest.mark.parametrize(
    "header", ["", "text/xml", "text/xml; charset=utf-8", 'a/b; charset="ISO-8859-1"', "a/b; charset=x"]
)
@pytest.mark.parametrize(("name", "codec"), [("windows-1251", "cp1251"), ("KOI8-U", "koi8_u"), ("UTF-8", "utf_8")])
def test_the_documents_own_declaration_beats_a_wrong_header(name: str, codec: str, header: str):
    assert decode(declared(name).encode(codec), header) == declared(name)


def test_a_header_counts_where_the_document_is_silent():
    assert decode(TEXT.encode("koi8_u"), "application/rss+xml; charset=KOI8-U") == TEXT


def test_a_header_counts_where_the_document_is_wrong():
    assert decode(declared("utf-8").encode("koi8_u"), "text/xml; charset=koi8-u") == declared("utf-8")


def test_utf_8_needs_no_declaration():
    assert decode(TEXT.encode(), "text/xml; charset=us-ascii") == TEXT


@pytest.mark.parametrize("codec", ["utf_8_sig", "utf_16", "utf_16_le", "utf_16_be"])
def test_octets_that_only_one_set_has_at_the_start_decide(codec: str):
    assert decode(declared("windows-1251").encode(codec), "text/xml; charset=koi8-r") == declared("windows-1251")


def test_cyrillic_that_is_declared_as_utf_8_is_still_read():
    assert decode(declared("utf-8").encode("cp1251"), "") == declared("utf-8")


def test_western_text_that_is_declared_as_nothing_is_still_read():
    assert decode("<rss>Café à Orléans</rss>".encode("latin_1"), "") == "<rss>Café à Orléans</rss>"


def test_a_broken_octet_costs_one_character():
    torn = declared("utf-8").encode().replace("ж".encode(), b"\xd0")
    assert decode(torn, "text/xml; charset=utf-8") == declared("utf-8").replace("ж", "\ufffd")


def test_escape_sequences_of_japanese_mail_are_read():
    text = '<?xml version="1.0" encoding="iso-2022-jp"?><rss>港</rss>'
    assert decode(text.encode("iso2022_jp"), "") == text


@pytest.mark.parametrize(
    "name", ["unicode_escape", "raw_unicode_escape", "punycode", "base64", "rot13", "utf-7", "mbcs", "idna"]
)
def test_what_is_no_character_set_is_not_believed(name: str):
    text = f'<?xml version="1.0" encoding="{name}"?><rss>\\x3c +ADw- PHNjcmlwdD4=</rss>'
    assert decode(text.encode(), f"text/xml; charset={name}") == text


@pytest.mark.parametrize("named", ["", ' encoding="utf-8"'])
@pytest.mark.parametrize("codec", ["cp1251", "koi8_u"])
@pytest.mark.parametrize("title", ["кіт", "Кіт", "КІТ", "Кіт і пес", "Їжак", "Київ", "ДТЕК: світло є", "Обєкт 5"])
def test_a_few_cyrillic_words_are_enough_to_tell_what_they_are_in(title: str, codec: str, named: str):
    text = f'<?xml version="1.0"{named}?><rss><title>{title}</title></rss>'

    assert decode(text.encode(codec), "") == text


@pytest.mark.parametrize(
    "title", ["à", "Ö", "Møre", "Citroën", "«Où?» «Là.»", "À Besançon, ça va", "Öl für Österreich", "5 £"]
)
def test_a_few_western_words_are_enough_to_tell_them_from_cyrillic(title: str):
    text = f'<?xml version="1.0" encoding="utf-8"?><rss><title>{title}</title></rss>'

    assert decode(text.encode("cp1252"), "") == text
