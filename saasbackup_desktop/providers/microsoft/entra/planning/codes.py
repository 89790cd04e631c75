"""All codes of plans: why something is left out, what could go wrong, and why something is written."""

from typing import Final

LEFT_OUT: Final = frozenset(
    {
        "already-so",
        "break-glass",
        "built-in",
        "dynamic",
        "exists",
        "gone-for-good",
        "grave-risk",
        "in-parts",
        "licence",
        "managed-by-exchange",
        "must-be-invited",
        "needs-a-person",
        "noise",
        "not-known-to-be-writable",
        "not-picked",
        "not-there",
        "on-creation",
        "own-application",
        "read-only",
        "replaced",
        "secret",
        "set-by-the-service",
        "synchronised",
        "target-missing",
        "unread",
    }
)
GRAVE: Final = frozenset(
    {
        "deletes-for-good",
        "last-administrator",
        "locks-out-administrators",
        "would-block-everybody",
        "would-block-yourself",
    }
)
"""Risks that can be so grave that nothing is written unless somebody accepts them by name."""
RISKS: Final = GRAVE | {
    "beta",
    "comes-with-rights",
    "deletes",
    "gives-rights",
    "new-ids",
    "passwords-are-new",
    "secrets-are-new",
    "weakens-protection",
}
REASONS: Final = frozenset({"needed", "passing", "picked", "undo"})
