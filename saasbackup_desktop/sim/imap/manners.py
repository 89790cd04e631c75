"""How a pretend server behaves: what it can do, and where it is poor."""

from dataclasses import dataclass

RICH = (
    "IMAP4rev1",
    "APPENDLIMIT",
    "BINARY",
    "CHILDREN",
    "CONDSTORE",
    "ENABLE",
    "ESEARCH",
    "ID",
    "IDLE",
    "LIST-EXTENDED",
    "LIST-STATUS",
    "LITERAL+",
    "MOVE",
    "MULTIAPPEND",
    "NAMESPACE",
    "OBJECTID",
    "QRESYNC",
    "QUOTA",
    "SASL-IR",
    "SPECIAL-USE",
    "STATUS=SIZE",
    "UIDPLUS",
    "UNSELECT",
)
"""What a modern server offers."""

POOR = ("IMAP4rev1", "CHILDREN", "NAMESPACE")
"""What an old one offers."""


@dataclass(frozen=True, slots=True)
class Manners:
    """The ways of one server; all may be set apart from each other."""

    capabilities: tuple[str, ...] = RICH
    mechanisms: tuple[str, ...] = ("PLAIN", "LOGIN", "XOAUTH2", "OAUTHBEARER")
    login_disabled: bool = False
    """Refuse the LOGIN command (RFC 3501 section 6.2.3)."""
    greeting_user: str = ""
    """Greet with PREAUTH as this user, instead of asking to sign in."""
    append_limit: int | None = None
    """Largest message in bytes that APPEND takes (RFC 7889)."""
    connections: int | None = None
    """How many connections one user may hold at once."""
    keywords: bool = True
    """Whether clients may make keywords of their own."""
    fetch_most: int | None = None
    """Answer no more messages than this in one FETCH, silently, as some servers do."""
    list_delimiter_nil: bool = False
    """Say NIL for the delimiter in LIST (RFC 3501 section 7.2.2)."""

    def offers(self, capability: str) -> bool:
        """Tell whether a capability is offered; "" always is."""
        return not capability or capability in self.capabilities
