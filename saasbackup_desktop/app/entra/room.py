"""What the parts of the directory's door have in common: whose directory it is, and what is known of it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from saasbackup_desktop.app.submitting import Submit
from saasbackup_desktop.app.tasks.views import TaskView
from saasbackup_desktop.app.tenants.drafts import Drafts
from saasbackup_desktop.app.tenants.room import Room as TenantRoom
from saasbackup_desktop.app.tenants.set_up import Told
from saasbackup_desktop.app.tenants.views import CheckReport, Tenant, TenantSettings
from saasbackup_desktop.app.views import RestoreRequest
from saasbackup_desktop.app.workspace import Workspace
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import ConnectionName, JobId, StreamId
from saasbackup_desktop.core.model import Account, Service, account_of, stream_id
from saasbackup_desktop.core.ports import Clock
from saasbackup_desktop.engine.directory.comparing import Comparisons
from saasbackup_desktop.engine.directory.plans import Plans


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """What is asked of the rooms beside this one."""

    check: Callable[[ConnectionName], Awaitable[CheckReport]]
    """Look what a tenant's application may do."""
    renew: Callable[[ConnectionName, str, Told], Awaitable[Tenant]]
    """Renew a tenant's certificate, with the sign-in of an administrator."""
    change: Callable[[TenantSettings, str], Awaitable[Tenant]]
    """Take over who signed in."""
    tasks: Callable[[], Awaitable[Sequence[TaskView]]]


class Room(TenantRoom):
    """Knows the open home. Belongs to the desk's loop."""

    def __init__(
        self,
        workspace: Workspace,
        clock: Clock,
        submit: Submit,
        drafts: Drafts,
        comparisons: Comparisons,
        near: Near,
    ) -> None:
        super().__init__(workspace, clock, submit, _no_restore, drafts)
        self._near = near
        self._comparisons = comparisons
        self._plans = Plans(workspace.catalog, workspace.bench.offload)

    def _account(self, tenant: ConnectionName) -> Account:
        found = self._reach.directory(tenant)
        if found is None:
            raise Misconfigured("nobody has signed in to this tenant yet", what="not-signed-in", name=tenant)
        return found

    def _stream(self, tenant: ConnectionName) -> StreamId:
        return stream_id(self._account(tenant).id, Service.DIRECTORY)

    def _tenant_of(self, stream: StreamId) -> ConnectionName:
        """Whose directory a stream is of. Raises Misconfigured if no connection reaches it."""
        found = self._reach.directory_of(account_of(stream))
        if found is None or found.connection is None:
            raise Misconfigured("no connection reaches this directory", what="not-connected", name=stream)
        return found.connection


async def _no_restore(request: RestoreRequest) -> JobId:
    raise Misconfigured("a directory is restored by a plan", what="directory-by-plan", name=request.stream)
