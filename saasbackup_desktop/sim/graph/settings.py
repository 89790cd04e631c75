"""Settings of a mailbox over the pretend Graph: its own, rules, categories, sharing of the calendar, senders."""

from collections.abc import Mapping
from typing import Any, Final

from saasbackup_desktop.sim.graph.app import Asked, route
from saasbackup_desktop.sim.graph.mail import mailbox_of
from saasbackup_desktop.sim.graph.mailbox import Mailbox
from saasbackup_desktop.sim.graph.odata import page
from saasbackup_desktop.sim.graph.wire import Answer, Refusal

_READ: Final = "MailboxSettings.Read MailboxSettings.ReadWrite"
_WRITE: Final = "MailboxSettings.ReadWrite"
_MAIL: Final = "Mail.Read Mail.ReadWrite"
_CALENDARS: Final = "Calendars.Read Calendars.ReadWrite"
_MISSING: Final = Refusal(404, "ErrorItemNotFound", "The specified object was not found in the store.")
_SETTABLE: Final = frozenset(
    {
        "automaticRepliesSetting",
        "dateFormat",
        "delegateMeetingMessageDeliveryOptions",
        "language",
        "timeFormat",
        "timeZone",
        "workingHours",
    }
)


@route("PATCH", "/users/{user}/mailboxSettings", _WRITE)
def change_settings(asked: Asked) -> Answer:
    """Change settings: those that are named, and no others."""
    mailbox = mailbox_of(asked)
    said = {name: value for name, value in asked.request.json().items() if not name.startswith("@")}
    if said.keys() - _SETTABLE:
        raise Refusal(400, "ErrorInvalidRequest", f"Cannot be set: {sorted(said.keys() - _SETTABLE)}")
    if "language" in said:
        locale = said["language"]["locale"]
        said["language"] = {"locale": locale, "displayName": said["language"].get("displayName", locale)}
    mailbox.preferences.settings |= said
    return Answer(body=said)


# --- rules ---------------------------------------------------------------------------------------------------


def _checked(mailbox: Mailbox, rule: Mapping[str, Any]) -> None:
    actions = rule.get("actions") or {}
    if not actions or int(rule.get("sequence", 0)) < 1:
        raise Refusal(400, "ErrorInvalidRequest", "A rule needs actions and a sequence.")
    for name in ("moveToFolder", "copyToFolder"):
        if name in actions and mailbox.folder_id(actions[name]) is None:
            raise Refusal(400, "ErrorInvalidIdMalformed", "The rule names a folder that is not there.")
    people = [*actions.get("forwardTo", ()), *actions.get("redirectTo", ()), *actions.get("forwardAsAttachmentTo", ())]
    if any("@" not in one["emailAddress"].get("address", "") for one in people):
        raise Refusal(400, "ErrorInvalidRecipients", "At least one recipient is not valid.")


@route("GET", "/users/{user}/mailFolders/{folder}/messageRules", _READ)
def rules(asked: Asked) -> Answer:
    """The rules of the inbox."""
    mailbox = mailbox_of(asked)
    if mailbox.folder_id(asked["folder"]) != mailbox.known["inbox"]:
        raise Refusal(400, "ErrorInvalidRequest", "Rules are the inbox's.")
    return Answer(body=page(asked.request, list(mailbox.preferences.rules.values()), size=100))


@route("POST", "/users/{user}/mailFolders/{folder}/messageRules", _WRITE)
def make_rule(asked: Asked) -> Answer:
    """Make a rule."""
    mailbox = mailbox_of(asked)
    plain = asked.request.json()
    _checked(mailbox, plain)
    name = plain.pop("displayName")
    return Answer(201, mailbox.preferences.add_rule(name, **plain))


@route("PATCH", "/users/{user}/mailFolders/{folder}/messageRules/{rule}", _WRITE)
def change_rule(asked: Asked) -> Answer:
    """Change a rule; conditions, exceptions and actions are given whole."""
    mailbox = mailbox_of(asked)
    rule = mailbox.preferences.rules.get(asked["rule"])
    if rule is None:
        raise _MISSING
    if rule["isReadOnly"]:
        raise Refusal(403, "ErrorAccessDenied", "The rule is read only.")
    changed = {**rule, **asked.request.json()}
    _checked(mailbox, changed)
    for name in ("conditions", "exceptions"):
        if changed.get(name) is None:
            changed.pop(name, None)
    mailbox.preferences.rules[rule["id"]] = changed
    return Answer(body=changed)


# --- categories ----------------------------------------------------------------------------------------------


@route("GET", "/users/{user}/outlook/masterCategories", _READ)
def categories(asked: Asked) -> Answer:
    """The list of categories."""
    return Answer(body=page(asked.request, list(mailbox_of(asked).preferences.categories.values()), size=100))


@route("POST", "/users/{user}/outlook/masterCategories", _WRITE)
def make_category(asked: Asked) -> Answer:
    """Make a category; names are unique."""
    preferences = mailbox_of(asked).preferences
    plain = asked.request.json()
    name = plain["displayName"]
    if any(one["displayName"].casefold() == name.casefold() for one in preferences.categories.values()):
        raise Refusal(409, "ErrorCategoryExists", "A category of this name exists.")
    return Answer(201, preferences.add_category(name, plain.get("color", "none")))


@route("PATCH", "/users/{user}/outlook/masterCategories/{category}", _WRITE)
def change_category(asked: Asked) -> Answer:
    """Change a category's colour; its name stays."""
    category = mailbox_of(asked).preferences.categories.get(asked["category"])
    if category is None:
        raise _MISSING
    plain = asked.request.json()
    if plain.keys() - {"color"}:
        raise Refusal(400, "ErrorInvalidRequest", "Only the colour of a category can be changed.")
    category |= plain
    return Answer(body=category)


# --- sharing of the calendar ---------------------------------------------------------------------------------


@route("GET", "/users/{user}/calendar/calendarPermissions", _CALENDARS)
def permissions(asked: Asked) -> Answer:
    """Who may see the calendar."""
    return Answer(body=page(asked.request, list(mailbox_of(asked).preferences.permissions.values()), size=100))


@route("POST", "/users/{user}/calendar/calendarPermissions", "Calendars.ReadWrite")
def share(asked: Asked) -> Answer:
    """Let somebody in."""
    preferences = mailbox_of(asked).preferences
    plain = asked.request.json()
    email = plain["emailAddress"]
    if "@" not in email.get("address", ""):
        raise Refusal(400, "ErrorInvalidRequest", "An address is needed.")
    if any(one["emailAddress"].get("address") == email["address"] for one in preferences.permissions.values()):
        raise Refusal(409, "ErrorItemExists", "The calendar is shared with this person already.")
    more = {name: plain[name] for name in ("isInsideOrganization", "isRemovable") if name in plain}
    return Answer(201, preferences.share(email["address"], email.get("name", ""), plain["role"], **more))


@route("PATCH", "/users/{user}/calendar/calendarPermissions/{permission}", "Calendars.ReadWrite")
def change_share(asked: Asked) -> Answer:
    """Change what somebody may do."""
    permission = mailbox_of(asked).preferences.permissions.get(asked["permission"])
    if permission is None:
        raise _MISSING
    permission |= {"role": asked.request.json()["role"]}
    return Answer(body=permission)


# --- senders of the focused inbox ----------------------------------------------------------------------------


@route("GET", "/users/{user}/inferenceClassification/overrides", _MAIL)
def senders(asked: Asked) -> Answer:
    """Senders whose messages always belong to one side of the focused inbox."""
    return Answer(body=page(asked.request, list(mailbox_of(asked).preferences.senders.values()), size=100))


@route("POST", "/users/{user}/inferenceClassification/overrides", "Mail.ReadWrite")
def sort_sender(asked: Asked) -> Answer:
    """Say where a sender's messages belong; one that is known already is changed."""
    preferences = mailbox_of(asked).preferences
    plain = asked.request.json()
    email = plain["senderEmailAddress"]
    for one in preferences.senders.values():
        if one["senderEmailAddress"]["address"].casefold() == email["address"].casefold():
            one |= {"classifyAs": plain["classifyAs"], "senderEmailAddress": email}
            return Answer(body=one)
    return Answer(201, preferences.sort_sender(email["address"], email.get("name", ""), plain["classifyAs"]))


@route("PATCH", "/users/{user}/inferenceClassification/overrides/{sender}", "Mail.ReadWrite")
def change_sender(asked: Asked) -> Answer:
    """Say anew where a sender's messages belong."""
    sender = mailbox_of(asked).preferences.senders.get(asked["sender"])
    if sender is None:
        raise _MISSING
    sender |= {"classifyAs": asked.request.json()["classifyAs"]}
    return Answer(body=sender)


ROUTES: Final = [
    change_settings,
    rules,
    make_rule,
    change_rule,
    categories,
    make_category,
    change_category,
    permissions,
    share,
    change_share,
    senders,
    sort_sender,
    change_sender,
]
