"""How tenants and their accounts stand, as this window draws it: the application's words, translated."""

from collections.abc import Collection
from typing import Final

from saasbackup_desktop.app.tenants.views import (
    Capability,
    CheckLine,
    Link,
    Proof,
    Standing,
    State,
    Step,
    Tenant,
    TenantAccount,
    WayIn,
)
from saasbackup_desktop.app.words import capabilities, set_up, words_for
from saasbackup_desktop.app.words import tenants as told
from saasbackup_desktop.app.words.states import Status, Tone, label
from saasbackup_desktop.core.activation import Leaving, Match, Rule, When
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.ui.kit.text import counted, say

SOON: Final = 30 * 86400
"""Seconds before something runs out from which on it is worth a word."""

_KINDS: Final = {
    "user": "User mailbox",
    "shared": "Shared mailbox",
    "room": "Room",
    "equipment": "Equipment",
    "linked": "Linked mailbox",
    "others": "Other mailbox",
    "none": "No mailbox",
    "unknown": "Not known",
}
_AREAS: Final = {
    "sign-in": "Sign-in",
    "permission": "Permission",
    "role": "Exchange role",
    "service": "Service",
    "licence": "Licence",
    "credential": "Expiry",
}
_BUTTONS: Final = {
    "consent": "Grant…",
    "new-secret": "New secret…",
    "upload-certificate": "Certificate…",
    "new-certificate": "Renew certificate…",
    "sign-in": "Sign in again…",
    "register-again": "Register again…",
    "widen-scope": "Role script…",
    "withdraw-consent": "Clean up…",
    "nothing": "",
}
_STEP_STATES: Final = {"waiting": "to do", "running": "at work", "done": "done", "failed": "failed"}
_WAYS: Final = {WayIn.LEAST_PRIVILEGE: "Least privilege", WayIn.ADMINISTRATOR: "Administrator's sign-in"}


def kind(account: TenantAccount) -> str:
    """What kind of mailbox it is."""
    return say(label(_KINDS, account.kind))


def licence(account: TenantAccount) -> str:
    """Whether it has a licence."""
    return say("Licensed") if account.is_licensed else say("Unlicensed")


def state(account: TenantAccount) -> Status:
    """How an account is doing, and what to do about it."""
    if is_elsewhere(account):
        remedy = say("“%1” backs it up; activated here, too, it would be kept twice.")
        return Status("Backed up in another task", remedy.replace("%1", account.elsewhere), Tone.QUIET)
    return told.state_words(account.state, account.problem, account.facts)


def state_icon(account: TenantAccount) -> str:
    """The icon beside it."""
    return "copy" if is_elsewhere(account) else told.state_icon(account.state)


def is_elsewhere(account: TenantAccount) -> bool:
    """Tell whether it is not active here because another connection backs it up."""
    return bool(account.elsewhere) and account.state is State.NOT_ACTIVE


def service(one: Service) -> str:
    """What a service is called."""
    return say(told.service_words(one))


def reasons(account: TenantAccount) -> tuple[str, ...]:
    """Why it is backed up or not."""
    return tuple(f"{say(told.reason_words(why, rule))}." for why, rule in account.reasons)


def link(one: Link) -> tuple[str, Tone]:
    """Word and tone of how a connection is."""
    found = told.link_words(one)
    return say(found.label), found.tone


def problem(tenant: Tenant) -> str:
    """What is wrong with a connection, and what to do; empty if nothing is."""
    if tenant.problem:
        said = told.outcome_words(tenant.problem)
        return f"{say(said.what)} {say(said.remedy)}".strip()
    return say(told.link_words(tenant.link).remedy)


def warning(tenant: Tenant, now: int) -> str:
    """What somebody must see to before long; empty if there is nothing. ``now``: seconds since 1970 UTC."""
    if tenant.link is Link.DISCONNECTED or tenant.problem:
        return problem(tenant)
    if tenant.role == "failed" or tenant.role_problem:
        return role(tenant.role, tenant.role_problem)[1]
    if tenant.expires is None or tenant.expires - now >= SOON:
        return problem(tenant) if tenant.link is Link.PENDING else ""
    proof = say("The secret") if tenant.settings.proof is Proof.SECRET else say("The certificate")
    if tenant.expires <= now:
        return say("%1 has run out: nothing can be backed up. Renew it.").replace("%1", proof)
    said = say("%1 runs out in %2. Renew it before.").replace("%1", proof)
    return said.replace("%2", counted(max(1, (tenant.expires - now) // 86400), say("day"), say("days")))


def way(one: WayIn) -> str:
    """What a way in is called."""
    return say(_WAYS[one])


# --- the check list ------------------------------------------------------------------------------------------


def standing(line: CheckLine) -> tuple[str, Tone]:
    """Word and tone of how a line of the check list stands."""
    found = told.standing_words(line.standing)
    word, tone = found.label, found.tone
    if line.standing is Standing.WELL and line.area not in ("permission", "role"):
        word = "Fine"
    if line.standing is Standing.MISSING and line.is_optional:
        tone = Tone.ATTENTION
    return say(word), tone


def area(line: CheckLine) -> str:
    """What kind of thing it is."""
    return say(label(_AREAS, line.area))


def line_name(line: CheckLine) -> str:
    """What is looked at."""
    if line.area == "service":
        return service(Service(line.name)) if line.name in set(Service) else say(label(set_up.SUBJECTS, line.name))
    return line.name


def why(line: CheckLine) -> str:
    """What it is needed for."""
    return say(told.why_words(line.why))


def outcome(line: CheckLine) -> str:
    """What was found, and what to do about it."""
    if not line.outcome:
        return ""
    if line.standing is Standing.UNKNOWN and line.outcome == "well":
        return say("It can be told once the sign-in works.")
    if line.outcome == "well":
        return say(set_up.OUTCOMES["well"])
    said = told.outcome_words(line.outcome, line.facts)
    what = f"{say(said.what)} {say(said.remedy)}".strip()
    if line.is_optional:
        what += " " + say("Without it less is told, and nothing fails.")
    return what


def remedy_button(line: CheckLine) -> str:
    """The button that does something about it; empty if there is nothing to press."""
    return say(_BUTTONS.get(line.remedy, "Check again"))


# --- setting up ----------------------------------------------------------------------------------------------


def step(one: Step) -> tuple[str, str]:
    """What a step of a set-up does, and how it stands."""
    title = say(told.step_words(one.code, one.facts))
    more = []
    if one.state == "failed" and one.facts.get("code"):
        more.append(words_for(str(one.facts["code"]), one.facts).what)
    elif one.state != "waiting" and one.facts.get("done"):
        more.append(say(label(set_up.DONE, str(one.facts["done"]))))
    if reason := set_up.LEFTOVER_REASONS.get(str(one.facts.get("reason", ""))):
        more.append(say(reason))
    return ": ".join((title, " ".join(more))) if more else title, say(label(_STEP_STATES, one.state))


def role(role_state: str, problem_code: str = "") -> tuple[str, str, Tone]:
    """Word, meaning and tone of how Exchange's roles stand."""
    found = told.role_words(role_state or "to-run", problem_code)
    return say(found.label), say(found.remedy), found.tone


def capability(one: Capability) -> str:
    """What is covered or not."""
    return say(capabilities.thing_name(one.code))


def cover(one: Capability) -> tuple[str, Tone]:
    """Whether it is, as word and tone."""
    tones = {"covered": Tone.GOOD, "partly": Tone.ATTENTION, "pending": Tone.ATTENTION}
    return say(capabilities.reach_name(one.cover)), tones.get(one.cover, Tone.QUIET)


def cover_reason(one: Capability) -> str:
    """Why it is so."""
    return say(capabilities.explanation(one.reason)) if one.reason else ""


# --- choosing ------------------------------------------------------------------------------------------------

_MISTAKES: Final = {
    "empty": "There is nothing in the file.",
    "no-header": "The first line must be “Account Email”.",
    "more-columns": "There is more than one column.",
    "not-an-address": "This is not an address.",
    "twice": "It stands above already.",
    "quotes": "Quotation marks do not close; nothing below can be read.",
    "not-text": "This is not text in UTF-8 or UTF-16.",
    "unknown": "Nobody in the directory has this address.",
}
_PROPERTIES: Final = {
    "department": "Department",
    "jobTitle": "Job title",
    "companyName": "Company",
    "officeLocation": "Office",
    "city": "City",
    "state": "State or province",
    "country": "Country",
    "usageLocation": "Usage location",
    "employeeType": "Type of employee",
    "displayName": "Name",
    "mail": "Address",
    "userPrincipalName": "Sign-in name",
    "userType": "Type of user",
    "domain": "Domain",
    "kind": "Kind of mailbox",
    "licensed": "Licensed",
}
_MATCHES: Final = {
    Match.EQUAL: "%1 is %2",
    Match.BEGINS: "%1 begins with %2",
    Match.ENDS: "%1 ends with %2",
    Match.CONTAINS: "%1 contains %2",
}
_WHENS: Final = {
    When.ONCE: "Once",
    When.ALWAYS: "At every look at the directory",
    When.DAILY: "Once a day",
}
_LEAVINGS: Final = {
    Leaving.KEEP: "Goes on being backed up",
    Leaving.PAUSE: "Is paused",
    Leaving.DELETE: "Its backups are deleted after the days of grace",
}


def mistake(code: str) -> str:
    """What is wrong with a line of a list."""
    return say(label(_MISTAKES, code))


def property_name(name: str) -> str:
    """What a property of accounts is called."""
    return say(_PROPERTIES.get(name, name))


def chooses(rule: Rule, group_name: str = "") -> str:
    """Whom a rule chooses."""
    if rule.group:
        return say("Members of %1").replace("%1", group_name or rule.group)
    if not rule.name:
        return say("Everybody")
    values = say(" or ").join(rule.values)
    return say(_MATCHES[rule.match]).replace("%1", property_name(rule.name)).replace("%2", values)


def when(one: When) -> str:
    """How often a rule is looked at."""
    return say(_WHENS[one])


def leaving(one: Leaving) -> str:
    """What becomes of an account that a rule does not choose any more."""
    return say(_LEAVINGS[one])


WHENS: Final = tuple(_WHENS)
LEAVINGS: Final = tuple(_LEAVINGS)


def in_order(names: Collection[str]) -> list[str]:
    """Properties that there are, those that people pick by most first."""
    known = [name for name in _PROPERTIES if name in names]
    return known + sorted(name for name in names if name not in _PROPERTIES)
