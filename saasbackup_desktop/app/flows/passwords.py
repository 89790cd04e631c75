"""Changing a connection's password without ever leaving one behind that does not work."""

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import ConnectionName


async def change_password(desk: Desk, name: ConnectionName, secret: str) -> None:
    """Try a new password or token, and keep it only if it works. Raises what the try raised."""
    settings = next((one.settings for one in await desk.connections() if one.name == name), None)
    if settings is None:
        raise Misconfigured("no such connection", what="unknown-connection", name=name)
    await desk.probe_imap(settings, secret)
    await desk.change_secret(name, secret)
