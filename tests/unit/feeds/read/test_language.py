from __future__ import annotations

import pytest

from feeds.read.language import language_tag


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("en", "en"),
        ("en-us", "en-US"),
        ("EN_gb", "en-GB"),
        (" uk-UA ", "uk-UA"),
        ("zh-hans-cn", "zh-Hans-CN"),
        ("es-419", "es-419"),
        ("sl-rozaj", "sl-rozaj"),
        ("ua", "uk"),
        ("cz-CZ", "cs-CZ"),
    ],
)
def test_a_language_has_one_form(written: str, tag: str):
    assert language_tag(written) == tag


@pytest.mark.parametrize(
    "garbage", ["", "english", "und", "e", "en-", "x-private", "en us", "12", "en-US-x", "українська"]
)
def test_what_names_no_language_is_none(garbage: str):
    assert language_tag(garbage) == ""
