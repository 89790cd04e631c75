"""What a check can find, what somebody can do about it, and which fault means what."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from saasbackup_desktop.core.errors import Denied, Fault, NotFound, SignInNeeded, Throttled, Unreachable


class Outcome(StrEnum):
    """What came of one question."""

    WELL = "well"
    MISSING_PERMISSION = "missing-permission"
    CONSENT_REVOKED = "consent-revoked"
    CONSENT_MISSING = "consent-missing"
    SECRET_EXPIRED = "secret-expired"
    SECRET_WRONG = "secret-wrong"
    CERTIFICATE_EXPIRED = "certificate-expired"
    CERTIFICATE_UNKNOWN = "certificate-unknown"
    CONDITIONAL_ACCESS = "conditional-access"
    SECOND_FACTOR = "second-factor"
    SIGN_IN_AGAIN = "sign-in-again"
    APPLICATION_GONE = "application-gone"
    APPLICATION_DISABLED = "application-disabled"
    TENANT_UNKNOWN = "tenant-unknown"
    NOT_ASSIGNED = "not-assigned"
    """The application lets in only who was assigned to it, and this person was not."""
    OTHER_TENANT = "other-tenant"
    """Who signed in belongs to another tenant."""
    NOT_PUBLIC = "not-public"
    """The client that was given is not a public one: device codes are not for it."""
    LICENCE_MISSING = "licence-missing"
    MAILBOX_NOT_ENABLED = "mailbox-not-enabled"
    MAILBOX_MISSING = "mailbox-missing"
    OUTSIDE_SCOPE = "outside-scope"
    """The mailbox is outside of those that a role of Exchange lets the application into."""
    WIDER_THAN_SCOPE = "wider-than-scope"
    """Consented for the whole tenant beside a role that fences: the consent wins."""
    ON_HOLD = "on-hold"
    """Suspended by the service: the account, or what the tenant has bought."""
    THROTTLED = "throttled"
    WRONG_CLOUD = "wrong-cloud"
    CLOCK = "clock"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    """For another reason; the fault's own facts tell it."""


class Remedy(StrEnum):
    """What somebody can do about it."""

    NOTHING = "nothing"
    CONSENT = "consent"
    WAIT = "wait"
    NEW_SECRET = "new-secret"
    UPLOAD_CERTIFICATE = "upload-certificate"
    NEW_CERTIFICATE = "new-certificate"
    EXCLUDE_FROM_POLICY = "exclude-from-policy"
    SIGN_IN = "sign-in"
    REGISTER_AGAIN = "register-again"
    ENABLE_APPLICATION = "enable-application"
    CORRECT_TENANT = "correct-tenant"
    ASSIGN_PERSON = "assign-person"
    ALLOW_PUBLIC_CLIENT = "allow-public-client"
    ASSIGN_LICENCE = "assign-licence"
    RENEW_SUBSCRIPTION = "renew-subscription"
    WIDEN_SCOPE = "widen-scope"
    WITHDRAW_CONSENT = "withdraw-consent"
    CHOOSE_CLOUD = "choose-cloud"
    SET_CLOCK = "set-clock"
    LOOK_AT_NETWORK = "look-at-network"
    ASK_SUPPORT = "ask-support"


REMEDIES: Final[Mapping[Outcome, Remedy]] = {
    Outcome.WELL: Remedy.NOTHING,
    Outcome.MISSING_PERMISSION: Remedy.CONSENT,
    Outcome.CONSENT_REVOKED: Remedy.CONSENT,
    Outcome.CONSENT_MISSING: Remedy.CONSENT,
    Outcome.SECRET_EXPIRED: Remedy.NEW_SECRET,
    Outcome.SECRET_WRONG: Remedy.NEW_SECRET,
    Outcome.CERTIFICATE_EXPIRED: Remedy.NEW_CERTIFICATE,
    Outcome.CERTIFICATE_UNKNOWN: Remedy.UPLOAD_CERTIFICATE,
    Outcome.CONDITIONAL_ACCESS: Remedy.EXCLUDE_FROM_POLICY,
    Outcome.SECOND_FACTOR: Remedy.SIGN_IN,
    Outcome.SIGN_IN_AGAIN: Remedy.SIGN_IN,
    Outcome.APPLICATION_GONE: Remedy.REGISTER_AGAIN,
    Outcome.APPLICATION_DISABLED: Remedy.ENABLE_APPLICATION,
    Outcome.TENANT_UNKNOWN: Remedy.CORRECT_TENANT,
    Outcome.NOT_ASSIGNED: Remedy.ASSIGN_PERSON,
    Outcome.OTHER_TENANT: Remedy.SIGN_IN,
    Outcome.NOT_PUBLIC: Remedy.ALLOW_PUBLIC_CLIENT,
    Outcome.LICENCE_MISSING: Remedy.ASSIGN_LICENCE,
    Outcome.MAILBOX_NOT_ENABLED: Remedy.ASSIGN_LICENCE,
    Outcome.MAILBOX_MISSING: Remedy.ASSIGN_LICENCE,
    Outcome.OUTSIDE_SCOPE: Remedy.WIDEN_SCOPE,
    Outcome.WIDER_THAN_SCOPE: Remedy.WITHDRAW_CONSENT,
    Outcome.ON_HOLD: Remedy.RENEW_SUBSCRIPTION,
    Outcome.THROTTLED: Remedy.WAIT,
    Outcome.WRONG_CLOUD: Remedy.CHOOSE_CLOUD,
    Outcome.CLOCK: Remedy.SET_CLOCK,
    Outcome.UNREACHABLE: Remedy.LOOK_AT_NETWORK,
    Outcome.REFUSED: Remedy.ASK_SUPPORT,
}

_BY_REASON: Final[Mapping[str, Outcome]] = {
    "secret-wrong": Outcome.SECRET_WRONG,
    "secret-expired": Outcome.SECRET_EXPIRED,
    "certificate-unknown": Outcome.CERTIFICATE_UNKNOWN,
    "clock": Outcome.CLOCK,
    "app-unknown": Outcome.APPLICATION_GONE,
    "app-disabled": Outcome.APPLICATION_DISABLED,
    "tenant-unknown": Outcome.TENANT_UNKNOWN,
    "not-assigned": Outcome.NOT_ASSIGNED,
    "other-tenant": Outcome.OTHER_TENANT,
    "not-public": Outcome.NOT_PUBLIC,
    "consent-missing": Outcome.CONSENT_MISSING,
    "consent-declined": Outcome.CONSENT_MISSING,
    "conditional-access": Outcome.CONDITIONAL_ACCESS,
    "second-factor": Outcome.SECOND_FACTOR,
    "sign-in-again": Outcome.SIGN_IN_AGAIN,
    "user-disabled": Outcome.SIGN_IN_AGAIN,
    "wrong-cloud": Outcome.WRONG_CLOUD,
    "access": Outcome.MISSING_PERMISSION,
    "permission": Outcome.MISSING_PERMISSION,
    "app-policy": Outcome.REFUSED,
    "outside-scope": Outcome.OUTSIDE_SCOPE,
    "mailbox-not-enabled": Outcome.MAILBOX_NOT_ENABLED,
    "mailbox": Outcome.MAILBOX_MISSING,
    "user": Outcome.MAILBOX_MISSING,
    "on-hold": Outcome.ON_HOLD,
    "no-exchange": Outcome.LICENCE_MISSING,
}


_BY_CODE: Final[Mapping[str, Outcome]] = {
    "throttled": Outcome.THROTTLED,
    "unreachable": Outcome.UNREACHABLE,
    "unknown-host": Outcome.UNREACHABLE,
    "certificate-refused": Outcome.UNREACHABLE,
    "clock-skewed": Outcome.CLOCK,
    "sign-in-needed": Outcome.SIGN_IN_AGAIN,
    "denied": Outcome.MISSING_PERMISSION,
    "directory-denied": Outcome.MISSING_PERMISSION,
    "not-found": Outcome.MAILBOX_MISSING,
}
"""Codes of faults that a job may have ended with."""


def outcome_of_code(code: str, facts: Mapping[str, object]) -> Outcome | None:
    """What the fault of a job means, by its code and facts; None if it is none of the service's."""
    if code not in _BY_CODE:
        return None
    return _BY_REASON.get(str(facts.get("reason", "")), _BY_CODE[code])


def outcome_of(fault: Fault) -> Outcome:
    """What a fault of a check means."""
    found = _BY_REASON.get(str(fault.facts.get("reason", "")))
    if found is not None:
        return found
    if isinstance(fault, Throttled):
        return Outcome.THROTTLED
    if isinstance(fault, Unreachable):
        return Outcome.UNREACHABLE
    if isinstance(fault, SignInNeeded):
        return Outcome.SIGN_IN_AGAIN
    if isinstance(fault, Denied):
        return Outcome.MISSING_PERMISSION
    return Outcome.MAILBOX_MISSING if isinstance(fault, NotFound) else Outcome.REFUSED
