"""The pretend server answers as Dovecot does: one script, two servers, the answers compared step by step."""

from collections.abc import Iterator

import pytest

from saasbackup_desktop.sim.imap import RICH, Mailbox, Manners, serve_in_thread
from saasbackup_desktop.sim.letters import letters
from saasbackup_desktop.sim.organisation import AWKWARD
from tests.servers.dovecot import Dovecot
from tests.unit.sim.transcript import Talk, highest, validity

ONE = (
    b'From: Ann Example <ann@a.example>\r\nTo: bob@b.example, "Doe, Carl" <carl@c.example>\r\nSubject: One\r\n'
    b"Date: Mon, 1 Jan 2024 10:00:00 +0100\r\nMessage-ID: <one@a.example>\r\n\r\nFirst letter\r\n"
)
NESTED = (
    b"From: bob@b.example\r\nTo: ann@a.example\r\nSubject: Nested\r\nMessage-ID: <two@b.example>\r\n"
    b"MIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="outer"\r\n\r\npreamble\r\n--outer\r\n'
    b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nCaf=C3=A9\r\n"
    b"--outer\r\nContent-Type: message/rfc822\r\n\r\nSubject: Inside\r\nFrom: eve@e.example\r\n"
    b"Content-Type: multipart/alternative; boundary=inner\r\n\r\n--inner\r\n\r\nplain\r\n--inner\r\n"
    b"Content-Type: text/html\r\n\r\n<p>html</p>\r\n--inner--\r\n\r\n--outer\r\n"
    b'Content-Type: image/png; name="p.png"\r\nContent-Transfer-Encoding: base64\r\nContent-ID: <pic@x>\r\n'
    b'Content-Disposition: attachment; filename="p.png"\r\n\r\naGVsbG8=\r\n--outer--\r\nepilogue\r\n'
)
BARE = b"Subject: no date\r\n\r\n"


def script(port: int, user: str, password: str) -> dict[str, list[str]]:
    """Do what mail programs and backup programs do."""
    with Talk(port) as talk:
        say = talk.say
        say("before signing in", "SELECT INBOX")
        say("login", f"LOGIN {user} {password}")
        say("login again", f"LOGIN {user} {password}")
        say("unknown command", "FROBNICATE")
        say("namespace", "NAMESPACE")
        say("delimiter", 'LIST "" ""')
        say("list", 'LIST "" "*"')
        say("list special", 'LIST (SPECIAL-USE) "" "*"')
        say("create", "CREATE Work")
        say("create again", "CREATE Work")
        say("create inbox", "CREATE inbox")
        say("create deep", "CREATE Deep/Down/Here")
        say("create odd", b'CREATE "Gr&APYA3w-e &- \\"q\\" "')
        say("create with bad name", b"CREATE Bad&name")
        say("create with trailing delimiter", "CREATE Trailing/")
        say("subscribe", "SUBSCRIBE Work")
        say("subscribe to nothing", "SUBSCRIBE Missing")
        say("list all", 'LIST "" "*"')
        say("list one level", 'LIST "" "%"')
        say("list below", 'LIST "Deep/" "%"')
        say("list inbox", 'LIST "" "inbox"')
        say("list subscribed", 'LIST (SUBSCRIBED) "" "*"')
        say("list returning", 'LIST "" "W*" RETURN (SUBSCRIBED CHILDREN STATUS (MESSAGES UIDNEXT))')
        say("lsub", 'LSUB "" "*"')
        say("append", 'APPEND Work (\\Seen $Note \\Flagged) "01-Feb-2020 13:04:05 +0530" {}', ONE)
        say(
            "append several",
            'APPEND Work (Other) "07-Jan-2021 12:00:00 +0000" {} "05-Mar-2021 10:00:00 -0330" {}',
            NESTED,
            BARE,
        )
        say("append to nothing", "APPEND Missing {}", ONE)
        say("status", "STATUS Work (MESSAGES RECENT UIDNEXT UIDVALIDITY UNSEEN SIZE)")
        say("status of nothing", "STATUS Missing (MESSAGES)")
        say("status unknown item", "STATUS Work (WEATHER)")
        say("examine", "EXAMINE Work")
        say("store read only", "UID STORE 1 +FLAGS (\\Deleted)")
        say("unselect", "UNSELECT")
        say("unselect again", "UNSELECT")
        opened = say("select", "SELECT Work")
        say("select nothing", "SELECT Missing")
        say("fetch without folder", "FETCH 1 FLAGS")
        say("", "SELECT Work")
        say("fetch fast", "FETCH 1:* FAST")
        say("fetch all", "FETCH 1 ALL")
        say("fetch full", "FETCH 2 FULL")
        say("uid fetch", "UID FETCH 1:* (FLAGS INTERNALDATE RFC822.SIZE)")
        say("uid fetch beyond", "UID FETCH 100:* (FLAGS)")
        say("uid fetch absent", "UID FETCH 50:60 (FLAGS)")
        say("fetch beyond", "FETCH 9 FLAGS")
        say("fetch bad item", "FETCH 1 WEATHER")
        say("fetch body peek", "UID FETCH 2 BODY.PEEK[]")
        say("fetch flags after peek", "UID FETCH 2 FLAGS")
        say("fetch header", "UID FETCH 1,3 (BODY.PEEK[HEADER] RFC822.HEADER)")
        say("fetch text", "UID FETCH 1:3 (BODY.PEEK[TEXT])")
        say("fetch fields", "UID FETCH 1:3 (BODY.PEEK[HEADER.FIELDS (Subject DATE message-id)])")
        say("fetch other fields", "UID FETCH 1 (BODY.PEEK[HEADER.FIELDS.NOT (Subject To)])")
        say("fetch partial", "UID FETCH 2 (BODY.PEEK[]<10.50>)")
        say("fetch partial beyond", "UID FETCH 1 (BODY.PEEK[]<99999.5>)")
        for part in ("1", "1.MIME", "2", "2.HEADER", "2.TEXT", "2.1", "2.2", "2.2.MIME", "3", "3.MIME", "4", "1.1"):
            say(f"fetch part {part}", f"UID FETCH 2 (BODY.PEEK[{part}])")
        say("fetch part of plain", "UID FETCH 1 (BODY.PEEK[1] BODY.PEEK[1.MIME] BODY.PEEK[2])")
        say("fetch binary", "UID FETCH 2 (BINARY.PEEK[1] BINARY.SIZE[3] BINARY.PEEK[3])")
        say("fetch structure", "UID FETCH 1:3 (BODYSTRUCTURE)")
        say("fetch body", "UID FETCH 1:3 (BODY)")
        say("fetch envelope", "UID FETCH 1:3 (ENVELOPE)")
        say("fetch whole", "UID FETCH 1 (RFC822 RFC822.TEXT)")
        say("fetch marks seen", "UID FETCH 3 (BODY[])")
        say("store add", "UID STORE 1 +FLAGS (\\Answered New)")
        say("store remove", "STORE 1 -FLAGS (\\Flagged)")
        say("store set", "UID STORE 1 FLAGS (\\Draft $note)")
        say("store silent", "UID STORE 1:2 +FLAGS.SILENT (\\Seen)")
        say("store recent", "UID STORE 1 +FLAGS (\\Recent)")
        say("store unknown system flag", "UID STORE 1 +FLAGS (\\Odd)")
        say("store bare", "UID STORE 1 +FLAGS \\Seen")
        for key in (
            "ALL",
            "SEEN",
            "UNSEEN",
            "FLAGGED",
            "DRAFT",
            "UNDELETED",
            "KEYWORD $Note",
            "UNKEYWORD Other",
            "NEW",
            "OLD",
            "SUBJECT nest",
            'FROM "ann example"',
            "TO carl",
            "HEADER Message-ID <one@a.example>",
            'HEADER Date ""',
            "BODY first",
            "TEXT inside",
            "LARGER 400",
            "SMALLER 100",
            "SINCE 5-Mar-2021",
            "BEFORE 5-Mar-2021",
            "ON 1-Feb-2020",
            "SENTSINCE 1-Jan-2024",
            "SENTON 1-Jan-2024",
            "NOT SEEN",
            "OR DRAFT SUBJECT no",
            "UID 2:*",
            "2:3 SEEN",
            "(SEEN DRAFT)",
            "CHARSET UTF-8 SUBJECT One",
            "CHARSET X-RUNES SUBJECT One",
            "WEATHER",
            "RETURN (MIN MAX COUNT ALL) ALL",
            "RETURN (COUNT) KEYWORD Other",
        ):
            say(f"search {key}", f"UID SEARCH {key}")
        say("search by number", "SEARCH SMALLER 100")
        say("copy", "UID COPY 1:2 Deep/Down/Here")
        say("copy to nothing", "UID COPY 1 Missing")
        say("copy absent", "UID COPY 77 Work")
        say("copied", "STATUS Deep/Down/Here (MESSAGES UIDNEXT)")
        say("move", "UID MOVE 1 Deep/Down/Here")
        say("move by number", "MOVE 1 Deep")
        say("moved", "STATUS Deep/Down/Here (MESSAGES UIDNEXT)")
        say("delete", "UID STORE 3 +FLAGS (\\Deleted)")
        say("uid expunge other", "UID EXPUNGE 1:2")
        say("expunge", "EXPUNGE")
        say("expunged", "STATUS Work (MESSAGES UIDNEXT)")
        say("noop", "NOOP")
        say("check", "CHECK")
        _resync(talk, user, password, validity(opened))
        say("close", "CLOSE")
        say("rename", "RENAME Work Labour/Done")
        say("rename to existing", "RENAME Labour/Done Deep")
        say("rename nothing", "RENAME Missing Found")
        say("rename parent", "RENAME Deep Depth")
        say("list renamed", 'LIST "" "*"')
        say("still subscribed", 'LSUB "" "*"')
        say("unsubscribe", "UNSUBSCRIBE Work")
        say("delete folder", "DELETE Labour/Done")
        say("delete folder again", "DELETE Labour/Done")
        say("delete inbox", "DELETE INBOX")
        say("delete parent", "DELETE Depth")
        say("list at the end", 'LIST "" "*"')
        say("quota root", "GETQUOTAROOT INBOX")
        say("quota of nobody", 'GETQUOTA "nobody"')
        say("syntax", "SELECT")
        say("id", 'ID ("name" "test")')
        say("logout", "LOGOUT")
        return talk.steps


def _resync(talk: Talk, user: str, password: str, known: int) -> None:
    """Modification sequences, with a second connection that changes things meanwhile."""
    say = talk.say
    say("", "APPEND Work {} {} {} {}", *[ONE] * 4)
    say("search unqualified", "UID SEARCH ALL")
    say("enable", "ENABLE QRESYNC WEATHER")
    before = highest(say("select again", "SELECT Work"))
    with Talk(talk.port) as other:
        other.say("", f"LOGIN {user} {password}")
        other.say("", "SELECT Work")
        other.say("", "UID STORE 5 +FLAGS.SILENT (\\Flagged Kept)")
        other.say("", "UID STORE 6 +FLAGS.SILENT (\\Deleted)")
        other.say("", "EXPUNGE")
        other.say("", "APPEND Work {}", ONE)
        say("news without expunge", "FETCH 1 UID")
        say("news", "NOOP")
        other.say("", "UID MOVE 5 Depth")
        other.say("", "UID MOVE 5 Deep")
        say("vanished now", "NOOP")
        say("changed since", f"UID FETCH 1:* (FLAGS) (CHANGEDSINCE {before})")
        say("changed since and vanished", f"UID FETCH 1:* (FLAGS) (CHANGEDSINCE {before} VANISHED)")
        say("changed since now", "UID FETCH 1:* (FLAGS) (CHANGEDSINCE 99999999)")
        say("search modseq", f"UID SEARCH MODSEQ {before + 1}")
        say("resync", f"SELECT Work (QRESYNC ({known} {before}))")
        say("resync with uids", f"SELECT Work (QRESYNC ({known} {before} 1:5))")
        say("resync another validity", f"SELECT Work (QRESYNC ({known + 7} {before}))")
        say("unchanged since", f"UID STORE 4,8 (UNCHANGEDSINCE {before}) +FLAGS.SILENT (\\Answered)")
        say("status with modseq", "STATUS Work (HIGHESTMODSEQ MESSAGES)")
        say("expunge with modseq", "UID EXPUNGE 1:*")


@pytest.fixture(scope="module")
def dovecots(dovecot: Dovecot) -> dict[str, list[str]]:
    user = dovecot.fresh(small=True)
    return script(dovecot.port, user.name, user.password)


@pytest.fixture(scope="module")
def ours() -> Iterator[dict[str, list[str]]]:
    mailbox = Mailbox("ann", shared=["Public/"], quota=5 * 1024 * 1024)
    capabilities = tuple(each for each in RICH if each != "OBJECTID")  # which Dovecot 2.3 does not know
    for use in ("Drafts", "Sent", "Trash", "Junk", "Archive"):
        mailbox.create(use, use=f"\\{use}", subscribed=True)
    with serve_in_thread([mailbox], manners=Manners(capabilities=capabilities)) as server:
        yield script(server.port, "ann", "secret")


KNOWN = {
    "examine": "Dovecot says HIGHESTMODSEQ only once CONDSTORE is on; RFC 7162 section 3.1.2.1 wants it always",
    "select": "likewise",
    "store read only": "Dovecot says OK and does nothing; we refuse, so that nobody relies on it",
    "news without expunge": "Dovecot still tells the flags of a message whose removal it has yet to tell",
    "list at the end": "Dovecot lists a deleted folder with children without \\Noselect (RFC 3501 section 6.3.4)",
    "quota of nobody": "we add the code NONEXISTENT",
}
"""Steps that differ on purpose, and why."""


def test_the_answers_are_equal(dovecots: dict[str, list[str]], ours: dict[str, list[str]]) -> None:
    assert list(dovecots) == list(ours)
    different = {name for name in ours if ours[name] != dovecots[name]}
    for name in sorted(different - set(KNOWN)):
        print(f"--- {name}")
        print("dovecot:", *dovecots[name], sep="\n    ")
        print("ours:", *ours[name], sep="\n    ")
    assert different == set(KNOWN)


def test_clean_letters_come_back_from_dovecot_byte_for_byte(dovecot: Dovecot) -> None:
    user, several = dovecot.fresh(), list(letters("clean", 400, 6000, clean=True))
    folder = "/".join(AWKWARD[-1])
    dovecot.append(user, folder, [letter.data for letter in several])
    with dovecot.connect(user) as client:
        for path in AWKWARD[:-1]:
            client.create_folder("/".join(path))
        assert {"/".join(path) for path in AWKWARD} <= {name for _, _, name in client.list_folders()}
        client.select_folder(folder, readonly=True)
        got = [answer[b"BODY[]"] for answer in client.fetch("1:*", ["BODY.PEEK[]"]).values()]
    assert got == [letter.data for letter in several]
