"""Tables as CSV (RFC 4180), safe to open in a spreadsheet."""

import codecs
import csv
import io

from saasbackup_desktop.app.reports.views import Report
from saasbackup_desktop.app.words import reports as words

_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def to_csv(report: Report, *, bom: bool = True) -> bytes:
    """Write the tables of a report, one below the other; without tables, its facts.

    Numbers are plain, times are ISO 8601 with their offset. ``bom``: some spreadsheets need it to read UTF-8.
    """
    out = io.StringIO(newline="")
    sheet = csv.writer(out)
    if not report.tables:
        sheet.writerows([safe(words.raw_head(code)), safe(words.raw(code, value))] for code, value in report.facts)
    for place, table in enumerate(report.tables):
        if len(report.tables) > 1:
            sheet.writerows([[]] if place else [])
            sheet.writerow([safe(words.table_title(table))])
        sheet.writerow([safe(words.raw_head(code)) for code in table.columns])
        for row in table.rows:
            sheet.writerow(
                [safe(words.raw(code, value), value) for code, value in zip(table.columns, row, strict=True)]
            )
    return (codecs.BOM_UTF8 if bom else b"") + out.getvalue().encode("utf-8", "replace")


def safe(text: str, value: object = None) -> str:
    """Keep a spreadsheet from taking a cell for a formula: names come from strangers. Numbers are none."""
    return text if isinstance(value, int) or not text.startswith(_FORMULAS) else "'" + text
