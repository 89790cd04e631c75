"""Applications, what they were granted, products of the tenant and what a mailbox is, over the pretend Graph."""

import base64
import uuid
from datetime import UTC
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from saasbackup_desktop.sim.graph.app import Asked, route
from saasbackup_desktop.sim.graph.odata import page, selected
from saasbackup_desktop.sim.graph.tenant import PLANS, Application
from saasbackup_desktop.sim.graph.wire import Answer, Refusal

GRAPH: Final = "00000003-0000-0000-c000-000000000000"
"""Microsoft Graph's own application id, the same in every tenant."""
_APPLICATIONS: Final = "Application.Read.All Application.ReadWrite.OwnedBy Application.ReadWrite.All Directory.Read.All"
_LICENCES: Final = "LicenseAssignment.Read.All Organization.Read.All Directory.Read.All Directory.ReadWrite.All"
_SETTINGS: Final = "MailboxSettings.Read MailboxSettings.ReadWrite"


def role_id(value: str) -> str:
    """The id of an application permission."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"role/{value}"))


def principal_id(tenant: str, application: str) -> str:
    """The id of an application's service principal in a tenant."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"principal/{tenant}/{application}"))


@route("GET", "/subscribedSkus", _LICENCES)
def products(asked: Asked) -> Answer:
    """What the tenant has bought."""
    used = [licence["skuId"] for user in asked.tenant.users.values() for licence in user["assignedLicenses"]]
    found = []
    for part, (product, plans) in PLANS.items():
        status = asked.tenant.products.get(part)
        if status is None:
            continue
        many = used.count(product)
        counts = {"enabled": 0, "warning": 0, "suspended": 0, "lockedOut": 0}
        counts[{"Enabled": "enabled", "Warning": "warning", "LockedOut": "lockedOut"}.get(status, "suspended")] = many
        found.append(
            {
                "id": f"{asked.tenant.id}_{product}",
                "skuId": product,
                "skuPartNumber": part,
                "capabilityStatus": status,
                "appliesTo": "User",
                "consumedUnits": many,
                "prepaidUnits": counts,
                "servicePlans": [
                    {
                        "servicePlanId": id,
                        "servicePlanName": name,
                        "provisioningStatus": "Success",
                        "appliesTo": "User",
                    }
                    for name, id in plans.items()
                ],
            }
        )
    return Answer(body={"value": [selected(one, asked.request) for one in found]})


@route("GET", "/users/{user}/mailboxSettings", _SETTINGS)
def mailbox_settings(asked: Asked) -> Answer:
    """What a mailbox is for, and its language and times."""
    user = asked.tenant.find_user(asked["user"])
    if user is None:
        raise Refusal(404, "ErrorInvalidUser", f"The requested user '{asked['user']}' is invalid.")
    if user["id"] not in asked.tenant.mailboxes:
        raise Refusal(
            404,
            "MailboxNotEnabledForRESTAPI",
            "The mailbox is either inactive, soft-deleted, or is hosted on-premise.",
        )
    settings = {
        "timeZone": "GMT Standard Time",
        "dateFormat": "dd/MM/yyyy",
        "timeFormat": "HH:mm",
        "delegateMeetingMessageDeliveryOptions": "sendToDelegateOnly",
        "language": {"locale": "en-GB", "displayName": "English (United Kingdom)"},
        "automaticRepliesSetting": {"status": "disabled", "externalAudience": "all"},
        "userPurpose": user["_purpose"],
    }
    shown = selected(settings, asked.request)
    return Answer(body={name: value for name, value in shown.items() if name != "id"})


@route("GET", "/applications", _APPLICATIONS)
def applications(asked: Asked) -> Answer:
    """Registrations, with the dates at which their secrets and certificates run out."""
    found = [_registration(one) for one in asked.tenant.applications.values()]
    return Answer(body=page(asked.request, found, size=100, largest=999))


@route("GET", "/servicePrincipals", _APPLICATIONS)
def principals(asked: Asked) -> Answer:
    """Applications as this tenant knows them, Graph itself among them."""
    found = [_principal(asked.tenant.id, one.id) for one in asked.tenant.applications.values()]
    values = sorted(
        asked.tenant.known_roles | {name for one in asked.tenant.applications.values() for name in one.granted}
    )
    graph = _principal(asked.tenant.id, GRAPH) | {
        "displayName": "Microsoft Graph",
        "appRoles": [
            {
                "id": role_id(value),
                "value": value,
                "displayName": value,
                "description": value,
                "isEnabled": True,
                "allowedMemberTypes": ["Application"],
                "origin": "Application",
            }
            for value in values
        ],
    }
    return Answer(body=page(asked.request, [*found, graph], size=100, largest=999))


@route("GET", "/servicePrincipals/{principal}/appRoleAssignments", _APPLICATIONS)
def assignments(asked: Asked) -> Answer:
    """Application permissions that an administrator consented to."""
    tenant = asked.tenant
    found = next(
        (one for one in tenant.applications.values() if principal_id(tenant.id, one.id) == asked["principal"]), None
    )
    if found is None:
        raise Refusal(404, "Request_ResourceNotFound", f"Resource '{asked['principal']}' does not exist.")
    values = [
        {
            "id": base64.urlsafe_b64encode(f"{found.id[:8]}/{name}".encode()).decode().rstrip("="),
            "appRoleId": role_id(name),
            "createdDateTime": tenant.moment(),
            "principalDisplayName": "Backup",
            "principalId": asked["principal"],
            "principalType": "ServicePrincipal",
            "resourceDisplayName": "Microsoft Graph",
            "resourceId": principal_id(tenant.id, GRAPH),
        }
        for name in sorted(found.granted)
    ]
    return Answer(body=page(asked.request, values, size=100, largest=999))


def _principal(tenant: str, application: str) -> dict[str, Any]:
    return {
        "id": principal_id(tenant, application),
        "appId": application,
        "displayName": "Backup",
        "accountEnabled": True,
        "servicePrincipalType": "Application",
        "appRoles": [],
    }


def _registration(application: Application) -> dict[str, Any]:
    secrets = []
    if application.secret:
        secrets.append(
            {
                "keyId": role_id(f"{application.id}/secret"),
                "displayName": "Backup",
                "hint": application.secret[:3],
                "endDateTime": application.secret_expires or "2299-12-31T00:00:00Z",
            }
        )
    return {
        "id": role_id(f"{application.id}/registration"),
        "appId": application.id,
        "displayName": "Backup",
        "signInAudience": "AzureADMyOrg",
        "passwordCredentials": secrets,
        "keyCredentials": [_certificate(pem) for pem in application.certificates.values()],
    }


def _certificate(pem: bytes) -> dict[str, Any]:
    read = x509.load_pem_x509_certificate(pem)
    thumbprint = read.fingerprint(hashes.SHA1())
    return {
        "keyId": str(uuid.uuid5(uuid.NAMESPACE_OID, thumbprint.hex())),
        "customKeyIdentifier": base64.b64encode(thumbprint).decode(),
        "displayName": read.subject.rfc4514_string(),
        "type": "AsymmetricX509Cert",
        "usage": "Verify",
        "startDateTime": read.not_valid_before_utc.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "endDateTime": read.not_valid_after_utc.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


ROUTES: Final = [products, mailbox_settings, applications, principals, assignments]
