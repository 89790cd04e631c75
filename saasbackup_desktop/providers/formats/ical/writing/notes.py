"""Notes of Outlook's as VJOURNAL."""

from collections.abc import Mapping
from typing import Any, Final

from saasbackup_desktop.providers.formats.graph.plain import line
from saasbackup_desktop.providers.formats.ical import journals
from saasbackup_desktop.providers.formats.ical.moments import Zones
from saasbackup_desktop.providers.formats.ical.writing.common import read_back, write_aside, write_common
from saasbackup_desktop.providers.formats.ical.writing.enclosed import write_attachments
from saasbackup_desktop.providers.formats.ical.writing.lines import Bytes, Sheet, moment_of, stamp

_SILENT: Final = frozenset({"singleValueExtendedProperties", "createdDateTime", "receivedDateTime"})


def write_note(sheet: Sheet, plain: Mapping[str, Any], parts: Mapping[str, Bytes], uid: str) -> None:
    """Write a note."""

    def say(paper: Sheet) -> None:
        paper.name(line(plain.get("id")) or uid)
        made = moment_of(plain.get("createdDateTime"))
        if made is not None:
            paper.say("DTSTART", stamp(made))
        write_common(paper, plain, title="subject")

    back = journals.note("", read_back("VJOURNAL", say), Zones(()), {}, [])
    sheet.begin("VJOURNAL")
    say(sheet)
    write_aside(sheet, plain, back, _SILENT)
    write_attachments(sheet, plain, parts)
    sheet.end("VJOURNAL")
