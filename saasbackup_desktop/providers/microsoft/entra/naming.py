"""Names for objects that have none of their own: who has which role, which application may do what."""

from collections.abc import Mapping, Sequence
from contextlib import aclosing
from typing import Any, Final

from saasbackup_desktop.core.errors import Denied, ItemFault
from saasbackup_desktop.providers.microsoft.entra.asking import Asking
from saasbackup_desktop.providers.microsoft.entra.kinds.recipe import Recipe

_MANY: Final = 1000
"""Ids of one request (directoryObject: getByIds)."""
_COST: Final = 3
_ROLE: Final = "roleDefinitionId"
_ROLES: Final = "/roleManagement/directory/roleDefinitions"


class Names:
    """Names of what ids stand for, asked for once each."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._known: dict[str, str] = {}
        self._has_roles = False

    async def of(self, recipe: Recipe, plains: Sequence[Mapping[str, Any]]) -> list[str]:
        """What objects are called by those that they name; empty for kinds with names of their own. Raises Fault."""
        if not recipe.named_by:
            return ["" for _ in plains]
        await self._learn(recipe, plains)
        return [
            ": ".join(filter(None, (self._known.get(str(plain.get(one))) for one in recipe.named_by)))
            for plain in plains
        ]

    async def _learn(self, recipe: Recipe, plains: Sequence[Mapping[str, Any]]) -> None:
        if _ROLE in recipe.named_by and not self._has_roles:
            self._has_roles = True
            async with aclosing(self._asking.pages(_ROLES, {"$select": "id,displayName"})) as pages:
                async for page in pages:
                    self._known |= {str(one["id"]): str(one.get("displayName") or "") for one in page}
        wanted = [str(plain[name]) for name in recipe.named_by if name != _ROLE for plain in plains if plain.get(name)]
        missing = [id for id in dict.fromkeys(wanted) if id not in self._known]
        for start in range(0, len(missing), _MANY):
            some = missing[start : start + _MANY]
            try:
                found = await self._asking.post("/directoryObjects/getByIds", {"ids": some}, cost=_COST)
            except (Denied, ItemFault):
                return  # without names it is still all there
            told = {str(one["id"]): str(one.get("displayName") or "") for one in found.get("value", ())}
            self._known |= {id: told.get(id, "") for id in some}
