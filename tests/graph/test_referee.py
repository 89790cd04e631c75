"""The referee catches what is seeded, and lets pass what is lawful."""

from typing import Any

import httpx
import pytest

from tests.graph.referee import Referee, RefereedTransport

MESSAGES = "https://graph.microsoft.com/v1.0/users/ada/messages"
LAWFUL = {"value": [{"id": "AAMk", "subject": "Hello", "isRead": True}]}


async def conversation(
    answer: Any, url: str = MESSAGES, method: str = "GET", body: Any = None, status: int = 200, **kwargs: Any
) -> list[str]:
    def reply(request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, json=answer)

    referee = Referee(**kwargs)
    transport = RefereedTransport(httpx.MockTransport(reply), referee)
    async with httpx.AsyncClient(transport=transport) as client:
        response = await client.request(method, url, json=body)
        assert response.json() == answer
    assert referee.exchanges
    return referee.problems


async def test_a_lawful_exchange_passes() -> None:
    assert await conversation(LAWFUL, granted={"Mail.Read"}) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"url": MESSAGES.replace("messages", "massages")}, "no Graph resource path"),
        ({"url": f"{MESSAGES}?$selekt=id"}, "unknown query parameter"),
        ({"url": f"{MESSAGES}?$select=subjekt"}, "is not a property"),
        ({"answer": {"value": [{"id": "AAMk", "subjekt": "Hello"}]}}, "subjekt"),
        ({"answer": {"value": [{"id": "AAMk", "isRead": "yes"}]}}, "isRead"),
        ({"granted": {"Calendars.Read"}}, "none of the granted permissions"),
        ({"method": "POST", "body": {"subjekt": "Hello"}, "answer": LAWFUL["value"][0], "status": 201}, "subjekt"),
        ({"answer": {"fault": "x"}, "status": 404}, "error body"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
async def test_seeded_violations_are_caught(change: dict[str, Any], said: str) -> None:
    problems = await conversation(**{"answer": LAWFUL, **change})
    assert any(said in problem for problem in problems), problems


async def test_what_is_inside_a_batch_is_judged_too() -> None:
    asked = {"requests": [{"id": "1", "method": "GET", "url": "/users/ada/massages"}]}
    answer = {"responses": [{"id": "1", "status": 200, "body": LAWFUL}]}
    problems = await conversation(answer, "https://graph.microsoft.com/v1.0/$batch", "POST", asked)
    assert any("no Graph resource path" in problem for problem in problems)
