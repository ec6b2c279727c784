"""What documents of an older format become, so that a store outlives versions of the program; pure.

One step leads from each format to the next. A step changes documents one at a time, in the tables that it names, and
leaves a document alone that has the newer form already: after damage nobody knows for sure which one it has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from storage.codec import Document
from storage.frames import FORMAT, Record
from storage.lines import Line, decode_document, length_of, line_of, lines_in, offset_of, raw_lines

Step = Callable[[Document], Document]
"""Gives a document anew; the one given stays as it is."""


def joined_by_evidence(placement: Document) -> Document:
    """From format 1: why an entry is a copy was one text, and is a line of the ledger now."""
    evidence, other = placement.get("evidence"), placement.get("copy_of")
    newer = {name: content for name, content in placement.items() if name != "evidence"}
    if evidence and other and "joins" not in placement:
        newer["joins"] = [{"relation": "copy", "other": other, "evidence": evidence, "rule": "address/1"}]
    return newer


STEPS: Mapping[int, Mapping[str, Step]] = {1: {"placements": joined_by_evidence}}
"""By the format that a step leads away from, and the table that it changes."""


def current(table: str, document: Document, version: int) -> Document:
    """What a document of format `version` is in the present one."""
    for step in _steps(table, version):
        document = step(document)
    return document


def current_lines(record: Record, version: int) -> Iterator[tuple[Line, bytes]]:
    """The lines of a record of format `version`, each with its bytes in the present format.

    Raises `ValueError` for what is no record of documents.
    """
    for line, raw in zip(lines_in(record.payload, record.begin), raw_lines(record.payload), strict=True):
        if line.number is None or line.place is None or not _steps(line.table, version):
            yield line, raw
        else:
            document = current(line.table, document_in(record, line.place), version)
            yield line, line_of(line.table, line.number, document)


def document_in(record: Record, place: int) -> Document:
    """The document that stands at `place`, which is inside `record`, as it was written."""
    begin = offset_of(place) - record.begin
    return decode_document(record.payload[begin : begin + length_of(place)])


def _steps(table: str, version: int) -> list[Step]:
    return [] if version == FORMAT else [STEPS[n][table] for n in range(version, FORMAT) if table in STEPS[n]]
