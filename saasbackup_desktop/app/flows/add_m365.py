"""Adding a Microsoft 365 tenant, step by step, without a window: what is asked, what is missing, what comes next."""

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from saasbackup_desktop.app.tenants.views import (
    SERVICES,
    CertificateView,
    CheckReport,
    Link,
    Proof,
    SignedIn,
    TenantSettings,
    WayIn,
)
from saasbackup_desktop.core.ids import ConnectionName
from saasbackup_desktop.core.model import Service

_ID: Final = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_DOMAIN: Final = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]", re.IGNORECASE)
_LONGEST: Final = 100


class Entry(StrEnum):
    """How somebody begins."""

    REGISTERED = "registered"
    """The program registers itself, with an administrator's code."""
    BY_HAND = "by-hand"
    """The registration is there, or is made in the portal."""
    ADMINISTRATOR = "administrator"
    """Somebody signs in, and the program reaches what that person reaches."""


class Step(StrEnum):
    """The pages."""

    WAY = "way"
    SERVICES = "services"
    REGISTER = "register"
    BY_HAND = "by-hand"
    SIGN_IN = "sign-in"
    CHECK = "check"
    ACCOUNTS = "accounts"
    SUMMARY = "summary"


_PATHS: Final = {
    Entry.REGISTERED: (Step.WAY, Step.SERVICES, Step.REGISTER, Step.CHECK, Step.ACCOUNTS, Step.SUMMARY),
    Entry.BY_HAND: (Step.WAY, Step.SERVICES, Step.BY_HAND, Step.CHECK, Step.ACCOUNTS, Step.SUMMARY),
    Entry.ADMINISTRATOR: (Step.WAY, Step.SERVICES, Step.SIGN_IN, Step.CHECK, Step.ACCOUNTS, Step.SUMMARY),
}
_KEPT_FROM: Final = (Step.ACCOUNTS, Step.SUMMARY)
"""Once the tenant is kept, the pages before are not gone back to."""


@dataclass(slots=True, kw_only=True)
class AddM365:
    """Where the person is, and what was entered so far. A secret is never part of it."""

    step: Step = Step.WAY
    entry: Entry = Entry.REGISTERED
    name: str = ""
    tenant: str = ""
    client: str = ""
    proof: Proof = Proof.CERTIFICATE
    services: tuple[Service, ...] = SERVICES
    may_restore: bool = True
    fence: str = ""
    mailboxes: tuple[str, ...] = ()
    keeps_exact: bool = False
    cloud: str = "global"
    login: str = ""
    graph: str = ""
    ca_file: str = ""
    certificate: CertificateView | None = None
    sign_in: str = ""
    """Of somebody who signed in here."""
    signed_in: SignedIn | None = None
    registered: TenantSettings | None = None
    """What a registration gave."""
    report: CheckReport | None = None
    is_kept: bool = False
    chosen: frozenset[str] = field(default_factory=frozenset)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The pages of the way that was chosen, in their order."""
        return _PATHS[self.entry]

    @property
    def number(self) -> int:
        """Which page it is, from 1."""
        return self.steps.index(self.step) + 1

    @property
    def can_go_back(self) -> bool:
        """There is a page before, and nothing was kept since."""
        return self.step is not Step.WAY and self.step not in _KEPT_FROM

    def choose(self, entry: Entry) -> None:
        """Begin another way; who signed in for the one before is not taken along."""
        if entry is not self.entry:
            self.entry = entry
            self.forget_proof()

    def forget_proof(self) -> None:
        """What was registered, signed in or checked is void: something it depends on was changed."""
        self.sign_in, self.signed_in, self.registered, self.report = "", None, None, None

    def missing(self, *, has_secret: bool = False) -> dict[str, str]:
        """Say what the open page still lacks: field and code (``needed``, ``tenant``, ``client``, ``address``, ...)."""
        match self.step:
            case Step.WAY:
                return self._missing_cloud()
            case Step.SERVICES:
                return self._missing_services()
            case Step.BY_HAND:
                return self._missing_by_hand(has_secret=has_secret)
            case Step.REGISTER:
                return {} if self.registered is not None else {"register": "needed"}
            case Step.SIGN_IN:
                return {} if self.signed_in is not None else {"sign-in": "needed"}
            case Step.CHECK:
                return self._missing_check()
            case _:
                return {}

    def advance(self) -> Step:
        """Go to the next page; what is changed before the check makes an old one void."""
        steps = self.steps
        if steps.index(self.step) < steps.index(Step.CHECK):
            self.report = None
        self.step = steps[min(steps.index(self.step) + 1, len(steps) - 1)]
        return self.step

    def back(self) -> Step:
        """Go to the page before."""
        if self.can_go_back:
            self.step = self.steps[self.steps.index(self.step) - 1]
        return self.step

    def settings(self) -> TenantSettings:
        """Say it in the application's words; a tenant without a name goes by its own."""
        known = self.registered
        made = TenantSettings(
            name=ConnectionName(self.usual_name()),
            tenant=self._directory(),
            client=self.client.strip() or (known.client if known is not None else ""),
            way_in=WayIn.ADMINISTRATOR if self.entry is Entry.ADMINISTRATOR else WayIn.LEAST_PRIVILEGE,
            proof=self._proof(),
            services=tuple(service for service in SERVICES if service in self.services),
            may_restore=self.may_restore,
            fence="" if self.entry is Entry.ADMINISTRATOR else self.fence.strip(),
            mailboxes=self.mailboxes if self.entry is Entry.ADMINISTRATOR else (),
            keeps_exact=self.keeps_exact,
            cloud=self.cloud,
            login=self.login.strip() if self.cloud == "custom" else "",
            graph=self.graph.strip() if self.cloud == "custom" else "",
            ca_file=self.ca_file.strip(),
        )
        return made if known is None else replace(known, name=made.name)

    def usual_name(self) -> str:
        """What it goes by here: what was typed, the organisation's name, its domain, its id."""
        who = self.signed_in
        found = self.name.strip() or (who.tenant_name if who else "") or self._directory() or "Microsoft 365"
        return re.sub(r"[/:]", " ", found).strip()[:_LONGEST]

    def _directory(self) -> str:
        if self.tenant.strip():
            return self.tenant.strip()
        if self.registered is not None:
            return self.registered.tenant
        return self.signed_in.tenant if self.signed_in is not None else ""

    def _proof(self) -> Proof:
        if self.entry is Entry.ADMINISTRATOR:
            return Proof.DEVICE_CODE
        return self.proof if self.entry is Entry.BY_HAND else Proof.CERTIFICATE

    def _missing_cloud(self) -> dict[str, str]:
        lacks = {}
        if self.cloud == "custom":
            for name, address in (("login", self.login), ("graph", self.graph)):
                parts = urlsplit(address.strip())
                if parts.scheme != "https" or not parts.hostname:
                    lacks[name] = "address"
        if self.tenant.strip() and self.entry is not Entry.BY_HAND and not is_directory(self.tenant):
            lacks["tenant"] = "tenant"
        return lacks

    def _missing_services(self) -> dict[str, str]:
        lacks = {}
        if not self.services:
            lacks["services"] = "needed"
        if any("@" not in address.strip("@") for address in self.mailboxes):
            lacks["mailboxes"] = "address"
        return lacks

    def _missing_by_hand(self, *, has_secret: bool) -> dict[str, str]:
        lacks = {}
        if not self.tenant.strip():
            lacks["tenant"] = "needed"
        elif not is_directory(self.tenant):
            lacks["tenant"] = "tenant"
        if not self.client.strip():
            lacks["client"] = "needed"
        elif not _ID.fullmatch(self.client.strip()):
            lacks["client"] = "client"
        if self.proof is Proof.SECRET and not has_secret:
            lacks["secret"] = "needed"
        if self.proof is Proof.CERTIFICATE and self.certificate is None:
            lacks["certificate"] = "needed"
        if re.search(r"[/:]", self.name):
            lacks["name"] = "name"
        return lacks

    def _missing_check(self) -> dict[str, str]:
        if re.search(r"[/:]", self.name):
            return {"name": "name"}
        if self.report is None:
            return {"check": "needed"}
        return {"check": "disconnected"} if self.report.link is Link.DISCONNECTED else {}


def is_directory(text: str) -> bool:
    """Say whether it can name a directory: its id, or a domain of it."""
    return bool(_ID.fullmatch(text.strip()) or _DOMAIN.fullmatch(text.strip()))


def addresses(text: str) -> tuple[str, ...]:
    """Take a list of addresses apart, at commas, semicolons, blanks and lines; each once."""
    return tuple(dict.fromkeys(part for part in re.split(r"[\s,;]+", text) if part))
