"""What is wrong with an Outlook data file, and where."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

_KEPT_OF_A_CODE = 100


class Weight(StrEnum):
    """How grave a finding is."""

    FAULT = "fault"
    """The format forbids it, or Outlook repairs it: a file of ours must not have it."""
    NOTE = "note"
    """Lawful or harmless, and found in files of Outlook's own."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be."""

    code: str
    place: str
    """For people who know the format: ``block 0x1c at 0x5600``, ``node 0x200024, property 0x0e08``."""
    facts: Mapping[str, int | str] = field(default_factory=dict)

    @property
    def weight(self) -> Weight:
        """How grave it is."""
        return Weight.NOTE if self.code in NOTES else Weight.FAULT


class Tell(Protocol):
    """Whom findings are told."""

    def __call__(self, code: str, place: str, **facts: int | str) -> None:
        """Take one."""


def nobody(code: str, place: str, **facts: int | str) -> None:
    """Take a finding that nobody wants to know."""


class Unreadable(Exception):
    """What stands at a place cannot be read any further."""

    def __init__(self, code: str, place: str, **facts: int | str) -> None:
        super().__init__(f"{code}: {place} {facts or ''}".rstrip())
        self.code = code
        self.place = place
        self.facts = facts

    def told(self, tell: Tell) -> None:
        """Tell it as a finding."""
        tell(self.code, self.place, **self.facts)


@dataclass(slots=True)
class Report:
    """What a file holds, and what is wrong with it."""

    findings: list[Finding] = field(default_factory=list)
    """At most a hundred of each code; ``times`` counts all."""
    times: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    """How many there are of what: folders, messages, associated, embedded, attachments, recipients, nodes, blocks,
    pages, bytes."""
    password: bool = False
    """Whether Outlook asks for a password; nothing in the file is protected by it."""

    def tell(self, code: str, place: str, **facts: int | str) -> None:
        """Take a finding."""
        self.times[code] += 1
        if self.times[code] <= _KEPT_OF_A_CODE:
            self.findings.append(Finding(code, place, facts))

    @property
    def faults(self) -> list[Finding]:
        """Findings that are no mere notes."""
        return [finding for finding in self.findings if finding.weight is Weight.FAULT]

    @property
    def sound(self) -> bool:
        """Whether there is nothing but notes."""
        return not self.faults


FAULTS = frozenset(
    {
        "appointment-required",
        "appointment-times",
        "attachment-content",
        "attachment-missing",
        "attachment-orphan",
        "attachment-required",
        "attachment-size",
        "block-bid",
        "block-crc",
        "block-cut",
        "block-empty",
        "block-missing",
        "block-orphan",
        "block-references",
        "block-signature",
        "block-size",
        "bth-head",
        "bth-key",
        "bth-loop",
        "bth-order",
        "bth-size",
        "cut",
        "data-beyond",
        "density-list",
        "file-grid",
        "file-last-map",
        "file-size",
        "folder-count",
        "folder-cycle",
        "folder-orphan",
        "folder-required",
        "folder-table",
        "header-constant",
        "header-crc-full",
        "header-crc-partial",
        "header-method",
        "header-version",
        "heap-client",
        "heap-freed",
        "heap-id",
        "heap-item-size",
        "heap-map",
        "heap-signature",
        "joined-child",
        "joined-empty",
        "joined-form",
        "joined-not-full",
        "joined-total",
        "large-pages",
        "maps-invalid",
        "mark-blocks",
        "mark-nodes",
        "mark-pages",
        "message-depth",
        "message-flag",
        "message-orphan",
        "message-parent",
        "message-required",
        "message-size",
        "names-bucket",
        "names-list",
        "names-order",
        "names-set",
        "names-text",
        "names-unfound",
        "names-unknown",
        "nested-empty",
        "nested-form",
        "nested-key",
        "nested-level",
        "nested-order",
        "node-empty",
        "node-missing",
        "node-parent",
        "node-type",
        "not-pst",
        "not-unicode",
        "object-size",
        "page-bid",
        "page-crc",
        "page-signature",
        "page-type",
        "property-type",
        "recipient-required",
        "recurrence-attachments",
        "recurrence-days",
        "recurrence-first",
        "recurrence-flag",
        "recurrence-form",
        "row-differs",
        "row-invents",
        "row-key",
        "row-misses",
        "row-parent",
        "row-version-mark",
        "row-version-twice",
        "row-without-node",
        "space-across",
        "space-free",
        "space-outside",
        "space-overlap",
        "space-unmarked",
        "store-entry",
        "store-required",
        "subject-long",
        "sub-empty",
        "sub-form",
        "sub-missing",
        "sub-orphan",
        "sub-twice",
        "subject-prefix",
        "table-column-bit",
        "table-column-fixed",
        "table-column-order",
        "table-column-place",
        "table-column-type",
        "table-index",
        "table-info",
        "table-orphan",
        "table-parent",
        "table-row-id",
        "table-rows",
        "task-required",
        "template-columns",
        "template-rows",
        "tree-count",
        "tree-empty",
        "tree-key",
        "tree-level",
        "tree-order",
        "tree-page-place",
        "tree-page-twice",
        "value-many",
        "value-size",
        "value-text",
        "zone-form",
    }
)
"""Codes of what the format forbids, or of what keeps from reading on."""

NOTES = frozenset(
    {
        "contact-lacks",
        "free-run",
        "header-page-map",
        "heap-level",
        "map-not-full",
        "message-flag-missing",
        "message-lacks",
        "message-size-inexact",
        "names-twice",
        "node-lacks",
        "offline-store",
        "password",
        "properties-levels",
        "property-inline",
        "row-ids",
        "row-lacks",
        "row-size",
        "space-lost",
        "table-items",
    }
)
"""Codes of what Outlook's own files have or its specification allows, and what few programs mind: a file of ours is
without them where that can be."""
