"""A program that is killed while it backs up and restores over TLS, again and again: nothing is lost or made twice.

``SAASBACKUP_KILLS`` says how often, in all; ``SAASBACKUP_SEED`` when.
"""

import asyncio
import json
import os
import random
import signal
import sys
import time
from pathlib import Path
from typing import Final

from saasbackup_desktop.core.model import Item, Service, stream_id
from saasbackup_desktop.sim.graph.app import GraphApp
from saasbackup_desktop.sim.graph.manners import Manners
from saasbackup_desktop.sim.graph.tenant import Tenant
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.vault import Vault
from tests.flow.stage import CHEAP, PASSPHRASE
from tests.graph import planner
from tests.graph.child import AGAIN, DONE, Now, identity
from tests.graph.office import Watched
from tests.graph.referee import Referee
from tests.graph.stage import GRANTED, ROUTES
from tests.graph.test_mail_restore import letter, looks
from tests.graph.test_storm import Person, assert_same, deliver
from tests.servers.certificates import Authority
from tests.servers.web import served

KILLS: Final = int(os.environ.get("SAASBACKUP_KILLS", "3"))
SEED: Final = int(os.environ.get("SAASBACKUP_SEED", "7"))
MAILBOXES: Final = 1
SERVICES: Final = (Service.MAIL, Service.CALENDAR, Service.CONTACTS, Service.TASKS)
LONGEST: Final = 120


class _Grounds:
    """A tenant that people join."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.domain = tenant.domain

    def person(self, name: str) -> Person:
        mailbox_owner = self.tenant.add_user(name, f"{name.lower().replace(' ', '.')}@{self.domain}")["id"]
        return Person(planner.Mailbox(self.tenant, mailbox_owner), planner.Organizer(self.tenant, mailbox_owner))


def filled(grounds: _Grounds, number: int, dice: random.Random) -> Person:
    person = grounds.person(f"Person{number} Example")
    filed = person.mailbox.make_folder("Filed", person.mailbox.known["inbox"])["id"]
    for one in range(25):
        attached = dice.randbytes(dice.randrange(1, 3000)) if one % 2 else b""
        deliver(person.mailbox, 1000 * number + one, dice.choice(["inbox", "archive", filed]), dice, attached)
    person.mailbox.deliver(letter(1000 * number + 900), "drafts", isDraft=True, isRead=True)
    planner.fill_calendars(person.organizer)
    planner.fill_contacts(person.organizer)
    planner.fill_tasks(person.organizer)
    return person


async def run(plan: Path, action: str, kills: int, dice: random.Random) -> tuple[int, int]:
    """Run the program until it has come to its end, and kill it some times before: how often it was run and killed."""
    runs, slept, killed = 0, 0.8, 0
    while True:
        runs += 1
        assert runs < kills + 40
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.graph.child", str(plan), action),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        assert child.stdout is not None
        assert child.stderr is not None
        assert await child.stdout.readline() == b"ready\n", (await child.stderr.read()).decode()
        begun = time.monotonic()
        if kills:
            try:
                await asyncio.wait_for(child.wait(), dice.uniform(0.0, slept))
            except TimeoutError:
                child.send_signal(signal.SIGKILL)
        said = await asyncio.wait_for(child.stderr.read(), LONGEST)
        code = await child.wait()
        if code == -signal.SIGKILL:
            kills -= 1
            killed += 1
            continue
        assert code in (DONE, AGAIN), said.decode()[-4000:]
        if code == DONE and not kills:
            return runs, killed
        if code == DONE:
            slept = max(0.05, (time.monotonic() - begun) / 2)
            kills -= 1  # it was faster


async def test_who_is_killed_goes_on_and_comes_to_the_end(tmp_path: Path) -> None:
    dice = random.Random(SEED)
    tenant = Tenant("fernwick.example", lambda: 1_790_000_000.0)
    application = tenant.register(set(GRANTED))
    grounds = _Grounds(tenant)
    people = [filled(grounds, number, dice) for number in range(MAILBOXES)]
    others = [grounds.person(f"Other{number} Example") for number in range(MAILBOXES)]
    authority = Authority(tmp_path)
    app = GraphApp(tenant, ROUTES, Manners(latency=0.004))
    watched = Watched(app, Referee(GRANTED), "")
    vault, _ = Vault.create(LocalStore(tmp_path / "vault"), PASSPHRASE, Now(), argon2=CHEAP)
    with served(watched, authority.issue("graph")) as address:
        watched.address = tenant.uploads_at = address
        plan = tmp_path / "plan.json"
        plan.write_text(
            json.dumps(
                {
                    "address": address,
                    "ca_file": str(authority.file),
                    "token": tenant.token(application, lasts=1e9),
                    "realm": tenant.id,
                    "vault": str(tmp_path / "vault"),
                    "catalog": str(tmp_path / "catalog.db"),
                    "users": {one.mailbox.user: other.mailbox.user for one, other in zip(people, others, strict=True)},
                    "services": list(SERVICES),
                    "at_once": 4,
                }
            )
        )
        backups = await run(plan, "backup", KILLS // 2, dice)
        for person in people:
            assert_saved(vault, tenant.id, person)
        restores = await run(plan, "restore", KILLS - KILLS // 2, dice)
    for person, other in zip(people, others, strict=True):
        assert_same(other.seen(), person.seen())
    assert watched.referee.problems == []
    assert KILLS < 3 or backups[1] + restores[1]
    print(f"\nruns and kills: {backups} backing up, {restores} restoring; {watched.referee.exchanges} exchanges")


def assert_saved(vault: Vault, realm: str, person: Person) -> None:
    """The vault holds all that is there; mail byte by byte."""
    vault.refresh()
    truth = person.organizer
    for service, there in (
        (Service.MAIL, set(person.mailbox.messages)),
        (Service.CALENDAR, {id for shelf in truth.calendars.values() for id in shelf.items}),
        (Service.CONTACTS, {id for shelf in truth.contacts.values() for id in shelf.items}),
        (Service.TASKS, {id for shelf in truth.lists.values() for id in shelf.items}),
    ):
        head = vault.last_head(stream_id(identity(realm, person.mailbox.user), service))
        assert head is not None
        saved = {node.id: node for node in vault.nodes(head.root) if isinstance(node, Item)}
        assert set(saved) == there
        if service is Service.MAIL:
            for id, item in saved.items():
                assert item.body is not None
                assert vault.read(item.body) == person.mailbox.messages[id]["_mime"]
    assert looks(person.mailbox)
