"""Let a method write down what was done with it, once it is done."""

import contextlib
import functools
import inspect
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, ParamSpec, TypeVar

from saasbackup_desktop.core.errors import WrongPassphrase

P = ParamSpec("P")
T = TypeVar("T")
Work = Callable[P, Coroutine[Any, Any, T]]


def noted(code: str, *, item: str = "", stream: str = "", **facts: str) -> Callable[[Work[P, T]], Work[P, T]]:
    """Note ``code`` after the method has done its work, unless that gave False.

    ``item``, ``stream`` and the facts name what is told of its arguments: ``settings.name``; ``result`` is what it
    gave, and ``#ids`` how many there are. Nothing else of the arguments is kept: secrets are among them.
    """

    def wrap(work: Work[P, T]) -> Work[P, T]:
        signature = inspect.signature(work)

        @functools.wraps(work)
        async def done(*args: P.args, **kwargs: P.kwargs) -> T:
            result = await work(*args, **kwargs)
            room: Any = args[0]
            recorder = _recorder_of(room)
            if recorder is None or result is False:
                return result
            bound = signature.bind(*args, **kwargs)
            bound.apply_defaults()
            known = {**bound.arguments, "result": result}
            told = {name: _told(known, path) for name, path in facts.items()}
            await recorder.note(code, item=str(_told(known, item)), stream=str(_told(known, stream)), **told)
            return result

        return done

    return wrap


def _recorder_of(room: Any) -> Any:
    """A room has the recorder itself, or the workspace that has it; None: the vault is locked since."""
    with contextlib.suppress(WrongPassphrase):
        own = getattr(room, "_recorder", None)
        return own if own is not None else getattr(getattr(room, "_workspace", None), "recorder", None)
    return None


def _told(known: Mapping[str, Any], path: str) -> str | int:
    if not path:
        return ""
    name, *parts = path.lstrip("#").split(".")
    value = known[name]
    for part in parts:
        value = getattr(value, part)
    if path.startswith("#"):
        return len(list(value))
    return value if isinstance(value, int) else str(value) if value is not None else ""
