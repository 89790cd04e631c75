"""Rules of an inbox in a sentence: if this, unless that, then so."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from saasbackup_desktop.app.words.recurrences import joined
from saasbackup_desktop.providers.formats.graph.card import Clause, Rule

CONDITIONS: Final[Mapping[str, str]] = {
    "bodyContains": "the text contains {values}",
    "bodyOrSubjectContains": "the subject or the text contains {values}",
    "categories": "it is in the category {values}",
    "fromAddresses": "it is from {values}",
    "hasAttachments": "it has attachments",
    "headerContains": "the header contains {values}",
    "importance": "its importance is {values}",
    "isApprovalRequest": "it asks for an approval",
    "isAutomaticForward": "it was forwarded automatically",
    "isAutomaticReply": "it is an automatic reply",
    "isEncrypted": "it is encrypted",
    "isMeetingRequest": "it is an invitation to a meeting",
    "isMeetingResponse": "it answers an invitation",
    "isNonDeliveryReport": "it says that a message was not delivered",
    "isPermissionControlled": "its use is restricted",
    "isReadReceipt": "it is a read receipt",
    "isSigned": "it is signed",
    "isVoicemail": "it is voice mail",
    "messageActionFlag": "it is flagged for {values}",
    "notSentToMe": "it was not sent to me",
    "recipientContains": "a recipient contains {values}",
    "senderContains": "the sender contains {values}",
    "sensitivity": "its sensitivity is {values}",
    "sentCcMe": "I am among its Cc recipients",
    "sentOnlyToMe": "it was sent to me alone",
    "sentToAddresses": "it was sent to {values}",
    "sentToMe": "it was sent to me",
    "sentToOrCcMe": "I am among its To or Cc recipients",
    "subjectContains": "the subject contains {values}",
    "withinSizeRange": "its size in kB is within {values}",
}
ACTIONS: Final[Mapping[str, str]] = {
    "assignCategories": "put it into the category {values}",
    "copyToFolder": "copy it to the folder {values}",
    "delete": "delete it",
    "forwardAsAttachmentTo": "forward it as an attachment to {values}",
    "forwardTo": "forward it to {values}",
    "markAsRead": "mark it as read",
    "markImportance": "set its importance to {values}",
    "moveToFolder": "move it to the folder {values}",
    "permanentDelete": "delete it for ever",
    "redirectTo": "redirect it to {values}",
    "stopProcessingRules": "apply no further rules",
}
_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


def rule_words(rule: Rule) -> str:
    """The whole rule, in the order in which it is applied."""
    state = "" if rule.is_enabled else " (switched off)"
    wrong = " (Exchange reports an error in it)" if rule.has_error else ""
    asked = joined(_clauses(rule.conditions, CONDITIONS, "or"))
    but = joined(_clauses(rule.exceptions, CONDITIONS, "or"), "or")
    done = joined(_clauses(rule.actions, ACTIONS, "and")) or "do nothing"
    opening = f"If {asked}" if asked else "For every message"
    return f"{rule.name}{state}{wrong}: {opening}{f', unless {but}' if but else ''}: {done}."


def spelled_out(code: str) -> str:
    """``notStarted`` as words, for codes that came after this program."""
    return _HUMP.sub(" ", code).lower()


def _clauses(clauses: Sequence[Clause], table: Mapping[str, str], last: str) -> list[str]:
    return [_clause(one, table, last) for one in clauses]


def _clause(clause: Clause, table: Mapping[str, str], last: str) -> str:
    values = joined([f"“{value}”" for value in clause.values], "to" if clause.code == "withinSizeRange" else last)
    sentence = table.get(clause.code)
    if sentence is None:
        return f"{spelled_out(clause.code)} {values}".strip()
    return sentence.replace("{values}", values or "…")
