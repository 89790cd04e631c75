"""From what a person entered to a destination. Libraries are loaded where they are needed: some take a second."""

from collections.abc import Mapping

from saasbackup_desktop.app.destinations.views import ENTRIES, DestinationKind, DestinationSettings
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.export.ports import Destination, Storage
from saasbackup_desktop.core.traffic import Traffic
from saasbackup_desktop.providers.destinations.remote import Remote


def require_entries(settings: DestinationSettings, secrets: Mapping[str, str]) -> None:
    """Make sure that nothing is missing or unknown. Raises Misconfigured."""
    if not settings.name.strip() or any(ord(character) < 32 for character in settings.name):
        raise Misconfigured("no name", what="destination-name", name=settings.name)
    entries = {entry.name: entry for entry in ENTRIES[settings.kind]}
    for name in (*settings.values, *secrets):
        if name not in entries or entries[name].is_secret != (name in secrets):
            raise Misconfigured(name, what="destination-entry", name=name)
    told = {**settings.values, **secrets}
    lacking = [entry.name for entry in entries.values() if entry.is_needed and not told.get(entry.name, "").strip()]
    if settings.kind is DestinationKind.AZURE and not (told.get("key") or told.get("sas")):
        lacking.append("key")
    if settings.kind is DestinationKind.BOX and not (told.get("enterprise") or told.get("user")):
        lacking.append("enterprise")
    if lacking:
        raise Misconfigured(lacking[0], what="destination-lacks", name=lacking[0])


def open_destination(
    settings: DestinationSettings, secrets: Mapping[str, str], traffic: Traffic | None = None
) -> Destination:
    """Reach a place outside; nothing is sent yet. Raises Misconfigured."""
    require_entries(settings, secrets)
    told = {name: value.strip() for name, value in {**settings.values, **secrets}.items()}
    folder = told.get("folder", "").strip("/")
    return Remote(_storage(settings.kind, told, folder), traffic)


def _storage(kind: DestinationKind, told: Mapping[str, str], folder: str) -> Storage:
    match kind:
        case DestinationKind.S3:
            from saasbackup_desktop.vault.stores.s3_outlet import S3Outlet
            from saasbackup_desktop.vault.stores.s3_place import S3Keys, S3Place

            place = S3Place(
                bucket=told["bucket"],
                prefix=folder,
                endpoint=told.get("endpoint", ""),
                region=told.get("region", ""),
                ca_file=told.get("ca-file", ""),
            )
            return S3Outlet(place, S3Keys(told["access-key"], told["secret-key"]))
        case DestinationKind.AZURE:
            from saasbackup_desktop.providers.destinations.azure import AzurePlace, AzureStorage

            return AzureStorage(
                AzurePlace(
                    account=told["account"],
                    container=told["container"],
                    folder=folder,
                    endpoint=told.get("endpoint", ""),
                    key=told.get("key", ""),
                    sas=told.get("sas", "").lstrip("?"),
                )
            )
        case DestinationKind.GOOGLE:
            from saasbackup_desktop.providers.destinations.google import ENDPOINT, GooglePlace, GoogleStorage

            endpoint = told.get("endpoint", "") or ENDPOINT
            return GoogleStorage(
                GooglePlace(bucket=told["bucket"], folder=folder, endpoint=endpoint, key=told["service-key"])
            )
        case DestinationKind.DROPBOX:
            from saasbackup_desktop.providers.destinations.dropbox_files import DropboxPlace, DropboxStorage

            return DropboxStorage(
                DropboxPlace(
                    folder=folder,
                    app_key=told["app-key"],
                    app_secret=told.get("app-secret", ""),
                    refresh_token=told["refresh-token"],
                )
            )
        case DestinationKind.BOX:
            from saasbackup_desktop.providers.destinations.box_files import BoxPlace, BoxStorage

            return BoxStorage(
                BoxPlace(
                    client_id=told["client-id"],
                    client_secret=told["client-secret"],
                    enterprise=told.get("enterprise", ""),
                    user=told.get("user", ""),
                    folder_id=told.get("folder-id", "") or "0",
                )
            )
