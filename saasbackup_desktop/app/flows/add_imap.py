"""Adding an IMAP account, step by step, without a window: what is asked, what is missing, what comes next."""

from dataclasses import dataclass
from enum import IntEnum

from saasbackup_desktop.app.views import ImapSettings, ProbeReport, SignIn, Tls

_PORTS = {Tls.IMPLICIT: 993, Tls.STARTTLS: 143, Tls.NONE: 143}
_LAST_PORT = 65_535


class Step(IntEnum):
    """The pages in their order."""

    SERVER = 0
    SIGN_IN = 1
    TEST = 2
    SUMMARY = 3


@dataclass(slots=True, kw_only=True)
class AddImap:
    """Where the person is, and what was entered so far. The password is never part of it."""

    step: Step = Step.SERVER
    host: str = ""
    port: int | None = None
    tls: Tls = Tls.IMPLICIT
    ca_file: str = ""
    user: str = ""
    sign_in: SignIn = SignIn.LOGIN
    name: str = ""
    report: ProbeReport | None = None

    @property
    def usual_port(self) -> int:
        """The port that goes with the chosen protection."""
        return _PORTS[self.tls]

    def missing(self, *, has_secret: bool) -> dict[str, str]:
        """Say what the open page still lacks: field and code (``needed``, ``spaces``, ``port``)."""
        lacks: dict[str, str] = {}
        if self.step is Step.SERVER:
            if not self.host.strip():
                lacks["host"] = "needed"
            elif any(c.isspace() for c in self.host.strip()):
                lacks["host"] = "spaces"
            if self.port is not None and not 0 < self.port <= _LAST_PORT:
                lacks["port"] = "port"
        elif self.step is Step.SIGN_IN:
            if not self.user.strip():
                lacks["user"] = "needed"
            if not has_secret:
                lacks["secret"] = "needed"
        elif self.step is Step.TEST and self.report is None:
            lacks["test"] = "needed"
        return lacks

    def advance(self) -> Step:
        """Go to the next page; what comes before the test makes an old test's result void."""
        if self.step < Step.TEST:
            self.report = None
        self.step = Step(min(self.step + 1, Step.SUMMARY))
        return self.step

    def back(self) -> Step:
        """Go to the page before."""
        self.step = Step(max(self.step - 1, Step.SERVER))
        return self.step

    def settings(self) -> ImapSettings:
        """Say it in the application's words; an account without a name goes by its user's."""
        return ImapSettings(
            name=self.name.strip() or self.user.strip(),
            host=self.host.strip(),
            user=self.user.strip(),
            port=self.port,
            tls=self.tls,
            sign_in=self.sign_in,
            ca_file=self.ca_file.strip() or None,
        )
