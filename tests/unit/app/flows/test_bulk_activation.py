"""The steps of activating many accounts."""

from saasbackup_desktop.app.flows.bulk_activation import BulkActivation, How, Later, Step, free_name
from saasbackup_desktop.app.tenants.views import ListReport
from saasbackup_desktop.core.activation import Leaving, Match, Rule, When


def test_property_needs_a_value() -> None:
    flow = BulkActivation(how=How.PROPERTY, name="department", values=("  ",))
    assert flow.missing() == {"values": "needed"}
    flow.values = ("Sales",)
    assert flow.missing() == {}


def test_group_needs_to_be_chosen() -> None:
    assert BulkActivation(how=How.GROUP).missing() == {"group": "needed"}


def test_list_needs_somebody_who_is_there() -> None:
    flow = BulkActivation(how=How.LIST)
    assert flow.missing() == {"list": "needed"}
    flow.listed = ListReport(ids=frozenset(), unknown=((2, "a@x.example"),), mistakes=())
    assert flow.missing() == {"list": "nobody"}


def test_list_asks_nothing_about_later() -> None:
    flow = BulkActivation(how=How.LIST, step=Step.REVIEW, later=Later.MATCHING)
    assert flow.advance() is Step.DONE
    assert flow.rule(()) is None


def test_rule_is_what_was_chosen_under_a_free_name() -> None:
    flow = BulkActivation(
        how=How.PROPERTY,
        name="city",
        match=Match.BEGINS,
        values=("Ber",),
        later=Later.MATCHING,
        when=When.DAILY,
        leaving=Leaving.DELETE,
        rule_name="Berlin",
    )
    assert flow.rule(("Berlin",)) == Rule(
        id="Berlin (2)", when=When.DAILY, name="city", match=Match.BEGINS, values=("Ber",), leaving=Leaving.DELETE
    )


def test_rule_for_everybody_leaves_nobody() -> None:
    flow = BulkActivation(how=How.GROUP, group="g", later=Later.EVERYBODY, leaving=Leaving.DELETE)
    made = flow.rule(())
    assert made == Rule(id="Everybody")
    assert made.leaving is Leaving.KEEP


def test_draft_looks_once_and_keeps() -> None:
    draft = BulkActivation(how=How.GROUP, group="g", leaving=Leaving.DELETE).draft()
    assert (draft.when, draft.group, draft.leaving) == (When.ONCE, "g", Leaving.KEEP)


def test_unticked_are_those_that_were_found() -> None:
    flow = BulkActivation(found=frozenset("abc"), ticked=frozenset("ab"))
    assert flow.unticked == {"c"}


def test_done_is_done() -> None:
    flow = BulkActivation(step=Step.DONE)
    assert flow.back() is Step.DONE


def test_name_of_a_choice_by_hand_is_not_free() -> None:
    assert free_name("selected", ()) == "selected (2)"
