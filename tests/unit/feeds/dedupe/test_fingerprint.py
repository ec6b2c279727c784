from feeds.dedupe.fingerprint import fingerprint


def test_case_punctuation_and_white_space_do_not_count():
    assert fingerprint("River treaty: SIGNED!", "By all  three\nstates.") == fingerprint(
        "river treaty signed", "by all three states"
    )


def test_one_other_word_or_number_makes_another_fingerprint():
    prints = {fingerprint("Report", text) for text in ("day 1", "day 2", "day", "days 1", "")}
    assert len(prints) == 5


def test_the_border_between_title_and_text_counts():
    assert fingerprint("River treaty", "signed") != fingerprint("River", "treaty signed")


def test_ways_of_writing_an_apostrophe_or_a_stress_are_one():
    assert (
        len({fingerprint(title, "") for title in ("п'ять", "п’ять", "пʼять", "п\u2019я\u0301ть", "п'ять\u00ad")}) == 1
    )


def test_letters_of_other_alphabets_stay_letters():
    assert fingerprint("Й", "") != fingerprint("И", "")


def test_texts_without_a_word_are_told_apart_by_their_characters():
    prints = {fingerprint("!!!", ""), fingerprint("???", ""), fingerprint("", "!!!"), fingerprint("", "")}
    assert len(prints) == 4
    assert all(len(one) == 32 for one in prints)


def test_a_lone_surrogate_costs_nothing():
    assert fingerprint("\ud800", "") != fingerprint("", "")


def test_vowel_signs_that_are_marks_tell_words_apart():
    assert fingerprint("कि", "") != fingerprint("की", "")
