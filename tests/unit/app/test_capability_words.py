"""What is covered and what is not is said in plain words."""

import pytest

from saasbackup_desktop.app.words.capabilities import REACHES, THINGS, explanation, reach_name, thing_name
from saasbackup_desktop.providers.microsoft.capabilities import REASONS, Reach, Thing


def test_all_things_and_reaches_have_names() -> None:
    assert list(THINGS) == list(Thing)
    assert set(REACHES) == set(Reach)
    assert thing_name("archive") == "In-Place Archive"
    assert reach_name("not-offered") == "Not offered by Microsoft"


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("missing", [(), ("Mail.Read", "Tasks.Read.All")])
def test_all_reasons_have_words(reason: str, missing: tuple[str, ...]) -> None:
    said = explanation(reason, missing)
    assert said.endswith(".")
    assert not set("[]{}…") & set(said)
    assert ("Mail.Read, Tasks.Read.All" in said) == (bool(missing) and reason in ("permission-missing", "role-pending"))
