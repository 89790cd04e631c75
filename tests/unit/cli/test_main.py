"""Every command explains itself."""

import functools
from collections.abc import Iterator

import pytest
import typer.main
import typer.testing

from saasbackup_desktop.cli.main import app, arguments


def commands(group: typer.Typer, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for one in group.registered_commands:
        yield (*path, str(one.name))
    for inner in group.registered_groups:
        assert inner.typer_instance is not None
        yield from commands(inner.typer_instance, (*path, str(inner.typer_instance.info.name)))


described = functools.cache(typer.main.get_command)


@functools.cache
def help_of(path: tuple[str, ...]) -> tuple[int, str]:
    """What a command says of itself, after the exit code; asked once, for every test here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typer.testing, "_get_command", described)  # else all commands are described for each of them
        environment = {"COLUMNS": "300", "TERM": "dumb"}
        result = typer.testing.CliRunner().invoke(app, [*path, "--help"], env=environment)
    return result.exit_code, result.output


@pytest.mark.parametrize("path", list(commands(app)), ids=" ".join)
def test_every_command_has_help_with_an_example(path: tuple[str, ...]) -> None:
    code, output = help_of(path)
    assert code == 0
    assert f"Example: saasbackup {' '.join(path)}" in " ".join(output.split())
    assert "--json" in output
    assert "--home" in output


def test_no_command_takes_a_secret_as_an_argument() -> None:
    for path in commands(app):
        _, output = help_of(path)
        assert "--password " not in output
        assert "--passphrase " not in output
        assert "--secret " not in output


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["check", "--read-data"], ["check", "--read-data", "100"]),
        (["check", "--read-data", "--json"], ["check", "--read-data", "100", "--json"]),
        (["check", "--read-data", "5"], ["check", "--read-data", "5"]),
        (["check"], ["check"]),
    ],
)
def test_read_data_may_stand_alone(given: list[str], expected: list[str]) -> None:
    assert arguments(given) == expected
