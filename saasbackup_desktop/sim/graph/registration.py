"""Applications, what they were granted, products of the tenant and what a mailbox is, over the pretend Graph."""

import base64
import binascii
import json
import uuid
from collections.abc import Iterable
from datetime import UTC
from functools import cache
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from saasbackup_desktop.sim.graph.app import ANYTHING, Asked, route
from saasbackup_desktop.sim.graph.mailbox import Mailbox
from saasbackup_desktop.sim.graph.odata import page, selected
from saasbackup_desktop.sim.graph.preferences import Preferences
from saasbackup_desktop.sim.graph.tenant import PLANS, Application, Tenant, written
from saasbackup_desktop.sim.graph.wire import Answer, Refusal

GRAPH: Final = "00000003-0000-0000-c000-000000000000"
"""Microsoft Graph's own application id, the same in every tenant."""
_APPLICATIONS: Final = "Application.Read.All Application.ReadWrite.OwnedBy Application.ReadWrite.All Directory.Read.All"
_WRITES: Final = "Application.ReadWrite.OwnedBy Application.ReadWrite.All"
_WRITES_FOR_SOMEBODY: Final = "Application.ReadWrite.All"
_GRANTS: Final = "AppRoleAssignment.ReadWrite.All"
_ANY: Final = f"{ANYTHING} {_WRITES}"
_LICENCES: Final = "LicenseAssignment.Read.All Organization.Read.All Directory.Read.All Directory.ReadWrite.All"
_SETTINGS: Final = "MailboxSettings.Read MailboxSettings.ReadWrite"


@cache
def role_id(value: str) -> str:
    """The id of an application permission."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"role/{value}"))


@cache
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
    is_without = user["_purpose"] == "user" and not user["assignedLicenses"]
    if is_without or user["id"] not in asked.tenant.mailboxes:
        raise Refusal(
            404,
            "MailboxNotEnabledForRESTAPI",
            "The mailbox is either inactive, soft-deleted, or is hosted on-premise.",
        )
    mailbox = asked.tenant.mailboxes[user["id"]]
    preferences = mailbox.preferences if isinstance(mailbox, Mailbox) else Preferences(user["id"])
    settings = {**preferences.settings, "userPurpose": user["_purpose"]}
    shown = selected(settings, asked.request)
    return Answer(body={name: value for name, value in shown.items() if name != "id"})


@route("GET", "/applications", _APPLICATIONS)
def applications(asked: Asked) -> Answer:
    """Registrations, with the dates at which their secrets and certificates run out."""
    found = [registration_of(one) for one in asked.tenant.applications.values() if _is_known(asked, one)]
    return Answer(body=page(asked.request, found, size=100, largest=999))


@route("GET", "/applications/{registration}", _APPLICATIONS)
def one_application(asked: Asked) -> Answer:
    """One registration; the only request that gives certificates themselves, where they are selected."""
    found = _registered(asked)
    plain = registration_of(found)
    if "keyCredentials" in asked.request.query.get("$select", ""):
        plain["keyCredentials"] = [certificate_of(pem, with_key=True) for pem in found.certificates.values()]
    return Answer(body=selected(plain, asked.request))


@route("POST", "/applications", _WRITES, _WRITES_FOR_SOMEBODY)
def register(asked: Asked) -> Answer:
    """Register an application. Names need not differ: the same one twice makes two."""
    _needs_administrator(asked)
    said = asked.request.json()
    if not isinstance(said, dict) or not said.get("displayName"):
        raise _bad("A value is required for property 'displayName' of resource 'Application'.")
    tenant = asked.tenant
    made = Application(str(uuid.uuid4()), set(), has_principal=False, since=tenant.now() + tenant.replication)
    _change(asked, made, said)
    tenant.applications[made.id] = made
    return Answer(201, registration_of(made))


@route("PATCH", "/applications/{registration}", _WRITES, _WRITES_FOR_SOMEBODY)
def change(asked: Asked) -> Answer:
    """Change a registration; a list that is sent takes the place of the one that was there."""
    _needs_administrator(asked)
    found = _registered(asked)
    said = asked.request.json()
    if not isinstance(said, dict) or "passwordCredentials" in said:
        raise _bad("Secrets are added and removed by addPassword and removePassword.")
    _change(asked, found, said)
    return Answer(204)


@route("POST", "/applications/{registration}/removePassword", _WRITES, _WRITES_FOR_SOMEBODY)
def remove_secret(asked: Asked) -> Answer:
    """Remove a secret."""
    _needs_administrator(asked)
    found = _registered(asked)
    if not found.secret or asked.request.json().get("keyId") != role_id(f"{found.id}/secret"):
        raise _bad("No password credential found with keyId.")
    found.secret = found.secret_expires = ""
    return Answer(204)


@route("POST", "/applications/{registration}/addKey", _ANY)
def add_key(asked: Asked) -> Answer:
    """Let an application add a certificate to itself; it proves that it has the key of one that is there."""
    found, said = _registered(asked), asked.request.json()
    _needs_proof(asked, found, str(said.get("proof")))
    mark, pem = _uploaded(said["keyCredential"])
    found.certificates[mark] = pem
    found.certificates_since[mark] = asked.tenant.now() + asked.tenant.replication
    return Answer(200, certificate_of(pem))


@route("POST", "/applications/{registration}/removeKey", _ANY)
def remove_key(asked: Asked) -> Answer:
    """Let an application remove a certificate of its own."""
    found, said = _registered(asked), asked.request.json()
    _needs_proof(asked, found, str(said.get("proof")))
    for mark, pem in found.certificates.items():
        if certificate_of(pem)["keyId"] == said.get("keyId"):
            del found.certificates[mark]
            return Answer(204)
    raise _bad("No credentials found to be removed.")


@route("DELETE", "/applications/{registration}", _WRITES, _WRITES_FOR_SOMEBODY)
def remove(asked: Asked) -> Answer:
    """Remove a registration, and its service principal with it."""
    _needs_administrator(asked)
    del asked.tenant.applications[_registered(asked).id]
    return Answer(204)


@route("GET", "/servicePrincipals", _APPLICATIONS)
def principals(asked: Asked) -> Answer:
    """Applications as this tenant knows them, Graph itself among them."""
    now = asked.tenant.now()
    known = [one for one in asked.tenant.applications.values() if one.has_principal and one.principal_since <= now]
    found = [principal_of(asked.tenant.id, one.id, one.name, one.tags) for one in known]
    graph = graph_of(asked.tenant)
    return Answer(body=page(asked.request, [*found, graph], size=100, largest=999))


def graph_of(tenant: Tenant) -> dict[str, Any]:
    """The service principal of Graph itself, with the permissions that it offers."""
    values = sorted(tenant.known_roles | {name for one in tenant.applications.values() for name in one.granted})
    return principal_of(tenant.id, GRAPH, "Microsoft Graph") | {
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


@route("POST", "/servicePrincipals", _WRITES, _WRITES_FOR_SOMEBODY)
def make_principal(asked: Asked) -> Answer:
    """Make an application known in the tenant; not before the directory knows its registration."""
    _needs_administrator(asked)
    tenant, said = asked.tenant, asked.request.json()
    found = tenant.applications.get(str(said.get("appId")))
    if found is None or found.is_foreign or found.since > tenant.now():
        raise Refusal(
            400,
            "NoBackingApplicationObject",
            f"The appId '{said.get('appId')}' of the service principal does not reference a valid application object.",
        )
    if found.has_principal:
        raise Refusal(
            409,
            "Request_MultipleObjectsWithSameKeyValue",
            f"The service principal cannot be created because the service principal name {found.id} is in use.",
        )
    found.has_principal, found.principal_since = True, tenant.now() + tenant.replication
    return Answer(201, principal_of(tenant.id, found.id, found.name, said.get("tags") or ()))


@route("GET", "/servicePrincipals/{principal}/appRoleAssignments", _APPLICATIONS)
def assignments(asked: Asked) -> Answer:
    """Application permissions that an administrator consented to."""
    found = _known_by(asked)
    values = [assignment_of(asked.tenant, found, name) for name in sorted(found.granted)]
    return Answer(body=page(asked.request, values, size=100, largest=999))


@route("POST", "/servicePrincipals/{principal}/appRoleAssignments", _GRANTS)
def consent(asked: Asked) -> Answer:
    """Consent to an application permission for the whole tenant."""
    _needs_administrator(asked)
    found, said, tenant = _known_by(asked), asked.request.json(), asked.tenant
    if said.get("resourceId") != principal_id(tenant.id, GRAPH) or said.get("principalId") != asked["principal"]:
        raise _bad("Not a valid reference update.")
    name = next((one for one in tenant.known_roles if role_id(one) == said.get("appRoleId")), None)
    if name is None:
        raise _bad("Permission being assigned was not found on application.")
    if name in found.granted:
        raise _bad("Permission being assigned already exists on the object.")
    found.granted.add(name)
    found.granted_since[name] = tenant.now() + tenant.consent_lag
    return Answer(201, assignment_of(asked.tenant, found, name))


@route("DELETE", "/servicePrincipals/{principal}/appRoleAssignments/{assignment}", _GRANTS)
def withdraw(asked: Asked) -> Answer:
    """Take a consent back."""
    _needs_administrator(asked)
    found = _known_by(asked)
    name = next((one for one in found.granted if assignment_id(found, one) == asked["assignment"]), None)
    if name is None:
        raise _missing(asked["assignment"])
    asked.tenant.known_roles.add(name)
    found.granted.discard(name)
    return Answer(204)


def _needs_proof(asked: Asked, application: Application, proof: str) -> None:
    """Check a token that the application signed itself. Raises Refusal."""
    if asked.grant.application != application.id:
        raise Refusal(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
    try:
        head, said, signature = proof.split(".")
        header, claims = (json.loads(base64.urlsafe_b64decode(part + "==")) for part in (head, said))
        mark = base64.urlsafe_b64decode(header["x5t"] + "==")
        pem = next(
            pem
            for known, pem in application.certificates.items()
            if x509.load_pem_x509_certificate(pem).fingerprint(hashes.SHA1()) == mark
            and application.certificates_since.get(known, 0.0) <= asked.tenant.now()
        )
        certificate = x509.load_pem_x509_certificate(pem)
        key = certificate.public_key()
        assert isinstance(key, RSAPublicKey)
        data = f"{head}.{said}".encode()
        key.verify(base64.urlsafe_b64decode(signature + "=="), data, padding.PKCS1v15(), hashes.SHA256())
        assert claims["aud"] == asked.tenant.proof_audience
        assert claims["iss"] == asked["registration"]
        assert claims["nbf"] <= asked.tenant.now() < claims["exp"] <= claims["nbf"] + 600
        assert certificate.not_valid_after_utc.timestamp() > asked.tenant.now()
    except (KeyError, ValueError, StopIteration, InvalidSignature, AssertionError):
        raise Refusal(401, "Authentication_MissingOrMalformed", "Access token missing or malformed.") from None


def _needs_administrator(asked: Asked) -> None:
    admins, grant = asked.tenant.admins, asked.grant
    if grant.user and admins is not None and grant.user not in admins:
        raise Refusal(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")


def _is_known(asked: Asked, application: Application) -> bool:
    return not application.is_foreign and application.since <= asked.tenant.now()


def _registered(asked: Asked) -> Application:
    for one in asked.tenant.applications.values():
        if _is_known(asked, one) and registration_id(one) == asked["registration"]:
            return one
    raise _missing(asked["registration"])


def _known_by(asked: Asked) -> Application:
    """The application whose service principal is named."""
    tenant = asked.tenant
    for one in tenant.applications.values():
        is_there = one.has_principal and one.principal_since <= tenant.now()
        if is_there and principal_id(tenant.id, one.id) == asked["principal"]:
            return one
    raise _missing(asked["principal"])


def _missing(id: str) -> Refusal:
    return Refusal(404, "Request_ResourceNotFound", f"Resource '{id}' does not exist.")


def _bad(message: str) -> Refusal:
    return Refusal(400, "Request_BadRequest", message)


def _change(asked: Asked, application: Application, said: dict[str, Any]) -> None:
    application.name = str(said.get("displayName", application.name))
    application.tags = list(said.get("tags", application.tags))
    application.asked = list(said.get("requiredResourceAccess", application.asked))
    if "keyCredentials" not in said:
        return
    before = {certificate_of(pem)["keyId"]: (mark, pem) for mark, pem in application.certificates.items()}
    kept: dict[str, bytes] = {}
    for one in said["keyCredentials"]:
        if one.get("keyId") in before:
            mark, pem = before[one["keyId"]]
            if one.get("key") != certificate_of(pem, with_key=True)["key"]:
                raise _bad(f"Update to existing credential with KeyId '{one['keyId']}' is not allowed.")
        else:
            mark, pem = _uploaded(one)
            application.certificates_since[mark] = asked.tenant.now() + asked.tenant.replication
        kept[mark] = pem
    application.certificates = kept


def _uploaded(one: dict[str, Any]) -> tuple[str, bytes]:
    """A certificate that somebody sends, by its SHA-256 thumbprint."""
    if one.get("type") != "AsymmetricX509Cert" or one.get("usage") != "Verify":
        raise _bad("Key credential is invalid: type and usage do not fit.")
    try:
        read = x509.load_der_x509_certificate(base64.b64decode(one["key"], validate=True))
    except (KeyError, ValueError, binascii.Error):
        raise Refusal(400, "KeyCredentialsInvalidValue", "Key credential is invalid.") from None
    return read.fingerprint(hashes.SHA256()).hex().upper(), read.public_bytes(serialization.Encoding.PEM)


def assignment_id(application: Application, name: str) -> str:
    """The id of a consent."""
    return base64.urlsafe_b64encode(f"{application.id[:8]}/{name}".encode()).decode().rstrip("=")


def assignment_of(tenant: Tenant, application: Application, name: str) -> dict[str, Any]:
    """An application permission that was consented to, as Graph tells it."""
    return {
        "id": assignment_id(application, name),
        "appRoleId": role_id(name),
        "createdDateTime": written(max(application.granted_since.get(name, 0.0), application.principal_since)),
        "principalDisplayName": application.name,
        "principalId": principal_id(tenant.id, application.id),
        "principalType": "ServicePrincipal",
        "resourceDisplayName": "Microsoft Graph",
        "resourceId": principal_id(tenant.id, GRAPH),
    }


def principal_of(tenant: str, application: str, name: str, tags: Iterable[str] = ()) -> dict[str, Any]:
    """A service principal, as Graph tells it."""
    return {
        "id": principal_id(tenant, application),
        "appId": application,
        "displayName": name,
        "accountEnabled": True,
        "servicePrincipalType": "Application",
        "tags": list(tags),
        "appRoles": [],
    }


def registration_id(application: Application) -> str:
    """The id of a registration."""
    return role_id(f"{application.id}/registration")


def registration_of(application: Application) -> dict[str, Any]:
    """A registration, as Graph tells it."""
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
        "id": registration_id(application),
        "appId": application.id,
        "displayName": application.name,
        "tags": application.tags,
        "requiredResourceAccess": application.asked,
        "signInAudience": "AzureADMyOrg",
        "passwordCredentials": secrets,
        "keyCredentials": [certificate_of(pem) for pem in application.certificates.values()],
    }


def certificate_of(pem: bytes, *, with_key: bool = False) -> dict[str, Any]:
    """A certificate, as Graph tells it."""
    read = x509.load_pem_x509_certificate(pem)
    thumbprint = read.fingerprint(hashes.SHA1())
    return {
        "keyId": str(uuid.uuid5(uuid.NAMESPACE_OID, thumbprint.hex())),
        "customKeyIdentifier": base64.b64encode(thumbprint).decode(),
        "displayName": read.subject.rfc4514_string(),
        "key": base64.b64encode(read.public_bytes(serialization.Encoding.DER)).decode() if with_key else None,
        "type": "AsymmetricX509Cert",
        "usage": "Verify",
        "startDateTime": read.not_valid_before_utc.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "endDateTime": read.not_valid_after_utc.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


ROUTES: Final = [
    products,
    mailbox_settings,
    applications,
    one_application,
    register,
    change,
    remove_secret,
    add_key,
    remove_key,
    remove,
    principals,
    make_principal,
    assignments,
    consent,
    withdraw,
]
