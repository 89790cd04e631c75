from saasbackup_desktop.app.flows.add_imap import AddImap, Step
from saasbackup_desktop.app.views import ProbeReport, Tls

REPORT = ProbeReport(server="", secure=True, folders=1, messages=1, size=None, abilities=())


def test_pages_come_in_order_and_back() -> None:
    flow = AddImap()
    assert [flow.advance() for _ in range(4)] == [Step.SIGN_IN, Step.TEST, Step.SUMMARY, Step.SUMMARY]
    assert [flow.back() for _ in range(4)] == [Step.TEST, Step.SIGN_IN, Step.SERVER, Step.SERVER]


def test_server_is_needed_and_has_no_spaces() -> None:
    assert AddImap().missing(has_secret=False) == {"host": "needed"}
    assert AddImap(host="imap example").missing(has_secret=False) == {"host": "spaces"}
    assert AddImap(host="imap.example", port=70_000).missing(has_secret=False) == {"port": "port"}
    assert AddImap(host=" imap.example ", port=993).missing(has_secret=False) == {}


def test_sign_in_needs_user_and_secret() -> None:
    assert AddImap(step=Step.SIGN_IN).missing(has_secret=False) == {"user": "needed", "secret": "needed"}
    assert AddImap(step=Step.SIGN_IN, user="a").missing(has_secret=True) == {}


def test_going_on_needs_a_good_test_and_new_answers_void_it() -> None:
    flow = AddImap(step=Step.TEST)
    assert flow.missing(has_secret=True) == {"test": "needed"}
    flow.report = REPORT
    assert flow.missing(has_secret=True) == {}
    flow.back()
    flow.advance()
    assert flow.report is None


def test_settings_are_trimmed_and_named_after_the_user() -> None:
    flow = AddImap(host=" imap.example ", user=" me@example ", tls=Tls.STARTTLS, ca_file=" ")
    settings = flow.settings()
    assert (settings.host, settings.user, settings.name, settings.ca_file) == (
        "imap.example",
        "me@example",
        "me@example",
        None,
    )
    assert flow.usual_port == 143
