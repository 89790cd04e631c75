"""The steps of adding a Microsoft 365 tenant."""

import pytest

from saasbackup_desktop.app.flows.add_m365 import AddM365, Entry, Step, addresses, is_directory
from saasbackup_desktop.app.tenants.views import CertificateView, CheckReport, Link, Proof, SignedIn, WayIn
from saasbackup_desktop.core.model import Service

CLIENT = "0b8f5b0e-3b0a-4f57-8a57-2f9c7f2d6c11"
WHO = SignedIn(who="admin@contoso.example", tenant="7c3d1e52-8a40-4f6b-9d21-5b0e6c9f1a34", tenant_name="Contoso: West")


def _report(link: Link) -> CheckReport:
    return CheckReport(link=link, lines=(), checked=1)


@pytest.mark.parametrize("entry", Entry)
def test_every_way_goes_from_the_first_page_to_the_last(entry: Entry) -> None:
    flow = AddM365(entry=entry)
    seen = [flow.step]
    while flow.advance() is not seen[-1]:
        seen.append(flow.step)
    assert seen == list(flow.steps)
    assert (seen[0], seen[-1], flow.number) == (Step.WAY, Step.SUMMARY, len(seen))


def test_services_come_before_anybody_signs_in() -> None:
    for entry in Entry:
        steps = AddM365(entry=entry).steps
        assert steps.index(Step.SERVICES) < steps.index(Step.CHECK) - 1


def test_other_way_takes_nobody_along() -> None:
    flow = AddM365(sign_in="set-up", signed_in=WHO)
    flow.choose(Entry.ADMINISTRATOR)
    assert (flow.sign_in, flow.signed_in) == ("", None)


def test_what_is_kept_cannot_be_gone_back_to() -> None:
    flow = AddM365(step=Step.ACCOUNTS)
    assert not flow.can_go_back
    assert flow.back() is Step.ACCOUNTS


@pytest.mark.parametrize(
    ("changes", "lacks"),
    [
        ({"step": Step.WAY, "cloud": "custom", "login": "http://a", "graph": "https://b"}, {"login": "address"}),
        ({"step": Step.WAY, "tenant": "not a domain"}, {"tenant": "tenant"}),
        ({"step": Step.SERVICES, "services": ()}, {"services": "needed"}),
        ({"step": Step.SERVICES, "mailboxes": ("reception",)}, {"mailboxes": "address"}),
        ({"step": Step.REGISTER}, {"register": "needed"}),
        ({"step": Step.SIGN_IN, "entry": Entry.ADMINISTRATOR}, {"sign-in": "needed"}),
        ({"step": Step.CHECK}, {"check": "needed"}),
        ({"step": Step.CHECK, "name": "a/b"}, {"name": "name"}),
        ({"step": Step.CHECK, "report": _report(Link.DISCONNECTED)}, {"check": "disconnected"}),
        ({"step": Step.CHECK, "report": _report(Link.PENDING)}, {}),
    ],
)
def test_what_a_page_lacks(changes: dict[str, object], lacks: dict[str, str]) -> None:
    assert AddM365(**changes).missing() == lacks  # type: ignore[arg-type]


def test_registration_by_hand_needs_ids_and_a_proof() -> None:
    flow = AddM365(entry=Entry.BY_HAND, step=Step.BY_HAND)
    assert flow.missing() == {"tenant": "needed", "client": "needed", "certificate": "needed"}
    flow.tenant, flow.client, flow.proof = "contoso.onmicrosoft.com", "x", Proof.SECRET
    assert flow.missing() == {"client": "client", "secret": "needed"}
    flow.client = CLIENT
    assert flow.missing(has_secret=True) == {}
    flow.proof = Proof.CERTIFICATE
    flow.certificate = CertificateView(thumbprint="9F", short_thumbprint="3C", expires=1, public="")
    assert flow.missing() == {}


def test_settings_say_what_was_chosen() -> None:
    flow = AddM365(
        entry=Entry.ADMINISTRATOR,
        signed_in=WHO,
        services=(Service.CONTACTS, Service.MAIL),
        fence="only-with-least-privilege@contoso.example",
        mailboxes=("info@contoso.example",),
        login="https://ignored.example",
    )
    found = flow.settings()
    assert found.name == "Contoso  West"  # neither of the two signs that separate names
    assert (found.tenant, found.way_in, found.proof) == (WHO.tenant, WayIn.ADMINISTRATOR, Proof.DEVICE_CODE)
    assert found.services == (Service.MAIL, Service.CONTACTS)
    assert (found.fence, found.mailboxes, found.login) == ("", ("info@contoso.example",), "")


def test_registration_has_the_last_word_but_for_the_name() -> None:
    flow = AddM365(signed_in=WHO, name="West")
    flow.registered = AddM365(tenant="contoso.example", client=CLIENT, name="draft").settings()
    found = flow.settings()
    assert (found.name, found.tenant, found.client) == ("West", "contoso.example", CLIENT)


def test_addresses_are_taken_apart() -> None:
    assert addresses(" a@x.example, b@x.example;\na@x.example ") == ("a@x.example", "b@x.example")


@pytest.mark.parametrize(
    ("text", "can"),
    [
        ("contoso.onmicrosoft.com", True),
        (WHO.tenant, True),
        ("contoso", False),
        ("https://contoso.example", False),
        ("", False),
    ],
)
def test_directory_is_an_id_or_a_domain(text: str, can: bool) -> None:
    assert is_directory(text) is can
