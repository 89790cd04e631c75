"""Results on standard output, the rest on standard error."""

import json

import pytest

from saasbackup_desktop.app.words import words_for
from saasbackup_desktop.cli.exits import ExitCode
from saasbackup_desktop.cli.output import Output, field, number

RECORDS = [{"type": "x", "name": "a\tb\x1b[31m", "size": 3}, {"type": "x", "name": None, "size": None}]
COLUMNS = [field("Name", "name"), number("Size", "size", lambda value: f"{value or 0} B")]


def test_elsewhere_than_on_a_terminal_tables_are_tab_separated(capsys: pytest.CaptureFixture[str]) -> None:
    Output(False).table(RECORDS, COLUMNS)
    assert capsys.readouterr().out == "Name\tSize\na�b�[31m\t3 B\n\t0 B\n"


def test_programs_get_one_object_for_each_line(capsys: pytest.CaptureFixture[str]) -> None:
    Output(True).table(RECORDS, COLUMNS)
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == RECORDS


def test_problems_say_what_to_do_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    facts = {"host": "mail.example.org"}
    words = words_for("unknown-host", facts)
    Output(False).problem(words, "unknown-host", facts, ExitCode.UNREACHABLE, "anna")
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err.splitlines() == [f"anna: {words.title}", words.what, words.remedy]
    Output(True).problem(words, "unknown-host", facts, ExitCode.UNREACHABLE)
    record = json.loads(capsys.readouterr().err)
    assert (record["type"], record["code"], record["exit"], record["facts"]) == ("error", "unknown-host", 5, facts)


def test_markup_of_strangers_is_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    out = Output(False)
    out.note("[bold]x[/bold] :smile:")
    out.record({}, "[red]y")
    written = capsys.readouterr()
    assert (written.out, written.err) == ("[red]y\n", "[bold]x[/bold] :smile:\n")
