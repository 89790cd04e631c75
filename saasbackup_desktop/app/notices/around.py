"""What the room of notices asks of other rooms."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from saasbackup_desktop.app.activity.views import ActivityPage, ActivityQuery
from saasbackup_desktop.app.alerts.views import Alert
from saasbackup_desktop.app.drills.views import Proof
from saasbackup_desktop.app.tasks.views import TaskView
from saasbackup_desktop.app.tenants.views import Tenant
from saasbackup_desktop.core.ids import StreamId


async def _nothing() -> Sequence[TaskView]:
    return ()


async def _no_alerts() -> Sequence[Alert]:
    return ()


async def _no_proofs(_stream: StreamId) -> Sequence[Proof]:
    return ()


async def _no_activity(_query: ActivityQuery) -> ActivityPage:
    return ActivityPage(entries=(), total=0)


async def _no_tenants() -> Sequence[Tenant]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """Their doors, as far as they are asked."""

    tasks: Callable[[], Awaitable[Sequence[TaskView]]] = _nothing
    alerts: Callable[[], Awaitable[Sequence[Alert]]] = _no_alerts
    proofs: Callable[[StreamId], Awaitable[Sequence[Proof]]] = _no_proofs
    """Of one stream, newest first."""
    activity: Callable[[ActivityQuery], Awaitable[ActivityPage]] = _no_activity
    tenants: Callable[[], Awaitable[Sequence[Tenant]]] = _no_tenants
