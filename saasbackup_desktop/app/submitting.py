"""How rooms ask for work."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from saasbackup_desktop.app.views import RestoreRequest
from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.core.jobs import BY_HAND, Origin, Spec

Restore = Callable[[RestoreRequest], Awaitable[JobId]]
"""Carry out a restore that a person asked for."""


class Submit(Protocol):
    """Queue a job in this home; what is queued or running already is not queued twice."""

    async def __call__(self, spec: Spec, origin: Origin = BY_HAND) -> JobId:
        """Give its id. Raises VaultBusy while another process works here."""


class SubmitMany(Protocol):
    """Queue jobs in this home, all or none of them; what is queued or running already is not queued twice."""

    async def __call__(self, specs: Sequence[Spec], origin: Origin = BY_HAND) -> Sequence[JobId]:
        """Give their ids. Raises VaultBusy while another process works here."""
