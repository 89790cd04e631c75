"""Plain requests to the pretend tenant, each with its answer held to the contract."""

from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.graph.referee import RefereedTransport
from tests.graph.stage import Stage


@dataclass
class Caller:
    """Asks as the stage's application."""

    stage: Stage
    client: httpx.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        transport = RefereedTransport(httpx.ASGITransport(self.stage.app), self.stage.referee)
        self.client = httpx.AsyncClient(transport=transport, base_url="https://graph.microsoft.com")

    async def ask(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        """Send one request, and tell what is answered. ``path``: below v1.0, or with ``/beta`` before it."""
        headers = {"Authorization": f"Bearer {await self.stage.token(False)}"}
        address = path if path.startswith(("/beta/", "https:")) else f"/v1.0{path}"
        answer = await self.client.request(method, address, json=body, headers=headers)
        assert answer.status_code == status, (method, path, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    async def get(self, path: str, status: int = 200) -> Any:
        """Read."""
        return await self.ask("GET", path, None, status)

    async def all(self, path: str) -> list[dict[str, Any]]:
        """Read a whole list."""
        found, link = [], path
        while link:
            page = await self.get(link)
            found += page["value"]
            link = page.get("@odata.nextLink", "")
        return found

    async def delta(self, link: str) -> tuple[list[dict[str, Any]], str]:
        """Read what changed: all of it, and where to go on."""
        found: list[dict[str, Any]] = []
        while True:
            page = await self.get(link)
            found += page["value"]
            if "@odata.deltaLink" in page:
                return found, page["@odata.deltaLink"]
            link = page["@odata.nextLink"]

    async def made(self, path: str, body: Any) -> dict[str, Any]:
        """Make something."""
        found = await self.ask("POST", path, body, 201)
        assert isinstance(found, dict)
        return found

    async def close(self) -> None:
        """Let go."""
        await self.client.aclose()


def address(id: str, kind: str = "directoryObjects") -> dict[str, str]:
    """What names another object in a request that ties."""
    return {"@odata.id": f"https://graph.microsoft.com/v1.0/{kind}/{id}"}
