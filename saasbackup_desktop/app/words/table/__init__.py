"""The sentences themselves: one entry for each fault's code, by subject.

An entry ``code/word`` is for what a code means in particular: when its fact ``reason`` or ``what`` is that word.
"""

from typing import Final

from saasbackup_desktop.app.words.table.agent import AGENT
from saasbackup_desktop.app.words.table.archives import ARCHIVES
from saasbackup_desktop.app.words.table.buckets import BUCKETS
from saasbackup_desktop.app.words.table.computer import COMPUTER
from saasbackup_desktop.app.words.table.destinations import DESTINATIONS
from saasbackup_desktop.app.words.table.drills import DRILLS
from saasbackup_desktop.app.words.table.entra import ENTRA
from saasbackup_desktop.app.words.table.exports import EXPORTS
from saasbackup_desktop.app.words.table.file_checks import FILE_CHECKS
from saasbackup_desktop.app.words.table.items import ITEMS
from saasbackup_desktop.app.words.table.keys import KEYS
from saasbackup_desktop.app.words.table.microsoft import MICROSOFT
from saasbackup_desktop.app.words.table.notices import NOTICES
from saasbackup_desktop.app.words.table.points import POINTS
from saasbackup_desktop.app.words.table.schedules import SCHEDULES
from saasbackup_desktop.app.words.table.sentences import Words
from saasbackup_desktop.app.words.table.servers import SERVERS
from saasbackup_desktop.app.words.table.tasks import TASKS
from saasbackup_desktop.app.words.table.tenants import TENANTS
from saasbackup_desktop.app.words.table.vaults import VAULTS

__all__ = ["SUBJECTS", "TABLE", "Words"]

SUBJECTS: Final = (
    SERVERS,
    ITEMS,
    ARCHIVES,
    FILE_CHECKS,
    DRILLS,
    KEYS,
    POINTS,
    VAULTS,
    COMPUTER,
    BUCKETS,
    DESTINATIONS,
    EXPORTS,
    MICROSOFT,
    TENANTS,
    ENTRA,
    NOTICES,
    SCHEDULES,
    AGENT,
    TASKS,
)
TABLE: Final[dict[str, Words]] = {code: words for subject in SUBJECTS for code, words in subject.items()}
