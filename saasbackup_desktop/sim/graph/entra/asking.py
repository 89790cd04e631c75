"""What every write to the pretend directory begins with: who asks, and what was sent."""

from typing import Any

from saasbackup_desktop.sim.graph.app import Asked
from saasbackup_desktop.sim.graph.entra.checks import bad
from saasbackup_desktop.sim.graph.wire import Refusal


def allowed_to_write(asked: Asked) -> None:
    """Whoever signed in is an administrator. Raises Refusal."""
    admins, grant = asked.tenant.admins, asked.grant
    if grant.user and admins is not None and grant.user not in admins:
        raise denied()


def denied() -> Refusal:
    """Say that somebody may not."""
    return Refusal(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")


def sent(asked: Asked) -> dict[str, Any]:
    """The object that was sent. Raises Refusal."""
    said = asked.request.json()
    if not isinstance(said, dict):
        raise bad("A JSON object is expected.")
    return said
