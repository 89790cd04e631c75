"""Settings and attachments as Microsoft's own pages show them are read whole."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from saasbackup_desktop.core import codec
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.providers.microsoft.cloud import CLOUDS
from saasbackup_desktop.providers.microsoft.graph import Graph
from saasbackup_desktop.providers.microsoft.mail.attachments import attached, posted, read_attachments
from saasbackup_desktop.providers.microsoft.settings.sections import SECTIONS, read_settings
from tests.corpora import Corpora

_PASSING = {"id", "hasError", "isReadOnly", "allowedRoles"}


class Clock:
    def now(self) -> int:
        return 1_790_000_000


async def token(renew: bool) -> str:
    del renew
    return "token"


@pytest.fixture(scope="module")
def pairs(corpora: Corpora) -> list[dict[str, Any]]:
    with (corpora.folder / "graph" / "graph-docs-pairs.jsonl").open() as lines:
        return [json.loads(line) for line in lines]


def answers(pairs: list[dict[str, Any]], ending: str) -> Iterator[dict[str, Any]]:
    for pair in pairs:
        body = pair.get("response_body")
        if pair["method"] == "GET" and isinstance(body, dict) and pair["url"].lower().endswith(ending.lower()):
            yield body


def graph(told: dict[str, Any]) -> Graph:
    """A client whose batches are answered with samples, by the ends of their paths."""

    def answer(request: httpx.Request) -> httpx.Response:
        responses = []
        for one in json.loads(request.content)["requests"]:
            path = one["url"].partition("?")[0]
            body = next((body for end, body in told.items() if path.endswith(end)), {"value": []})
            responses.append({"id": one["id"], "status": 200, "headers": {}, "body": body})
        return httpx.Response(200, json={"responses": responses})

    return Graph(CLOUDS["global"], token, Clock(), transport=httpx.MockTransport(answer))


async def test_settings(pairs: list[dict[str, Any]]) -> None:
    read = 0
    for section in SECTIONS:
        for body in answers(pairs, section.path.removeprefix("users/")):
            client = graph({section.path: body})
            found = (await read_settings(client, "ada"))[section]
            await client.close()
            kept = [codec.loads(one.body) for one in found]
            if "value" in body:
                wanted = [{name: value for name, value in one.items() if name not in _PASSING} for one in body["value"]]
                assert kept == wanted
                assert [one.item.place for one in found] == [one["id"] for one in body["value"]]
            else:
                merged = {name: value for one in kept for name, value in one.items()}
                replies = body["automaticRepliesSetting"]
                assert replies["status"] == "disabled"
                said = {name: value for name, value in replies.items() if not name.startswith("scheduled")}
                own = {name: value for name, value in body.items() if "@" not in name}
                assert merged == {**own, "automaticRepliesSetting": said}
            assert all(one.item.name for one in found)
            read += len(found)
    assert read >= 12


async def test_attachments(pairs: list[dict[str, Any]]) -> None:
    read = 0
    for body in answers(pairs, "/messages/{id}/attachments"):
        whole = {f"/attachments/{one['id']}": one for one in body["value"]}
        client = graph({"/attachments": body, **whole})
        parts = await read_attachments(client, "ada", [NodeId("m")], with_files=True)
        await client.close()
        for one in attached(parts[NodeId("m")]):
            again = posted(one)
            is_whole = one["@odata.type"].endswith("fileAttachment") or "item" in one
            assert (again is not None) == is_whole
            assert again is None or again["name"] == one["name"]
            read += 1
    assert read >= 2


def test_attached_items_are_posted_as_the_pages_post_them(pairs: list[dict[str, Any]]) -> None:
    read = 0
    for pair in pairs:
        body = pair.get("request_body")
        found = [body, *((body.get("post") or {}).get("attachments") or ())] if isinstance(body, dict) else []
        for one in found:
            if one.get("@odata.type") == "#microsoft.graph.itemAttachment":
                assert posted(one) == one
                read += 1
    assert read >= 3
