"""What the demonstration tells, step by step."""

from collections.abc import Mapping
from typing import Final

STEPS: Final[Mapping[str, tuple[str, str]]] = {
    "organisation": (
        "Making an organisation",
        "{people} people with {messages} messages ({bytes}) in {folders} folders, on a mail server of their own",
    ),
    "vault": ("Making a vault", "an encrypted vault, and a recovery kit to print"),
    "first-backup": ("Backing everyone up", "{messages} messages read ({bytes}), {stored_bytes} stored"),
    "changes": (
        "Living on",
        "in a week {delivered} messages arrive, {marked} are marked, {moved} moved and {removed} deleted; "
        "{renamed} folders are renamed",
    ),
    "second-backup": (
        "Backing everyone up again",
        "{added} new, {changed} changed, {removed} removed; only {bytes} read, {stored_bytes} stored",
    ),
    "directory": ("Backing up the directory", "{objects} people, groups, roles, applications and policies saved"),
    "attack": (
        "Living through a bad day",
        "{deleted} people are deleted and {locked} locked out, {groups} groups lose members, {policies} policies of "
        "access are switched off; {changed} changes saved",
    ),
    "browse": ("Browsing two points in time", "{folder} held {then} messages then and holds {now} now"),
    "differences": (
        "Comparing them",
        "{differences} differences in one mailbox: what came, went, moved, was renamed or marked",
    ),
    "search": ("Searching everything", "{found} messages with “{words}” found in everything that was ever backed up"),
    "rescue": ("Rescuing a deleted message", "“{subject}” is gone from the server; the vault gives its {bytes} back"),
    "restore": ("Restoring into an empty account", "{added} messages written, {verified} read back and equal"),
    "compare": (
        "Comparing both accounts message by message",
        "{equal} of {messages} equal in bytes, flags and date",
    ),
    "undo": (
        "Comparing the directory with the day before, and bringing it back",
        "{differences} objects differed; {writes} writes, planned and shown before, {verified} read back and equal",
    ),
    "check": ("Checking the whole vault", "{files} files read and decrypted, {damages} damaged"),
}
"""Title and outcome of each step, by ``app.demo.Step.code``."""
