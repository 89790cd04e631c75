"""The JSON objects about tenants: their field names are a promise (docs/cli.md)."""

from collections.abc import Mapping
from typing import Any

from saasbackup_desktop.app.tenants.views import (
    Capability,
    CertificateView,
    CheckLine,
    CheckReport,
    Discovery,
    ListReport,
    RuleView,
    SignInPrompt,
    Step,
    Tenant,
    TenantAccount,
)
from saasbackup_desktop.app.words import capabilities
from saasbackup_desktop.app.words import tenants as words
from saasbackup_desktop.cli.figures import iso


def tenant_record(tenant: Tenant) -> dict[str, Any]:
    """A tenant, without what it signs in with."""
    settings, status = tenant.settings, words.link_words(tenant.link)
    told = words.outcome_words(tenant.problem) if tenant.problem else None
    role = words.role_words(tenant.role, tenant.role_problem) if tenant.role else None
    return {
        "type": "source",
        "name": settings.name,
        "kind": "microsoft",
        "account": tenant.signed_in or settings.tenant,
        "tenant": settings.tenant,
        "client": settings.client or None,
        "auth": "device-code" if settings.proof.value == "device-code" else "app",
        "proof": settings.proof.value,
        "cloud": settings.cloud,
        "login": settings.login or None,
        "graph": settings.graph or None,
        "ca_file": settings.ca_file or None,
        "services": [service.value for service in settings.services],
        "restore": settings.may_restore,
        "exact": settings.keeps_exact,
        "fence": settings.fence or None,
        "mailboxes": list(settings.mailboxes),
        "link": tenant.link.value,
        "status": status.label,
        "problem": tenant.problem or None,
        "what": told.what if told else None,
        "remedy": (told.remedy if told else status.remedy) or None,
        "checked": iso(tenant.checked),
        "discovered": iso(tenant.discovered),
        "expires": iso(tenant.expires),
        "role": tenant.role or None,
        "role_status": role.label if role else None,
        "role_remedy": (role.remedy or None) if role else None,
        "counts": dict(tenant.counts),
    }


def line_record(line: CheckLine) -> dict[str, Any]:
    """One line of a check list."""
    return {
        "type": "check",
        "area": line.area,
        "name": line.name,
        "standing": line.standing.value,
        "outcome": line.outcome,
        "what": words.outcome_words(line.outcome, line.facts).what,
        "remedy": words.remedy_words(line.remedy) or None,
        "why": words.why_words(line.why) or None,
        "optional": line.is_optional,
        "facts": dict(line.facts),
    }


def report_record(name: str, report: CheckReport) -> dict[str, Any]:
    """What a check came to."""
    return {
        "type": "check-report",
        "name": name,
        "link": report.link.value,
        "status": words.link_words(report.link).label,
        "checked": iso(report.checked),
        "expires": iso(report.expires),
        "consent": report.consent or None,
    }


def prompt_record(prompt: SignInPrompt) -> dict[str, Any]:
    """A code that somebody is asked to type."""
    return {"type": "sign-in", "address": prompt.address, "code": prompt.code, "expires": iso(prompt.expires)}


def step_record(step: Step) -> dict[str, Any]:
    """A step of a set-up or clean-up, and how it stands."""
    return {
        "type": "step",
        "step": step.code,
        "state": step.state,
        "text": words.step_words(step.code, step.facts),
        "facts": dict(step.facts),
    }


def certificate_record(name: str, certificate: CertificateView, file: str | None = None) -> dict[str, Any]:
    """A certificate: its public half."""
    return {
        "type": "certificate",
        "name": name,
        "thumbprint": certificate.thumbprint,
        "short_thumbprint": certificate.short_thumbprint,
        "expires": iso(certificate.expires),
        "file": file,
    }


def discovery_record(name: str, found: Discovery) -> dict[str, Any]:
    """What a look at a directory found."""
    return {
        "type": "discovery",
        "name": name,
        "found": found.found,
        "added": found.added,
        "renamed": found.renamed,
        "gone": found.gone,
        "activated": found.activated,
        "deactivated": found.deactivated,
    }


def capability_record(one: Capability) -> dict[str, Any]:
    """Whether something is covered."""
    return {
        "type": "capability",
        "code": one.code,
        "name": capabilities.thing_name(one.code),
        "cover": one.cover,
        "status": capabilities.reach_name(one.cover),
        "reason": one.reason or None,
        "what": capabilities.explanation(one.reason, one.missing) if one.reason else None,
        "missing": list(one.missing),
        "source": one.source or None,
    }


def account_record(tenant: str, one: TenantAccount) -> dict[str, Any]:
    """One account of a tenant's directory."""
    status = words.state_words(one.state, one.problem, one.facts)
    return {
        "type": "tenant-account",
        "tenant": tenant,
        "account": one.account.address,
        "name": one.account.name,
        "id": one.account.id,
        "user": one.id,
        "kind": one.kind,
        "licensed": one.is_licensed,
        "enabled": one.is_enabled,
        "choice": one.status.value,
        "state": one.state.value,
        "status": status.label,
        "remedy": status.remedy or None,
        "problem": one.problem or None,
        "reasons": [words.reason_words(why, rule) for why, rule in one.reasons],
        "elsewhere": one.elsewhere or None,
        "groups": list(one.groups),
        "properties": dict(sorted(one.properties.items())),
        "services": {
            service.service.value: {"state": service.state.value, "items": service.items, "size": service.size}
            for service in one.services
        },
        "size": one.size,
        "last_backup": iso(one.last),
        "first_backup": iso(one.first),
    }


def rule_record(tenant: str, one: RuleView) -> dict[str, Any]:
    """An activation rule."""
    rule = one.rule
    return {
        "type": "rule",
        "tenant": tenant,
        "rule": rule.id,
        "when": rule.when.value,
        "property": rule.name or None,
        "match": rule.match.value if rule.name else None,
        "values": list(rule.values),
        "group": rule.group or None,
        "group_name": one.group_name or None,
        "leaving": rule.leaving.value,
        "ran": iso(rule.ran),
        "chosen": one.chosen,
    }


def mistake_records(report: ListReport, texts: Mapping[str, str]) -> list[dict[str, Any]]:
    """Lines of a list that are not taken, each with its reason."""
    wrong = [(line, code, text) for line, code, text in report.mistakes]
    unknown = [(line, "unknown", address) for line, address in report.unknown]
    return [
        {"type": "list-line", "line": line, "code": code, "text": text, "what": texts[code]}
        for line, code, text in sorted(wrong + unknown)
    ]
