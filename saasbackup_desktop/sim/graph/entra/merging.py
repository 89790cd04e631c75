"""How a change meets what is there."""

from collections.abc import Mapping
from typing import Any, Final

_DEEP: Final = frozenset({dict, list})


def fresh(value: Any) -> Any:
    """A copy, as deep as plain values go."""
    kind = type(value)
    if kind is dict:
        return {name: fresh(one) if type(one) in _DEEP else one for name, one in value.items()}
    return [fresh(one) if type(one) in _DEEP else one for one in value] if kind is list else value


def merged(old: Any, new: Any) -> Any:
    """Nested values one by one; everything else takes the place of what was there, a list as a whole."""
    if (
        isinstance(old, Mapping)
        and isinstance(new, Mapping)
        and old.get("@odata.type") == new.get("@odata.type", old.get("@odata.type"))
    ):
        return {**old, **{name: merged(old.get(name), value) for name, value in new.items()}}
    return fresh(new)
