"""A torn end is cut; damage refuses to open; and the two are never taken for each other."""

from __future__ import annotations

import io

import pytest

from feeds.errors import StoreDamaged, StoreError
from storage.frames import FORMAT, HEADER_SIZE, SECTOR, Damage, Newer, Record, Torn, frame, header, scan
from storage.journal import open_for_writing
from storage.port import Change
from storage.reading import JournalReader
from storage.tinydb_store import open_store
from tests.fakes.stored_values import entry_of

PAYLOADS = [b'["one"]', "[«два», 🛟]".encode(), b"[]", b"[3]" * 400]
WHOLE = header() + b"".join(map(frame, PAYLOADS))
ENDS = [HEADER_SIZE + sum(len(frame(one)) for one in PAYLOADS[:n]) for n in range(len(PAYLOADS) + 1)]


def found_in(data: bytes) -> list:
    return list(scan(io.BytesIO(data)))


def payloads_in(data: bytes) -> list[bytes]:
    return [found.payload for found in found_in(data) if isinstance(found, Record)]


def test_a_whole_journal_gives_back_its_records_and_where_they_are():
    assert found_in(WHOLE) == [
        Record(offset=begin, end=end, payload=payload)
        for begin, end, payload in zip(ENDS, ENDS[1:], PAYLOADS, strict=False)
    ]


def test_a_journal_cut_off_anywhere_gives_exactly_its_complete_records(tmp_path):
    short = WHOLE[: ENDS[3]]
    for last in range(HEADER_SIZE, len(short)):
        path = tmp_path / "journal"
        path.write_bytes(short[:last])
        complete = sum(end <= last for end in ENDS[1:])
        end = max(end for end in ENDS if end <= last)
        read, taken = [], []
        assert JournalReader(path).replay(read.append)[0] == end
        journal, _, torn = open_for_writing(path, taken.append)
        added = journal.append(b"[4]")
        journal.close()
        assert [one.payload for one in read] == [one.payload for one in taken] == PAYLOADS[:complete]
        assert torn == (None if last in ENDS else Torn(offset=end, size=last - end))
        assert added.offset == end
        assert payloads_in(path.read_bytes()) == [*PAYLOADS[:complete], b"[4]"]


def test_a_journal_cut_off_inside_its_header_is_damage_because_none_is_ever_created_so(tmp_path):
    path = tmp_path / "journal"
    for last in range(HEADER_SIZE):
        path.write_bytes(WHOLE[:last])
        for writable in (True, False):
            with pytest.raises(StoreDamaged, match="at byte 0: the file ends inside its header"):
                open_store(tmp_path, writable=writable)
        assert path.read_bytes() == WHOLE[:last]


def test_what_is_appended_while_a_journal_is_read_is_left_out_and_no_damage(tmp_path):
    path, rest = tmp_path / "journal", frame(b"[5]" * 400_000)  # more than the reader keeps in memory
    for begun in (0, 5, 20, len(rest) - 1):
        path.write_bytes(WHOLE + rest[:begun])
        read = []

        def grow(record: Record, read=read, begun=begun) -> None:
            if not read:
                with path.open("ab") as journal:
                    journal.write(rest[begun:] + frame(b"[6]"))
            read.append(record.payload)

        end, torn = JournalReader(path).replay(grow)
        assert (read, end) == (PAYLOADS, len(WHOLE))
        assert torn == (Torn(offset=len(WHOLE), size=begun) if begun else None)


@pytest.mark.parametrize("flip", [0x01, 0x20, 0x80, 0xFF])
def test_a_flipped_byte_anywhere_is_noticed_and_invents_nothing(flip):
    for at in range(len(WHOLE)):
        data = bytearray(WHOLE)
        data[at] ^= flip
        found = found_in(bytes(data))
        noticed = [one for one in found if not isinstance(one, Record)]
        begin = max((end for end in [0, *ENDS] if end <= at), default=0)
        assert [type(one) for one in noticed] == [Damage], f"at {at}: {found}"
        assert noticed[0].offset == begin
        hit = [n for n in range(len(PAYLOADS)) if ENDS[n] <= at < ENDS[n + 1]]
        assert payloads_in(bytes(data)) == [one for n, one in enumerate(PAYLOADS) if n not in hit]


def test_a_byte_that_became_zero_is_damage_unless_it_is_a_whole_sector_of_its_record():
    for at in range(len(WHOLE)):
        data = bytearray(WHOLE)
        if data[at]:
            data[at] = 0
            assert [type(one) for one in found_in(bytes(data)) if not isinstance(one, Record)] == [Damage], at


def test_sectors_of_the_last_record_that_never_reached_the_disk_are_a_torn_end():
    last = ENDS[-2]
    for first in range(last // SECTOR, len(WHOLE) // SECTOR + 1):
        data = bytearray(WHOLE)
        begin, end = max(first * SECTOR, last), min((first + 1) * SECTOR, len(WHOLE))
        data[begin:end] = bytes(end - begin)
        assert found_in(bytes(data))[-1] == Torn(offset=last, size=len(WHOLE) - last)
        assert payloads_in(bytes(data)) == PAYLOADS[:-1]


def test_a_file_that_grew_before_its_bytes_were_written_is_a_torn_end():
    assert found_in(WHOLE + bytes(700))[-1] == Torn(offset=len(WHOLE), size=700)


def test_lost_sectors_in_front_of_a_whole_record_are_damage():
    data = bytearray(WHOLE + frame(b"[5]"))
    data[ENDS[3] : ENDS[3] + 600] = bytes(600)
    assert found_in(bytes(data))[3:] == [
        Damage(offset=ENDS[3], reason="no record begins here, where one should"),
        Record(offset=ENDS[4], end=ENDS[4] + len(frame(b"[5]")), payload=b"[5]"),
    ]


def test_a_record_that_claims_to_be_longer_than_the_file_is_damage_when_its_length_was_changed():
    data = bytearray(WHOLE)
    data[ENDS[1] + 7] = 0x7F  # the highest byte of the length
    assert isinstance(found_in(bytes(data))[1], Damage)


def test_garbage_behind_the_last_record_is_damage():
    assert isinstance(found_in(WHOLE + b"hello, world, this is no record")[-1], Damage)


def test_a_journal_of_a_newer_format_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "journal"
    path.write_bytes(header(version=FORMAT + 1) + b"whatever comes")
    assert found_in(path.read_bytes()) == [Newer(version=FORMAT + 1)]
    with pytest.raises(
        StoreError, match=r"journal was written by a newer topicwire \(format 3; this one reads up to 2\)"
    ):
        open_store(tmp_path, writable=True)
    assert path.read_bytes() == header(version=FORMAT + 1) + b"whatever comes"


@pytest.mark.parametrize("writable", [True, False])
def test_a_damaged_store_refuses_to_open_and_says_where_and_what_to_do(tmp_path, writable):
    with open_store(tmp_path, writable=True) as store:
        store.commit(Change(entries=(entry_of("a"),)))
        store.commit(Change(entries=(entry_of("b"),)))
    path = tmp_path / "journal"
    data = bytearray(path.read_bytes())
    data[HEADER_SIZE + 40] ^= 1
    path.write_bytes(data)
    with pytest.raises(StoreDamaged) as caught:
        open_store(tmp_path, writable=writable)
    assert str(caught.value) == (
        f"{path} is damaged at byte 16: a record does not match its checksum. "
        "`topicwire compact --repair` keeps what is whole and reports what is not"
    )
    assert path.read_bytes() == data


@pytest.mark.parametrize(
    "payload", [b"not json", b'{"entries": 1}', b'[["entries","1",7]]', b"[3]", b'[["entries","9",null]]']
)
def test_a_whole_record_that_makes_no_sense_is_damage(tmp_path, payload):
    (tmp_path / "journal").write_bytes(header() + frame(payload))
    with pytest.raises(StoreDamaged, match="damaged at byte 16: a record cannot be understood"):
        open_store(tmp_path, writable=True)


def test_another_kind_of_file_is_refused(tmp_path):
    (tmp_path / "journal").write_text('{"_default": {"1": {"this": "is a TinyDB file"}}}')
    with pytest.raises(StoreDamaged, match="this is no journal of topicwire"):
        open_store(tmp_path, writable=True)


def test_a_stored_value_that_lacks_what_it_needs_is_an_error_that_shows_it(tmp_path):
    with open_store(tmp_path, writable=True) as store:
        store.database.table("entries").insert({"id": "a", "source": "s", "first_seen": "2026", "title": "Half"})
        with pytest.raises(StoreError, match=r"a stored Entry cannot be read .*Half"):
            store.entry("a")
