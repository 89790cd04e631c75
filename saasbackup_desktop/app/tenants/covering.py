"""What is covered in a tenant and what is not, by its settings and by what the last check found."""

from collections.abc import Sequence

from saasbackup_desktop.app.tenants.book import Book
from saasbackup_desktop.app.tenants.needs import services_of, way_in
from saasbackup_desktop.app.tenants.views import Capability, Standing, TenantSettings
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.microsoft.capabilities import Facts, matrix
from saasbackup_desktop.providers.microsoft.outcomes import Outcome
from saasbackup_desktop.providers.microsoft.role_state import RoleStanding

_IN_FORCE = (Standing.WELL, Standing.WARNING)
_NO_EXCHANGE = frozenset({Outcome.LICENCE_MISSING.value, Outcome.ON_HOLD.value})


def capabilities(settings: TenantSettings, book: Book) -> Sequence[Capability]:
    """Everything that people expect, and how far it is covered."""
    facts = Facts(
        way_in=way_in(settings),
        services=(*services_of(settings), *((Service.DIRECTORY,) if settings.keeps_directory else ())),
        cloud=settings.cloud,
        granted=_granted(book),
        is_role_pending=bool(settings.fence) and book.role.standing is RoleStanding.PENDING,
        has_exchange=_has_exchange(book),
        is_exact=settings.keeps_exact,
    )
    return [
        Capability(
            code=one.thing.value, cover=one.reach.value, reason=one.reason, missing=one.missing, source=one.source
        )
        for one in matrix(facts)
    ]


def _granted(book: Book) -> frozenset[str] | None:
    """Permissions in force; None if nobody could tell."""
    lines = [line for line in book.report.lines if line.area == "permission"] if book.report is not None else []
    if not lines or any(line.standing is Standing.UNKNOWN and not line.is_optional for line in lines):
        return None
    return frozenset(line.name for line in lines if line.standing in _IN_FORCE)


def _has_exchange(book: Book) -> bool | None:
    lines = [line for line in book.report.lines if line.area == "licence"] if book.report is not None else []
    if not lines:
        return None
    return False if lines[0].outcome in _NO_EXCHANGE else True if lines[0].outcome == Outcome.WELL.value else None
