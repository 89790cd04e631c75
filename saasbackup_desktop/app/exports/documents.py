"""The words of documents that items are printed as."""

from saasbackup_desktop.app.card_page import page_of
from saasbackup_desktop.app.words.reports import moment, size
from saasbackup_desktop.providers.files.pdf.wording import Wording


def wording() -> Wording:
    """The words, in English."""
    return Wording(
        sender="From",
        recipients="To",
        copies="Cc",
        hidden="Bcc",
        reply="Reply to",
        date="Date",
        received="Received",
        files="Attachments",
        folder="Folder",
        untitled="(No subject)",
        unnamed="(No name)",
        page="Page {page} of {pages}",
        page_alone="Page {page}",
        contents="Contents",
        page_column="Page",
        subject="Subject",
        part="part {part}",
        summary=_summary,
        size=size,
        moment=moment,
        card=page_of,
    )


def _summary(items: int, first: int, last: int) -> str:
    return f"{items:,} {'item' if items == 1 else 'items'}, in order of time; pages {first:,} to {last:,}"
