from feeds.dedupe.identity import Clues, assign_ids


def clues(guid="", url="", words="w"):
    return Clues(guid=guid, canonical_url=url, fingerprint=words)


def test_an_id_is_what_it_always_was():
    """These stand in stores: a change here makes every stored entry a stranger."""
    assert assign_ids("daily", [clues("tag:1", "https://daily.example/1")]) == ("d298be9982efd789918ea3f45958e990",)
    assert assign_ids("daily", [clues("", "https://daily.example/1")]) == ("5e424e724ceaf1595c9be1dcf4dc5684",)
    assert assign_ids("daily", [clues()]) == ("3a35235e0a928e7637528abf8045d086",)


def test_the_guid_alone_makes_the_id_where_there_is_one():
    before, after = clues("tag:1", "https://daily.example/1", "a"), clues("tag:1", "https://daily.example/new", "b")
    assert assign_ids("daily", [before]) == assign_ids("daily", [after])


def test_another_source_gives_another_id():
    assert assign_ids("daily", [clues("tag:1")]) != assign_ids("weekly", [clues("tag:1")])


def test_a_guid_and_an_address_that_read_alike_are_not_alike():
    assert assign_ids("daily", [clues("https://daily.example/1")]) != assign_ids(
        "daily", [clues("", "https://daily.example/1")]
    )


def test_one_guid_for_all_swallows_nothing():
    document = [clues("feed", "https://daily.example/1"), clues("feed", "https://daily.example/2"), clues("feed")]
    ids = assign_ids("daily", document)
    assert len(set(ids)) == 3
    assert ids[0] == assign_ids("daily", [clues("", "https://daily.example/1")])[0]


def test_one_address_for_all_without_guids_leaves_the_text():
    document = [clues("", "https://daily.example", "a"), clues("", "https://daily.example", "b")]
    assert len(set(assign_ids("daily", document))) == 2


def test_one_address_for_all_with_guids_leaves_the_guids():
    alone = assign_ids("daily", [clues("1", "https://daily.example", "a")])
    document = [clues("1", "https://daily.example", "a"), clues("2", "https://daily.example", "b")]
    assert assign_ids("daily", document)[:1] == alone


def test_the_same_article_twice_has_one_id():
    twice = [clues("feed", "https://daily.example/1"), clues("feed", "https://daily.example/1")]
    assert len(set(assign_ids("daily", twice))) == 1
