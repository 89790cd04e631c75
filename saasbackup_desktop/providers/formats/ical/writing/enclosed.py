"""Attached files, written into calendars."""

from collections.abc import Mapping
from typing import Any

from saasbackup_desktop.core.errors import BodyDamaged
from saasbackup_desktop.providers.formats.graph.plain import line, objects, text
from saasbackup_desktop.providers.formats.graph.values import ATTACHMENT
from saasbackup_desktop.providers.formats.ical.writing import losses
from saasbackup_desktop.providers.formats.ical.writing.lines import Bytes, Sheet


def write_attachments(sheet: Sheet, plain: Mapping[str, Any], parts: Mapping[str, Bytes]) -> None:
    """Write what is attached; what is damaged is listed."""
    for one in objects(plain, "attachments"):
        kind = line(one.get("@odata.type")).rpartition(".")[2]
        name, media_type = line(one.get("name")), line(one.get("contentType"))
        said = {"FMTTYPE": media_type, "FILENAME": name, "X-CONTENT-ID": text(one.get("contentId"))}
        parameters = {name: value for name, value in said.items() if value}
        part = parts.get(ATTACHMENT + line(one.get("id")))
        if kind == "referenceAttachment":
            place = line(one.get("sourceUrl"))
            if place:
                sheet.say("ATTACH", place, parameters)
            else:
                sheet.lost.append(losses.LINKED_FILE)
        elif kind == "itemAttachment":
            sheet.lost.append(losses.ATTACHED_ITEM)
        elif part is None:
            sheet.lost.append(losses.FILE_MISSING)
        else:
            try:
                sheet.file(parameters, part)
            except BodyDamaged:
                sheet.lost.append(losses.ATTACHMENT_DAMAGED)
