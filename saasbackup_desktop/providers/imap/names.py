"""Names of mailboxes: spelling, delimiters, namespaces, and what a name tells of a mailbox's use."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from imapclient import imap_utf7

from saasbackup_desktop.core.model import Role

_LONGEST = 200  # bytes of one name on the wire: most servers keep a mailbox as a file name of at most 255
_LONGEST_PATH = 900


@dataclass(frozen=True, slots=True)
class Namespace:
    """A part of the tree of mailboxes (RFC 2342)."""

    kind: str
    """``personal``, ``other``, ``shared``."""
    prefix: str
    delimiter: str | None


def decode(raw: str) -> str:
    """Read a name as the server spells it (modified UTF-7, RFC 3501 section 5.1.3); anything else stays readable."""
    try:
        if not raw.isascii():
            return raw.encode("latin-1").decode("utf-8", "replace")
        name = str(imap_utf7.decode(raw.encode("ascii")))
        return name if encode(name) == raw else raw
    except (UnicodeError, ValueError):
        return raw


def encode(name: str) -> str:
    """Spell a name for the server."""
    return bytes(imap_utf7.encode(name)).decode("latin-1")


def split(path: str, delimiter: str | None, namespace: Namespace | None) -> tuple[str, ...]:
    """Names from the top down to a mailbox, without the prefix of the personal namespace."""
    if namespace and namespace.kind == "personal" and namespace.prefix and path.startswith(namespace.prefix):
        rest = path.removeprefix(namespace.prefix)
        path = rest or path
    parts = path.split(delimiter) if delimiter else [path]
    if parts[0].upper() == "INBOX":
        parts[0] = "INBOX"
    return tuple(decode(part) for part in parts)


def join(names: Sequence[str], namespace: Namespace) -> str:
    """Spell the path of a mailbox in the personal namespace; INBOX is outside of any prefix."""
    if len(names) == 1 and names[0].upper() == "INBOX":
        return "INBOX"
    delimiter = namespace.delimiter or ""
    if names[0].upper() == "INBOX" and namespace.prefix.upper() == "INBOX" + delimiter:
        names = names[1:]
    return namespace.prefix + delimiter.join(encode(name) for name in names)


def name_fault(names: Sequence[str], namespace: Namespace) -> str | None:
    """Say why a mailbox of this path cannot be: a reason code, or None."""
    if not names or not all(names):
        return "empty"
    if any(ord(letter) < 32 or ord(letter) == 127 for name in names for letter in name):
        return "control-character"
    if any(0xD800 <= ord(letter) < 0xE000 for name in names for letter in name):
        return "not-text"
    if namespace.delimiter is None and len(names) > 1:
        return "no-subfolders"
    if namespace.delimiter and any(namespace.delimiter in name for name in names):
        return "has-delimiter"
    if max(len(encode(name)) for name in names) > _LONGEST or len(join(names, namespace)) > _LONGEST_PATH:
        return "too-long"
    return None


_BY_FLAG = {
    "\\sent": Role.SENT,
    "\\drafts": Role.DRAFTS,
    "\\trash": Role.TRASH,
    "\\junk": Role.JUNK,
    "\\spam": Role.JUNK,
    "\\archive": Role.ARCHIVE,
    "\\all": Role.ALL,
    "\\allmail": Role.ALL,
    "\\flagged": Role.FLAGGED,
    "\\starred": Role.FLAGGED,
    "\\important": Role.IMPORTANT,
    "\\inbox": Role.INBOX,
}

_NAMES = {
    Role.SENT: "sent|sent items|sent messages|sent mail|gesendet|gesendete elemente|gesendete objekte"
    "|éléments envoyés|envoyés|messages envoyés|enviados|elementos enviados|mensajes enviados|itens enviados"
    "|posta inviata|inviati|inviata|verzonden|verzonden items|verzonden berichten|skickat|skickade objekt"
    "|sendt|sendte elementer|sendt post|lähetetyt|elementy wysłane|wysłane|odeslané|odeslaná pošta"
    "|elküldött elemek|trimise|gönderilmiş öğeler|gönderilenler|отправленные|надіслані|送信済み|送信済みアイテム"
    "|已发送|已发送邮件|寄件備份|보낸 편지함",
    Role.DRAFTS: "drafts|draft|entwürfe|brouillons|borradores|rascunhos|bozze|concepten|utkast|kladder|luonnokset"
    "|szkice|wersje robocze|kopie robocze|koncepty|rozepsané|piszkozatok|ciorne|taslaklar|черновики|чернетки"
    "|下書き|草稿|草稿箱|임시 보관함",
    Role.TRASH: "trash|deleted items|deleted messages|bin|papierkorb|gelöschte elemente|gelöschte objekte|corbeille"
    "|éléments supprimés|papelera|elementos eliminados|lixo|lixeira|itens excluídos|cestino|posta eliminata"
    "|prullenbak|verwijderde items|papperskorgen|borttagna objekt|papirkurv|slettet post|slettede elementer"
    "|roskakori|kosz|elementy usunięte|koš|odstraněná pošta|törölt elemek|kuka|gunoi|çöp kutusu|silinmiş öğeler"
    "|корзина|удаленные|удалённые|кошик|видалені|ごみ箱|削除済みアイテム|已删除|已删除邮件|垃圾桶|휴지통",
    Role.JUNK: "junk|junk e-mail|junk email|junk mail|spam|bulk mail|junk-e-mail|spamverdacht|werbung|unerwünscht"
    "|courrier indésirable|indésirables|pourriel|correo no deseado|lixo eletrônico|lixo electrónico"
    "|posta indesiderata|ongewenste e-mail|ongewenst|skräppost|søppelpost|uønsket e-post|uønsket mail|roskaposti"
    "|wiadomości-śmieci|wiadomości śmieci|nevyžádaná pošta|levélszemét|önemsiz|gereksiz|спам|нежелательная почта"
    "|迷惑メール|垃圾邮件|垃圾郵件|스팸",
    Role.ARCHIVE: "archive|archives|archiv|archivo|archivos|arquivo|archivio|archief|arkiv|arkisto|archiwum|arşiv"
    "|архив|архів|アーカイブ|存档|归档|封存",
}
_BY_NAME = {name: role for role, names in _NAMES.items() for name in names.split("|")}


def role_by_flag(flags: frozenset[str]) -> Role | None:
    """What a mailbox is for by its attributes (RFC 6154, XLIST); ``flags`` in lower case."""
    return next((role for flag, role in _BY_FLAG.items() if flag in flags), None)


def role_by_name(names: Sequence[str]) -> Role | None:
    """What a mailbox seems to be for: only the top names, and those below INBOX or [Gmail], are asked."""
    if tuple(name.upper() for name in names) == ("INBOX",):
        return Role.INBOX
    top = len(names) == 1 or (len(names) == 2 and re.fullmatch(r"INBOX|\[(Gmail|Google Mail)\]", names[0], re.I))
    return _BY_NAME.get(names[-1].strip().casefold()) if top else None
