"""What a tenant's settings need: where it is, who asks, and with which permissions."""

from saasbackup_desktop.app.tenants.rooms import SOURCES
from saasbackup_desktop.app.tenants.views import Proof, TenantSettings
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.microsoft import ways
from saasbackup_desktop.providers.microsoft.cloud import Cloud, cloud_of
from saasbackup_desktop.providers.microsoft.exact import is_offered
from saasbackup_desktop.providers.microsoft.permissions import Duty, Need, Permission, Purpose, WayIn, names, needed


def cloud(settings: TenantSettings) -> Cloud:
    """Where the tenant is. Raises Misconfigured."""
    return cloud_of(settings.cloud, settings.login, settings.graph)


def services_of(settings: TenantSettings) -> tuple[Service, ...]:
    """The services that are backed up: those asked for that this program knows."""
    return tuple(one for one in settings.services if one in SOURCES)


def is_exact(settings: TenantSettings, service: Service) -> bool:
    """The service's own stream of each item is kept, too: asked for, and offered there."""
    return settings.keeps_exact and service is Service.MAIL and is_offered(cloud(settings))


def purposes_of(settings: TenantSettings) -> tuple[Purpose, ...]:
    """What permissions are wanted for."""
    ends = [Purpose.BACK_UP, *([Purpose.RESTORE] if settings.may_restore else ())]
    if Service.MAIL in settings.services and is_exact(settings, Service.MAIL):
        ends += [Purpose.EXACT_COPY, *([Purpose.EXACT_RESTORE] if settings.may_restore else ())]
    return tuple(ends)


def needs_of(settings: TenantSettings) -> list[Need]:
    """Services, and what is done beside them."""
    return [*services_of(settings), *Duty]


def way_in(settings: TenantSettings) -> WayIn:
    """Whether tokens are the application's own or somebody's."""
    return WayIn.DELEGATED if settings.proof is Proof.DEVICE_CODE else WayIn.APPLICATION


def wanted(settings: TenantSettings) -> tuple[Permission, ...]:
    """The permissions that these settings need, each with its reason."""
    return (*needed(way_in(settings), needs_of(settings), purposes_of(settings)), *for_directory(settings))


def for_directory(settings: TenantSettings) -> tuple[Permission, ...]:
    """Those to read the directory, if it is backed up. To write it is another application's part."""
    return needed(way_in(settings), [Service.DIRECTORY]) if settings.keeps_directory else ()


def to_write_directory() -> tuple[Permission, ...]:
    """What the application needs that restores a directory: to read all of it, and to write."""
    return needed(WayIn.APPLICATION, [Service.DIRECTORY], [Purpose.BACK_UP, Purpose.RESTORE])


def of_a_person(settings: TenantSettings) -> tuple[str, ...]:
    """What somebody who signs in is asked to agree to, by name."""
    asked = ways.asked(ways.Way.PERSON, services_of(settings), purposes_of(settings)).consents
    return tuple(dict.fromkeys((*asked, *names(for_directory(settings)))))
