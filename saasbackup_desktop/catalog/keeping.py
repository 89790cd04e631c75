"""Settings and connections: what this machine keeps for itself. Never secrets."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update

from saasbackup_desktop.catalog.schema import connections, settings
from saasbackup_desktop.core import codec
from saasbackup_desktop.core.ids import ConnectionName


def setting(connection: Connection, key: str, default: Any) -> Any:
    """Read a setting."""
    text = connection.scalar(select(settings.c.value).where(settings.c.key == key))
    return default if text is None else codec.loads(text)


def set_setting(connection: Connection, key: str, value: Any) -> None:
    """Write a setting: plain data."""
    _put(connection, settings, {"key": key}, {"value": codec.dumps(value)})


def put_connection(connection: Connection, name: ConnectionName, plain: Mapping[str, Any]) -> None:
    """Write a connection, new or changed."""
    _put(connection, connections, {"name": name}, {"plain": codec.dumps(dict(plain))})


def all_connections(connection: Connection) -> dict[ConnectionName, dict[str, Any]]:
    """List the connections, by name."""
    rows = connection.execute(select(connections).order_by(connections.c.name))
    return {ConnectionName(row.name): codec.loads(row.plain) for row in rows}


def remove_connection(connection: Connection, name: ConnectionName) -> None:
    """Forget a connection; one that is not there is no error."""
    connection.execute(delete(connections).where(connections.c.name == name))


def _put(connection: Connection, table: Table, key: dict[str, str], values: dict[str, str]) -> None:
    at = [table.c[name] == value for name, value in key.items()]
    if connection.execute(update(table).where(*at).values(values)).rowcount == 0:
        connection.execute(insert(table).values(key | values))
