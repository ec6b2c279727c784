"""URLs of databases: those that libpq takes without a word of what is secret, and how they are shown."""

from __future__ import annotations

import pytest
from psycopg.conninfo import conninfo_to_dict

from storage.database_urls import check_database, is_database, passwords, shown

GOOD = (
    "postgresql://db/topicwire",
    "postgres://news@db.example:5433/topicwire",
    "postgresql://news:p%40ss@db.example/topicwire?sslmode=verify-full&application_name=a%20b",
    "postgresql:///topicwire?host=/run/postgresql",
    "postgresql://news@[::1]:5432/topicwire",
    "postgresql://one:5432,two:5433/topicwire?target_session_attrs=read-write",
    "postgresql://news@/topicwire?password=whistle&host=/tmp",
    "postgresql://news:@db/",
)
BAD = (
    "postgresql:topicwire",
    "postgresql://",
    "postgresql:///",
    "postgresql://news:p@ss@db/topicwire",
    "postgresql://news:p%zz@db/topicwire",
    "postgresql://news:p%00@db/topicwire",
    "postgresql://news:p/ss@db/topicwire",
    "postgresql://news:p?ss@db/topicwire",
    "postgresql://news:p#ss@db/topicwire",
    "postgresql://news:p ss@db/topicwire",
    "postgresql://news:secret@[::1/topicwire",
    "postgresql://news:secret@[::1]x/topicwire",
    "postgresql://news:secret@db:port/topicwire",
    "postgresql://db/topicwire?password",
    "postgresql://db/topicwire?password=a=b",
    "postgresql://db/topicwire?password=p%zz",
)


@pytest.mark.parametrize("url", GOOD)
def test_what_is_taken_libpq_takes_as_well(url):
    assert check_database(url) == url
    assert is_database(url)
    conninfo_to_dict(url)


@pytest.mark.parametrize("url", BAD)
def test_what_is_refused_is_not_repeated(url):
    with pytest.raises(ValueError, match=r"write|neither") as refused:
        check_database(url)
    for part in ("p%zz", "ss@", "secret", "a=b"):
        assert part not in str(refused.value)


def test_folders_and_other_schemes_are_no_databases():
    assert [
        text for text in ("tinydb:postgresql", "var/postgresql", "mysql://db/a", "postgresql") if is_database(text)
    ] == []


@pytest.mark.parametrize(
    ("url", "without"),
    [
        (
            "postgresql://news:p%40ss@db:5433/topicwire?sslmode=require",
            "postgresql://news@db:5433/topicwire?sslmode=require",
        ),
        ("postgresql:///topicwire?host=/run/postgresql", "postgresql:///topicwire?host=/run/postgresql"),
        ("postgresql://news@/topicwire?password=whistle&host=/tmp", "postgresql://news@/topicwire?host=/tmp"),
        ("postgresql://db/topicwire?sslpassword=whistle", "postgresql://db/topicwire"),
    ],
)
def test_a_database_is_shown_without_its_passwords(url, without):
    assert shown(url) == without


def test_passwords_are_known_as_written_and_as_meant():
    assert passwords("postgresql://news:p%40ss@db/topicwire?sslpassword=whis%74le") == ("p%40ss", "p@ss", "whistle")
    assert passwords("postgresql://news@db/topicwire") == ()
    assert passwords("") == ()
