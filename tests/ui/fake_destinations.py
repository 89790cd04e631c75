"""Places outside with nothing behind them."""

from collections.abc import Mapping, Sequence

from saasbackup_desktop.app.destinations.views import (
    DestinationKind,
    DestinationSettings,
    DestinationTrial,
    DestinationView,
)


class FakeDestinations:
    """The destinations' door: it writes down what it was asked for."""

    def __init__(self, asked: list[tuple[str, object]]) -> None:
        self._asked = asked
        values = {"bucket": "northwind-exports", "folder": "court", "access-key": "AKIANORTHWIND"}
        settings = DestinationSettings(name="Lawyers", kind=DestinationKind.S3, values=values)
        self.listed = [
            DestinationView(settings=settings, location="s3://northwind-exports/court", secrets=("secret-key",))
        ]
        self.trials: Sequence[DestinationTrial] = [DestinationTrial(check="reach"), DestinationTrial(check="write")]

    async def all(self) -> Sequence[DestinationView]:
        return list(self.listed)

    async def put(self, settings: DestinationSettings, secrets: Mapping[str, str]) -> DestinationView:
        self._asked.append(("put-destination", (settings, dict(secrets))))
        made = DestinationView(settings=settings, location=f"{settings.kind.value}://there", secrets=tuple(secrets))
        self.listed = [one for one in self.listed if one.settings.name != settings.name] + [made]
        return made

    async def remove(self, name: str) -> None:
        self._asked.append(("remove-destination", name))
        self.listed = [one for one in self.listed if one.settings.name != name]

    async def try_out(self, settings: DestinationSettings, secrets: Mapping[str, str]) -> Sequence[DestinationTrial]:
        self._asked.append(("try-destination", (settings, dict(secrets))))
        return self.trials

    async def dropbox_address(self, app_key: str) -> str:
        return f"https://www.dropbox.com/oauth2/authorize?client_id={app_key}"

    async def dropbox_token(self, app_key: str, code: str) -> str:
        return f"token of {code}"
