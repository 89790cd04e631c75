"""The tree of foreseen failures.

Fault
├── Unreachable            the other side does not answer
│   ├── UnknownHost
│   ├── CertificateRefused
│   └── Throttled          it answers: later
├── SignInNeeded           it refuses who we say we are
├── Denied                 it knows us and says no
├── TargetFull             no room at the other side
├── Misconfigured          what was asked for cannot be: wrong name, wrong option
├── ClockSkewed            two clocks differ too much for the other side
├── ProtocolBroken            it answers what it must not answer
├── DeltaExpired              it does not remember what changed since
├── AddressRefused         a mail server does not take a notice's sender or recipient
├── NotDelivered           a mail server or webhook did not take a notice
├── ItemFault              one item only; the job goes on
│   ├── NotFound
│   ├── Refused
│   ├── ItemUnreadable     it lies in an archive, and its bytes make no sense
│   └── TooLarge
├── VaultFault
│   ├── VaultMissing
│   ├── VaultExists
│   ├── WrongPassphrase
│   ├── VaultBusy          another writer or pruner holds it
│   ├── VaultDamaged       a file was altered, cut or is missing
│   ├── VaultUnwritable    read only, or no permission
│   ├── VaultFull          no room on the disk
│   ├── VaultTooNew        written by a newer program
│   ├── VaultKeysChanged   written under keys that were made since
│   └── VaultImmutable     a retention lock forbids it
├── CatalogFault           the catalog's file cannot be worked with
│   ├── CatalogUnreadable  wrong key, or damaged: to be rebuilt from the vault
│   └── CatalogTooNew      written by a newer program
├── DrillFault              a restore drill found what must not be
│   ├── DrillDamaged       the vault does not give back what it should hold
│   └── DrillIncomplete    the source has more than the vault
├── Halted                 a restore of a directory stopped at something that its plan did not find
├── PrintingUnavailable    no PDF files can be made on this computer
├── HomeFault              the files beside the vault: settings, connections
├── ArchiveFault           a file that is to be imported cannot be read
│   ├── ArchiveMissing     it is not there
│   ├── ArchiveDenied      its rights forbid it
│   ├── ArchiveLocked      it is encrypted, and the password is missing or wrong
│   ├── ArchiveUnreadable  it is damaged, or not what its name says
│   ├── ArchiveUnsupported it is of a kind that is not read here
│   └── ArchiveTooLarge    there is no room to unpack it
├── DestinationFault       a storage service does not take an export
│   ├── DestinationMissing   the bucket, container or folder is not there
│   ├── DestinationDenied    it may not be written
│   ├── DestinationFull      no room left
│   ├── DestinationTaken     another file of this name is there
│   └── DestinationUnlike    what is there is not what was sent
├── AgentFault             something about the background agent
│   ├── AgentMissing       none runs in this home
│   ├── AgentGone          it ended while it was asked
│   ├── AgentBusy          another one keeps this home
│   ├── AgentUnlike        it is of another version of the program
│   └── AgentRefused       one side could not prove who it is
└── Cancelled

Each class has a ``code``: words for it are made above, in ``app.words``. ``facts`` are plain values for those words
(host, port, path, limit), never secrets; ``str(fault)`` is for logs.
"""

from typing import ClassVar


class Fault(Exception):
    """A failure that was foreseen. Everything else is a bug."""

    code: ClassVar[str] = "fault"

    def __init__(self, detail: str = "", **facts: str | int) -> None:
        super().__init__(detail)
        self.detail = detail
        self.facts: dict[str, str | int] = facts


class Unreachable(Fault):
    """The other side does not answer: no route, refused, timed out, or went away mid-way."""

    code = "unreachable"


class UnknownHost(Unreachable):
    """The name of the server does not resolve."""

    code = "unknown-host"


class CertificateRefused(Unreachable):
    """The server's certificate is not trusted: facts ``host``, ``reason`` (expired, self-signed, name, authority)."""

    code = "certificate-refused"


class TlsUnavailable(Unreachable):
    """The server does not speak TLS on this port, or does not offer STARTTLS."""

    code = "tls-unavailable"


class Throttled(Unreachable):
    """The other side asks to come back later; ``wait`` in seconds."""

    code = "throttled"

    def __init__(self, detail: str = "", wait: float = 0.0, **facts: str | int) -> None:
        super().__init__(detail, **facts)
        self.wait = wait


class SignInNeeded(Fault):
    """User name, password or token refused."""

    code = "sign-in-needed"


class Denied(Fault):
    """Signed in, but not allowed."""

    code = "denied"


class DirectoryDenied(Denied):
    """As ``Denied``, of something in a tenant's directory."""

    code = "directory-denied"


class TargetFull(Fault):
    """The mailbox that is restored into has no room left."""

    code = "target-full"


class NameRefused(Fault):
    """The other side does not allow a folder of this name: fact ``name``."""

    code = "name-refused"


class Misconfigured(Fault):
    """What was asked for cannot be: an unknown name, a missing option, a contradiction."""

    code = "misconfigured"


class Held(Fault):
    """A hold protects it: fact ``name``. An alert placed the hold: facts ``what`` (``alert``, or ``alert-hold`` if the
    hold itself shall go) and ``alert``, its id.
    """

    code = "held"


class ClockSkewed(Fault):
    """The other side refuses us because its clock and ours differ: facts ``host``, ``seconds`` (0: not told)."""

    code = "clock-skewed"


class ProtocolBroken(Fault):
    """The other side answered something that its protocol does not allow."""

    code = "protocol-broken"


class DeltaExpired(Fault):
    """What changed since the last time is not known any more: everything must be listed again. Fact ``location``."""

    code = "delta-expired"


class AddressRefused(Fault):
    """A mail server refuses an address: facts ``host``, ``address``, ``status``, ``answer``."""

    code = "address-refused"


class NotDelivered(Fault):
    """A mail server or a webhook did not take a notice: facts ``host``, ``status``, ``answer``, ``reason``."""

    code = "not-delivered"


class ItemFault(Fault):
    """One item failed; the job goes on and the item is owed."""

    code = "item-failed"


class NotFound(ItemFault):
    """The item vanished between listing and reading."""

    code = "not-found"


class PickedGone(ItemFault):
    """An item or folder that somebody picked is not in the point in time that was picked."""

    code = "picked-gone"


class NothingSaved(ItemFault):
    """Nothing had been saved of an account by the moment that was asked for."""

    code = "nothing-saved"


class PointPartial(ItemFault):
    """The backup or import that made a point in time did not get everything; a failure's detail: how many items."""

    code = "point-partial"


class Refused(ItemFault):
    """The other side will not give or take this one item."""

    code = "refused"


class FolderRefused(ItemFault):
    """The other side lists a folder, but does not let it be read."""

    code = "folder-refused"


class TooLarge(ItemFault):
    """The item is larger than the other side accepts: facts ``size`` and ``limit``, where known."""

    code = "too-large"


class FormatUnfit(ItemFault):
    """The format that was chosen cannot hold this item: facts ``format``, ``reason`` (a code)."""

    code = "format-unfit"


class ItemUnreadable(ItemFault):
    """What lies in an archive makes no sense: facts ``name``, ``reason`` (a code)."""

    code = "item-unreadable"


class BodyDamaged(ItemFault):
    """The vault no longer holds this item's bytes as they were."""

    code = "body-damaged"


class NotMirrored(ItemFault):
    """A file of the vault could not be copied: fact ``reason`` (missing, altered, cut, differs, unreadable, own...)."""

    code = "not-mirrored"


class NotVerified(ItemFault):
    """Read back after a restore, the item is not what was sent: fact ``what`` (body, flags, date, missing)."""

    code = "not-verified"


class Surprised(ItemFault):
    """Something else is there than a plan found; nothing was written: fact ``what``, the names of what differs."""

    code = "surprised"


class NotReached(ItemFault):
    """A write that this one needs was not done: fact ``number``, which one."""

    code = "not-reached"


class Halted(Fault):
    """A restore of a directory stopped at the first surprise, as was chosen: facts ``name``, ``why`` (the code of what
    happened), ``left`` (writes that were not begun).
    """

    code = "halted"


class VaultFault(Fault):
    """Something about the vault."""

    code = "vault-failed"


class VaultMissing(VaultFault):
    """There is no vault at this place: fact ``location``."""

    code = "vault-missing"


class VaultExists(VaultFault):
    """There is something at this place already: fact ``location``."""

    code = "vault-exists"


class WrongPassphrase(VaultFault):
    """No key slot opens with what was given: fact ``reason``, if more can be told (``mistyped-key``...)."""

    code = "wrong-passphrase"


class VaultBusy(VaultFault):
    """Another writer holds what is needed: facts ``owner``, ``host``, ``until`` (ISO 8601)."""

    code = "vault-busy"


class VaultDamaged(VaultFault):
    """A file of the vault was altered, cut or is missing: fact ``file``."""

    code = "vault-damaged"


class VaultUnwritable(VaultFault):
    """The place of the vault cannot be written: fact ``location``."""

    code = "vault-unwritable"


class VaultFull(VaultFault):
    """No room left where the vault lies: fact ``location``."""

    code = "vault-full"


class VaultTooNew(VaultFault):
    """The vault needs features that this program does not know: fact ``features``."""

    code = "vault-too-new"


class VaultKeysChanged(VaultFault):
    """A file was written under a master key that this key ring does not have: the keys were rotated since."""

    code = "vault-keys-changed"


class VaultImmutable(VaultFault):
    """The store's lock forbids to change or remove a file: facts ``name``, ``until`` (ISO 8601)."""

    code = "vault-immutable"


class CatalogFault(Fault):
    """The catalog's file cannot be worked with, for example for want of room: fact ``file``."""

    code = "catalog-failed"


class CatalogUnreadable(CatalogFault):
    """The key does not open the catalog, or its file is damaged: fact ``file``."""

    code = "catalog-unreadable"


class CatalogTooNew(CatalogFault):
    """The catalog was written by a newer program: facts ``version`` and ``known``."""

    code = "catalog-too-new"


class HomeFault(Fault):
    """The home's own files cannot be read or written: facts ``location``, ``reason`` (full, unwritable, unreadable)."""

    code = "home-failed"


class PrintingUnavailable(Fault):
    """The process that makes PDF files does not begin."""

    code = "printing-unavailable"


class DrillFault(Fault):
    """A restore drill was carried out to its end, and did not prove what it was to prove."""

    code = "drill-failed"


class DrillDamaged(DrillFault):
    """Something that the vault should hold cannot be had: facts ``damaged``, ``missing``, ``first`` (a name)."""

    code = "drill-damaged"


class DrillIncomplete(DrillFault):
    """The source has what the vault has not, from before the last backup: facts ``missing``, ``first`` (a name)."""

    code = "drill-incomplete"


class ArchiveFault(Fault):
    """A file that is to be imported cannot be read: fact ``name``."""

    code = "archive-failed"


class ArchiveMissing(ArchiveFault):
    """The file is not there: fact ``name``."""

    code = "archive-missing"


class ArchiveDenied(ArchiveFault):
    """The file may not be read by whoever runs this: fact ``name``."""

    code = "archive-denied"


class ArchiveLocked(ArchiveFault):
    """The file is encrypted, and the password is missing or wrong: fact ``name``."""

    code = "archive-locked"


class ArchiveUnreadable(ArchiveFault):
    """The file is damaged or not what its name says.

    Facts ``name``, ``reason`` (damaged, empty, unlike, nested, compression, encryption, split, disk).
    """

    code = "archive-unreadable"


class ArchiveUnsupported(ArchiveFault):
    """The file is of a kind that is not read: facts ``name``, ``format``."""

    code = "archive-unsupported"


class ArchiveForeign(ArchiveFault):
    """The file begins like nothing that is read: fact ``name``."""

    code = "archive-foreign"


class ArchiveTooLarge(ArchiveFault):
    """There is no room on the disk to unpack what lies in an archive: facts ``name``, ``size`` (bytes)."""

    code = "archive-too-large"


class FileUnsound(ItemFault):
    """A finished file of an export is not as it was written: fact ``reason`` (missing, altered, or a finding)."""

    code = "file-unsound"


class ExportFault(Fault):
    """An export's files cannot be written or removed: facts ``location``, ``reason`` (unwritable, no-folder, no-disk,
    no-files, taken, not-removed).
    """

    code = "export-failed"


class ExportFull(ExportFault):
    """There is no room for an export's files: facts ``location``, and ``needed`` and ``room`` in bytes if known."""

    code = "export-full"


class DestinationFault(Fault):
    """A storage service that exports are sent to does not take them: facts ``location``, ``name``."""

    code = "destination-failed"


class DestinationMissing(DestinationFault):
    """The bucket, container or folder that files go to is not there: facts ``location``, ``what``."""

    code = "destination-missing"


class DestinationDenied(DestinationFault):
    """The service knows us and does not let us write there: fact ``location``."""

    code = "destination-denied"


class DestinationFull(DestinationFault):
    """The service has no room left: fact ``location``."""

    code = "destination-full"


class DestinationTaken(DestinationFault):
    """Another file of this name is there: facts ``location``, ``name``."""

    code = "destination-taken"


class DestinationUnlike(DestinationFault):
    """What the service has is not what was sent: facts ``location``, ``name``."""

    code = "destination-unlike"


class AgentFault(Fault):
    """Something about the background agent, the process that keeps a home at work."""

    code = "agent-failed"


class AgentMissing(AgentFault):
    """No agent runs in this home."""

    code = "agent-missing"


class AgentGone(AgentFault):
    """The agent ended, or was ended, while something was asked of it."""

    code = "agent-gone"


class AgentBusy(AgentFault):
    """Another agent keeps this home: facts ``owner`` (process), ``host``."""

    code = "agent-busy"


class AgentUnlike(AgentFault):
    """The agent is of another version of the program, and at work: facts ``version``, ``ours``."""

    code = "agent-unlike"


class AgentRefused(AgentFault):
    """One side could not prove to the other that it belongs to this home."""

    code = "agent-refused"


class Cancelled(Fault):
    """Somebody stopped it."""

    code = "cancelled"
