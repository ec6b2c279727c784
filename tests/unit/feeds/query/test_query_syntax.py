"""Reading a line: what it means, and what is said when it means nothing."""

import pytest

from feeds.errors import QueryError
from feeds.query.expr import And, Boost, Everything, In, Is, Near, Not, Or, Pattern, Phrase, Query, Ref, Word
from feeds.query.syntax import parse_query

a, b, c = Word("a"), Word("b"), Word("c")


@pytest.mark.parametrize(
    ("text", "expr"),
    [
        ("a", a),
        ("a b c", And((a, b, c))),
        ("a AND b c", And((a, b, c))),
        ("a b OR c", Or((And((a, b)), c))),
        ("a (b OR c)", And((a, Or((b, c))))),
        ("a NOT b c", And((a, Not(b), c))),
        ("a -b", And((a, Not(b)))),
        ("a -(b c)", And((a, Not(And((b, c)))))),
        ("a NOT b NEAR/1 c", And((a, Not(Near(b, c, 1))))),
        ("NOT NOT a", Not(Not(a))),
        ("a NEAR/3 b", Near(a, b, 3)),
        ("a NEAR/3 b NEAR/0 c", Near(Near(a, b, 3), c, 0)),
        ("(a OR b) NEAR/2 c", Near(Or((a, b)), c, 2)),
        ('"a b" c', And((Phrase((a, b)), c))),
        ('"a"', a),
        ("“a b”", Phrase((a, b))),
        ("„a b“", Phrase((a, b))),
        ("„a b”", Phrase((a, b))),
        ('„a b"', Phrase((a, b))),
        ("”a b”", Phrase((a, b))),
        ("«a b»", Phrase((a, b))),
        ("»a b«", Phrase((a, b))),
        ('"a, b!"', Phrase((a, b))),
        ("word*", Word("word", prefix=True)),
        ('"a word*"', Phrase((a, Word("word", prefix=True)))),
        ("e-mail", Word("e-mail")),
        ("ANDROID ORBIT NOTE NEARBY", And((Word("ANDROID"), Word("ORBIT"), Word("NOTE"), Word("NEARBY")))),
        ('"or" "and"', And((Word("or"), Word("and")))),
        ("title:a b", And((In("title", a), b))),
        ("TITLE:a", In("title", a)),
        ('summary:"a b"', In("summary", Phrase((a, b)))),
        ("body:(a OR b)", In("body", Or((a, b)))),
        ("author:a category:b", And((In("author", a), In("category", b)))),
        ("source:gazette-example lang:en-GB", And((Is("source", "gazette-example"), Is("lang", "en-GB")))),
        ('source:"The Gazette"', Is("source", "The Gazette")),
        ("host:(a.example OR b.example)", Or((Is("host", "a.example"), Is("host", "b.example")))),
        ("a -lang:(ru OR pl)", And((a, Not(Or((Is("lang", "ru"), Is("lang", "pl"))))))),
        (" * ", Everything()),
        ("=word", Word("word", exact=True)),
        ('="word"', Word("word", exact=True)),
        ('="a b" c', And((Phrase((Word("a", exact=True), Word("b", exact=True))), c))),
        ("=e-mail", Word("e-mail", exact=True)),
        ("title:=a -=b", And((In("title", Word("a", exact=True)), Not(Word("b", exact=True))))),
        ('"a b"~3', Phrase((a, b), 3)),
        ("«a b»~3 c", And((Phrase((a, b), 3), c))),
        ('="a b"~3', Phrase((Word("a", exact=True), Word("b", exact=True)), 3)),
        ('"a b"~2 NEAR/4 c', Near(Phrase((a, b), 2), c, 4)),
        ("/a+ b/", Pattern("a+ b")),
        (r"/a\/b/ -/c/", And((Pattern(r"a\/b"), Not(Pattern("c"))))),
        ("title:/a b/", In("title", Pattern("a b"))),
        ("/ab/ OR (/cd/)", Or((Pattern("ab"), Pattern("cd")))),
        ("AC/DC", Word("AC/DC")),
        ("credit:gazette", Is("credit", "gazette")),
        ('credit:("The Gazette" OR «O’Hara & Sons»)', Or((Is("credit", "The Gazette"), Is("credit", "O’Hara & Sons")))),
        ('host:"a.example"', Is("host", "a.example")),
        ("@harbours", Ref("harbours")),
        ("@harbours -@fish a", And((Ref("harbours"), Not(Ref("fish")), a))),
        ("a^2", Boost(a, 2)),
        ('"a b"~2^0.5 c', And((Boost(Phrase((a, b), 2), 0.5), c))),
        ("(a NEAR/3 b)^2 OR c", Or((Boost(Near(a, b, 3), 2), c))),
        ("title:a^2", Boost(In("title", a), 2)),
        (
            "word*^3 =a^2 /bc/^2 @x^9",
            And(
                (
                    Boost(Word("word", prefix=True), 3),
                    Boost(Word("a", exact=True), 2),
                    Boost(Pattern("bc"), 2),
                    Boost(Ref("x"), 9),
                )
            ),
        ),
        ("人工", Word("人工")),
    ],
)
def test_a_line_means(text, expr):
    assert parse_query(text) == Query(text, expr)


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        ("", 0, "the line is empty"),
        ("   ", 0, "the line is empty"),
        ("(a OR b", 0, '")" is missing'),
        ("a (b (c)", 2, '")" is missing'),
        ("a OR b)", 6, '")" closes nothing: "(" is missing'),
        ("a ()", 2, '"(" and ")" with nothing between them'),
        ("a OR", 2, "OR needs something on its right"),
        ("OR a", 0, "OR needs something on its left"),
        ("a (AND b)", 3, "AND needs something on its left"),
        ("a AND OR b", 2, "AND needs something on its right"),
        ("a NOT", 2, "NOT needs something on its right"),
        ("a NEAR b", 2, "NEAR needs a number from 0 to 99: NEAR/3"),
        ("a NEAR/x b", 2, "NEAR needs a number from 0 to 99: NEAR/3"),
        ("a NEAR/100 b", 2, "NEAR needs a number from 0 to 99: NEAR/3"),
        ("a NEAR/3", 2, "NEAR/3 needs something on its right"),
        ("NEAR/3 a", 0, "NEAR/3 needs something on its left"),
        ("a NEAR/3 NOT b", 2, "NEAR/3 needs something on its right: a word; NOT cannot stand there"),
        (
            "a NEAR/3 title:b",
            9,
            "NEAR joins words, phrases and (a OR b) only; join anything else with a space",
        ),
        (
            "a NEAR/3 (b c)",
            10,
            "NEAR joins words, phrases and (a OR b) only; join anything else with a space",
        ),
        ('a "b c', 2, 'the closing " is missing'),
        ("a «b c", 2, "the closing » is missing"),
        ('"…"', 0, '"…" has no word in it: punctuation is not compared'),
        ('""', 0, '"" has no word in it: punctuation is not compared'),
        ('"a * b"', 0, '"a * b": * may stand only at the end of a word'),
        ('x "ab*"', 2, '"ab*" would take nearly everything: write at least 3 letters'),
        ("a C++", 2, 'C++: of this only "C" can be looked for as a word; write C, or a /pattern/'),
        ("=C#", 0, 'C#: of this only "C" can be looked for as a word; write C, or a /pattern/'),
        ("up 5%", 3, '5%: of this only "5" can be looked for as a word; write 5, or a /pattern/'),
        ("ab*", 0, '"ab*" would take nearly everything: write at least 3 letters'),
        ("wo*rd", 0, '"wo*rd": * may stand only at the end of a word'),
        ("a * b", 2, '"*" takes everything: it can only be a whole line'),
        ("title: a", 0, 'title: needs a word right after the colon: title:word, title:"a phrase"'),
        ("title:(lang:uk)", 0, "title: cannot hold another field"),
        (
            "lang:uk*",
            0,
            "lang: is compared as a whole, without *, patterns and NEAR: write lang:value or lang:(one OR two)",
        ),
        (
            "lang:ukr*",
            0,
            "lang: is compared as a whole, without *, patterns and NEAR: write lang:value or lang:(one OR two)",
        ),
        ("a or b", 2, '"or" in small letters: write OR to combine, "or" in quotes for the word'),
        ("a Not b", 2, '"Not" in small letters: write NOT to combine, "Not" in quotes for the word'),
        ("a - b", 2, 'a lone "-" means nothing: write -word or NOT word to exclude'),
        ("a –b", 2, '"–" is a dash: to exclude a word write a hyphen, -word, or NOT word'),
        ('a −"b c"', 2, '"−" is a dash: to exclude a word write a hyphen, -word, or NOT word'),
        ("‘a b’", 0, '‘ begins no phrase: put its words in double quotes, "two words"'),
        ("”a b", 0, "the closing ” is missing"),
        ("“a OR “b", 0, "the closing ” is missing"),
        (
            "a host:https://a.example/b",
            7,
            "host: takes a host alone, without https:// and without what is behind it: host:news.example",
        ),
        ("source:http://a.example", 7, 'an address is put in quotes: source:"http://news.example"'),
        ("NOT a", 0, None),
        ("-a -b", 0, None),
        ("a OR NOT b", 0, None),
        ("a OR NOT (b OR c)", 0, None),
        ("NOT (a NOT b)", 0, None),
        ("a | b", 2, '"|" means nothing here; write OR; if it is part of a text, put the text in "quotes"'),
        ("(" * 51 + "a" + ")" * 51, 51, "nested deeper than 50: nobody can read that"),
        ("a " * 1001, 2000, "the line is longer than 2000 characters: write several"),
    ],
)
def test_a_line_that_means_nothing_is_refused_at_its_place(text, offset, message):
    with pytest.raises(QueryError) as caught:
        parse_query(text)
    assert caught.value.query == text
    assert caught.value.offset == offset
    assert message in (None, str(caught.value))


def test_an_unknown_field_names_the_known_ones_and_the_one_that_was_meant():
    with pytest.raises(QueryError) as caught:
        parse_query("harbour ttile:island")
    assert caught.value.offset == 8
    assert str(caught.value) == (
        "there is no field ttile: (did you mean title:?); known are title:, summary:, body:, author:, category:, "
        'source:, host:, lang:, credit:; if it is part of a text, put it in "quotes"'
    )


def test_a_comma_between_words_is_answered_with_or():
    with pytest.raises(QueryError, match="to look for any of several words write OR between them") as caught:
        parse_query("island, harbour")
    assert caught.value.offset == 6


def test_what_could_stand_there_is_said_in_the_words_of_the_language():
    with pytest.raises(QueryError) as caught:
        parse_query("island OR")
    assert caught.value.expected == (
        "a word", 'a "phrase"', "word*", "=word", "/pattern/", "@topic", "field:word", "(", "NOT",
    )  # fmt: skip


def test_the_parser_library_stays_the_cause():
    with pytest.raises(QueryError) as caught:
        parse_query("a )")
    assert type(caught.value.__cause__).__module__.startswith("lark")
