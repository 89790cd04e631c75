"""Microsoft's clouds: where each one signs people in, and where its Graph is."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from saasbackup_desktop.core.errors import Misconfigured


@dataclass(frozen=True, slots=True)
class Cloud:
    """One cloud. Addresses have no slash at the end."""

    name: str
    login: str
    graph: str

    @property
    def scope(self) -> str:
        """What a token is asked for: all that was consented to."""
        return f"{self.graph}/.default"

    @property
    def root(self) -> str:
        """Where paths of Graph begin."""
        return f"{self.graph}/v1.0"


CLOUDS: Final = {
    cloud.name: cloud
    for cloud in (
        Cloud("global", "https://login.microsoftonline.com", "https://graph.microsoft.com"),
        Cloud("gcc-high", "https://login.microsoftonline.us", "https://graph.microsoft.us"),
        Cloud("dod", "https://login.microsoftonline.us", "https://dod-graph.microsoft.us"),
        Cloud("china", "https://login.partner.microsoftonline.cn", "https://microsoftgraph.chinacloudapi.cn"),
    )
}
"""Source: Microsoft Graph documentation, national cloud deployments. GCC uses the global addresses."""


def cloud_of(name: str, login: str = "", graph: str = "") -> Cloud:
    """Find a cloud by its name; ``custom`` takes addresses. Raises Misconfigured."""
    if name != "custom":
        if name not in CLOUDS:
            raise Misconfigured("no such cloud", what="unknown-cloud", name=name)
        return CLOUDS[name]
    for address in (login, graph):
        parts = urlsplit(address)
        if parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment:
            raise Misconfigured("not an https address", what="bad-address", name=address)
    return Cloud(name, login.rstrip("/"), graph.rstrip("/"))
