"""How a change meets what is there."""

import copy
from collections.abc import Mapping
from typing import Any


def merged(old: Any, new: Any) -> Any:
    """Nested values one by one; everything else takes the place of what was there, a list as a whole."""
    if (
        isinstance(old, Mapping)
        and isinstance(new, Mapping)
        and old.get("@odata.type") == new.get("@odata.type", old.get("@odata.type"))
    ):
        return {**old, **{name: merged(old.get(name), value) for name, value in new.items()}}
    return copy.deepcopy(new)
