"""Delta queries: pages of what changed, links to go on from, links that expire."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from saasbackup_desktop.sim.graph.feed import Feed
from saasbackup_desktop.sim.graph.odata import link, page_size
from saasbackup_desktop.sim.graph.wire import Answer, Refusal, Request

_TOKENS: Final = ("$deltatoken", "$skiptoken", "$deltaToken", "$skipToken")


def changes(
    request: Request,
    feed: Feed,
    shape: Callable[[str], dict[str, Any]],
    *,
    size: int = 10,
    largest: int = 500,
    is_directory: bool = False,
    first_only: Callable[[str], bool] | None = None,
    tied: Callable[[str, int, int], Sequence[dict[str, Any]]] | None = None,
) -> Answer:
    """Answer a delta query. ``shape`` shows what is there by its id; ``first_only`` narrows what is told at all.

    ``tied``: what came and went of an object's ties between two positions, in as many entries as it is told in.
    """
    if request.query.get("$deltatoken") == "latest":
        return Answer(
            body={"value": [], "@odata.deltaLink": _link(request, "$deltatoken", feed.position, feed.position, 0)}
        )
    since, until, skip = _token(request, feed, is_directory)
    told = [(id, gone) for id, gone in feed.since(since) if feed.at(id) <= until]
    if not since:
        told = [(id, gone) for id, gone in told if gone is None]
    if first_only is not None:
        told = [(id, gone) for id, gone in told if gone is not None or first_only(id)]
    many = page_size(request, size, largest)
    told_of = [
        (id, gone, entry)
        for id, gone in told
        for entry in ((tied(id, since, until) if tied and gone is None else ()) or ({},))
    ]
    values: list[dict[str, Any]] = []
    for id, gone, entry in told_of[skip : skip + many]:
        if gone is None:
            values.append({**shape(id), **entry})
        else:
            values.append({"id": id, "@removed": {"reason": gone}})
    body: dict[str, Any] = {"value": values}
    if skip + many < len(told_of):
        body["@odata.nextLink"] = _link(request, "$skiptoken", since, until, skip + many)
    else:
        body["@odata.deltaLink"] = _link(request, "$deltatoken", until, until, 0)
    return Answer(body=body)


def _token(request: Request, feed: Feed, is_directory: bool) -> tuple[int, int, int]:
    text = next((request.query[name] for name in _TOKENS if name in request.query), "")
    if not text:
        return 0, feed.position, 0
    try:
        since, until, skip = (int(part) for part in text.split("."))
    except ValueError:
        raise Refusal(400, "SyncStateInvalid", "The sync state is not valid.") from None
    if until < feed.forgotten:
        if is_directory:
            raise Refusal(
                410,
                "SyncStateNotFound",
                "The sync state is not known any more.",
                Location=f"{request.root}{request.path}",
            )
        raise Refusal(410, "SyncStateNotFound", "The sync state generation is not found; continuationToken=x")
    if request.query.keys() & {"$deltatoken", "$deltaToken"}:
        until = feed.position
    return since, until, skip


def _link(request: Request, name: str, since: int, until: int, skip: int) -> str:
    kept = {key: value for key, value in request.query.items() if key not in _TOKENS}
    return link(request, {**kept, name: f"{since}.{until}.{skip}"})
