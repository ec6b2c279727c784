"""Broken configs as data: NAME.toml beside NAME.txt, which has every problem as `line:column: sentence`."""

from __future__ import annotations

from pathlib import Path

import pytest

from aggregator.codes import Code
from aggregator.config import discreet, load
from feeds.errors import ConfigError

CONFIGS = Path(__file__).parents[2] / "data" / "configs"


def problems_of(file: Path) -> tuple:
    with pytest.raises(ConfigError) as caught:
        load(file, environ={})
    return caught.value.problems


@pytest.mark.parametrize("file", sorted(CONFIGS.glob("*.toml")), ids=lambda file: file.stem)
def test_a_broken_config_is_told_every_problem_at_its_place(file):
    told = "".join(f"{p.line}:{p.column}: {p.message}\n" for p in problems_of(file))
    assert told == file.with_suffix(".txt").read_text("utf-8")


@pytest.mark.parametrize("file", sorted(CONFIGS.glob("*.toml")), ids=lambda file: file.stem)
def test_a_problem_brings_the_line_that_it_speaks_of(file):
    lines = file.read_text("utf-8").split("\n")
    found = problems_of(file)
    assert [one.excerpt for one in found] == [discreet.excerpt(lines[one.line - 1]) for one in found]


@pytest.mark.parametrize("file", sorted(CONFIGS.glob("*.toml")), ids=lambda file: file.stem)
def test_a_problem_has_a_code_and_stays_within_its_line(file):
    problems = problems_of(file)
    assert {one.code for one in problems} <= set(Code)
    assert [
        one for one in problems if one.width < 1 or one.column - 1 + one.width > max(len(one.excerpt), one.column)
    ] == []


def test_there_is_a_sentence_for_every_broken_config_and_the_reverse():
    assert {file.stem for file in CONFIGS.glob("*.toml")} == {file.stem for file in CONFIGS.glob("*.txt")}
    assert len(list(CONFIGS.glob("*.toml"))) >= 60


def test_the_error_as_a_whole_reads_like_a_compilers(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text('[fetch]\nevrey = "5m"\n', "utf-8")
    with pytest.raises(ConfigError, match="unknown key") as caught:
        load(file, environ={})
    assert str(caught.value) == f'{file}:2:1: unknown key "evrey"; did you mean "every"?'


def test_a_byte_that_is_no_utf8_is_told_with_its_place(tmp_path):
    file = tmp_path / "config.toml"
    file.write_bytes('# мир\r\ntitle = "'.encode() + "мир".encode("cp1251") + b'"\r\n')
    (problem,) = problems_of(file)
    assert (problem.line, problem.column) == (2, 10)
    assert problem.message == "this byte is not UTF-8; save the file as UTF-8"
    assert problem.excerpt == 'title = "\ufffd\ufffd\ufffd"'


def test_a_file_in_utf16_is_told_as_such(tmp_path):
    file = tmp_path / "config.toml"
    file.write_bytes('[site]\ntitle = "Harbours"\n'.encode("utf-16"))
    (problem,) = problems_of(file)
    assert (problem.line, problem.column) == (1, 1)
    assert problem.message == "this file is saved as UTF-16; save it as UTF-8 (editors call that the encoding)"


def test_windows_line_ends_and_a_byte_order_mark_move_nothing(tmp_path):
    file = tmp_path / "config.toml"
    file.write_bytes('\ufeff[fetch]\r\n\r\nevrey = "5m"\r\n'.encode())
    (problem,) = problems_of(file)
    assert (problem.line, problem.column, problem.excerpt) == (3, 1, 'evrey = "5m"')
