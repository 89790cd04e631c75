"""A report as JSON: one text on one line, canonical, so that equal reports give equal bytes."""

from typing import Any, Final

from saasbackup_desktop.app.reports.views import Kind, Report, Table
from saasbackup_desktop.core import codec

FORMAT: Final = "saasbackup-report/1"


def to_json(report: Report) -> bytes:
    """Write a report; codes and plain values, no words."""
    plain = {**codec.plain_fields(report), "format": FORMAT}
    return codec.dumps(plain).encode("utf-8", "surrogatepass") + b"\n"


def from_json(data: bytes) -> Report:
    """The other way round. Raises ValueError, KeyError, TypeError for what is none."""
    plain: dict[str, Any] = codec.loads(data)
    if plain.pop("format") != FORMAT:
        raise ValueError("another format")
    tables = tuple(
        Table(code=one["code"], columns=tuple(one["columns"]), rows=tuple(tuple(row) for row in one["rows"]))
        for one in plain.pop("tables")
    )
    facts = tuple((code, value) for code, value in plain.pop("facts"))
    return Report(kind=Kind(plain.pop("kind")), facts=facts, tables=tables, **plain)
