"""The truth of how one pretend mailbox is set up: settings, rules, categories, sharing of the calendar, senders."""

import base64
import hashlib
from typing import Any


class Preferences:
    """How a mailbox is set up. Rules, categories, permissions and senders are kept by id, as Graph shows them."""

    def __init__(self, user: str) -> None:
        self.user = user
        self.settings: dict[str, Any] = {
            "timeZone": "GMT Standard Time",
            "dateFormat": "dd/MM/yyyy",
            "timeFormat": "HH:mm",
            "delegateMeetingMessageDeliveryOptions": "sendToDelegateOnly",
            "language": {"locale": "en-GB", "displayName": "English (United Kingdom)"},
            "automaticRepliesSetting": {"status": "disabled", "externalAudience": "all"},
            "workingHours": {
                "daysOfWeek": ["monday", "tuesday", "wednesday", "thursday", "friday"],
                "startTime": "08:00:00.0000000",
                "endTime": "17:00:00.0000000",
                "timeZone": {"name": "GMT Standard Time"},
            },
        }
        self.rules: dict[str, dict[str, Any]] = {}
        self.categories: dict[str, dict[str, Any]] = {}
        self.permissions: dict[str, dict[str, Any]] = {}
        self.senders: dict[str, dict[str, Any]] = {}
        self._made = 0
        self.share("", "My Organization", "freeBusyRead", isRemovable=False)

    def add_rule(self, name: str, **more: Any) -> dict[str, Any]:
        """Make a rule."""
        plain = {"displayName": name, "sequence": len(self.rules) + 1, "isEnabled": True, **more}
        return self._put(self.rules, {"hasError": False, "isReadOnly": False, **plain})

    def add_category(self, name: str, color: str) -> dict[str, Any]:
        """Make a category."""
        return self._put(self.categories, {"displayName": name, "color": color})

    def share(self, address: str, name: str, role: str, **more: Any) -> dict[str, Any]:
        """Let somebody into the calendar. Without an address: everybody of the organization."""
        roles = ["none", "freeBusyRead", "limitedRead", "read", "write"]
        email = {"name": name, "address": address} if address else {"name": name}
        plain = {"emailAddress": email, "isRemovable": True, "isInsideOrganization": True, "role": role, **more}
        return self._put(self.permissions, {**plain, "allowedRoles": roles})

    def sort_sender(self, address: str, name: str, classify_as: str) -> dict[str, Any]:
        """Say where a sender's messages belong."""
        plain = {"classifyAs": classify_as, "senderEmailAddress": {"name": name, "address": address}}
        return self._put(self.senders, plain)

    def _put(self, shelf: dict[str, dict[str, Any]], plain: dict[str, Any]) -> dict[str, Any]:
        self._made += 1
        digest = hashlib.sha256(f"{self.user}/preference/{self._made}".encode()).digest()
        id = "AQ" + base64.urlsafe_b64encode(digest[:9]).decode()
        shelf[id] = {"id": id, **{name: value for name, value in plain.items() if name != "id"}}
        return shelf[id]
