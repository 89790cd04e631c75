"""The door of destinations: set one up, try it out, sign in to Dropbox, remove it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from saasbackup_desktop.app.activity.noting import noted
from saasbackup_desktop.app.destinations.opening import open_destination, require_entries
from saasbackup_desktop.app.destinations.views import (
    ENTRIES,
    DestinationKind,
    DestinationSettings,
    DestinationTrial,
    DestinationView,
)
from saasbackup_desktop.app.workspace import Workspace
from saasbackup_desktop.providers.destinations.dropbox_sign_in import DropboxSignIn


class Destinations:
    """Everything about places outside that a person can do. Every method may raise Fault."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._store = workspace.destinations
        self._offload = workspace.bench.offload
        self._sign_ins: dict[str, DropboxSignIn] = {}

    async def all(self) -> Sequence[DestinationView]:
        """Those that are set up, by name. Raises Misconfigured."""
        return await self._offload.on_disk(lambda: [_view(*pair) for pair in self._store.all()])

    async def find(self, name: str) -> DestinationView:
        """One of them. Raises Misconfigured if there is none."""
        return await self._offload.on_disk(lambda: _view(*self._store.find(name)))

    @noted("destination-kept", item="settings.name")
    async def put(self, settings: DestinationSettings, secrets: Mapping[str, str]) -> DestinationView:
        """Add one, or change the one of this name: secrets that are not given stay. Raises Misconfigured."""
        clean = _clean(settings)

        def keep() -> DestinationView:
            kept = self._kept_secrets(clean, secrets)
            require_entries(clean, kept)
            self._store.put(clean, kept)
            return _view(clean, kept)

        return await self._offload.on_disk(keep)

    @noted("destination-removed", item="name")
    async def remove(self, name: str) -> None:
        """Forget one and its secrets; what was sent there stays there. Raises Misconfigured."""
        await self._offload.on_disk(self._store.remove, name)

    async def try_out(self, settings: DestinationSettings, secrets: Mapping[str, str]) -> Sequence[DestinationTrial]:
        """Write, read and remove a small file there; secrets that are not given are those that are kept.

        Stops at the first failure. Raises Misconfigured for what cannot be.
        """
        clean = _clean(settings)

        def trial() -> Sequence[DestinationTrial]:
            opened = open_destination(clean, self._kept_secrets(clean, secrets))
            try:
                return [DestinationTrial(check=one.check, code=one.code, facts=one.facts) for one in opened.try_out()]
            finally:
                opened.close()

        return await self._offload.on_disk(trial)

    async def dropbox_address(self, app_key: str) -> str:
        """Where a person lets the app in: Dropbox's page, which shows a code in the end. Raises Misconfigured."""
        sign_in = DropboxSignIn(app_key.strip())
        self._sign_ins[app_key.strip()] = sign_in
        return sign_in.address

    async def dropbox_token(self, app_key: str, code: str) -> str:
        """Turn the code that Dropbox showed into a refresh token. Raises SignInNeeded, Unreachable, Misconfigured."""
        sign_in = self._sign_ins.get(app_key.strip()) or DropboxSignIn(app_key.strip())
        return await self._offload.on_disk(sign_in.finish, code.strip())

    def _kept_secrets(self, settings: DestinationSettings, secrets: Mapping[str, str]) -> Mapping[str, str]:
        """What is given, and beside it what is kept of the same place."""
        before = next((kept for known, kept in self._store.all() if known.name == settings.name), {})
        wanted = {entry.name for entry in ENTRIES[settings.kind] if entry.is_secret}
        return {**{name: value for name, value in before.items() if name in wanted}, **secrets}


def _clean(settings: DestinationSettings) -> DestinationSettings:
    values = {name: value.strip() for name, value in settings.values.items() if value.strip()}
    return replace(settings, name=settings.name.strip(), values=values)


def _view(settings: DestinationSettings, secrets: Mapping[str, str]) -> DestinationView:
    return DestinationView(settings=settings, location=_location(settings), secrets=tuple(sorted(secrets)))


def _location(settings: DestinationSettings) -> str:
    told, folder = settings.values, settings.values.get("folder", "").strip("/")
    beginning = {
        DestinationKind.S3: f"s3://{told.get('bucket', '')}",
        DestinationKind.AZURE: f"azure://{told.get('account', '')}/{told.get('container', '')}",
        DestinationKind.GOOGLE: f"gs://{told.get('bucket', '')}",
        DestinationKind.DROPBOX: "dropbox:",
        DestinationKind.BOX: f"box:/folder/{told.get('folder-id') or '0'}",
    }[settings.kind]
    return f"{beginning}/{folder}" if folder else beginning
