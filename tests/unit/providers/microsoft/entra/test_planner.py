"""What a plan writes and in which order, what it leaves out and why, and what could go wrong."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saasbackup_desktop.app.words.entra.plans import LEFT_OUT, REASONS, RISKS
from saasbackup_desktop.core.directory.difference import difference
from saasbackup_desktop.core.directory.drafting import Draft, Pair, Wish
from saasbackup_desktop.core.directory.objects import DirectoryObject
from saasbackup_desktop.core.directory.placeholders import meant, needs_password, with_password
from saasbackup_desktop.core.directory.plan import Action, Mode, Standing, Write, WriteResult
from saasbackup_desktop.core.directory.ticks import EVERYTHING, Ticks, attribute_key, lies_in, link_key
from saasbackup_desktop.engine.directory.looking import holds
from saasbackup_desktop.providers.microsoft.entra.kinds import SCHEMA
from saasbackup_desktop.providers.microsoft.entra.planning import codes
from saasbackup_desktop.providers.microsoft.entra.planning.codes import GRAVE
from saasbackup_desktop.providers.microsoft.entra.planning.undoing import undo
from saasbackup_desktop.providers.microsoft.registrations import TAG
from tests.unit.providers.microsoft.entra.directory import (
    ALL,
    READERS,
    assignment,
    but,
    group,
    id_of,
    one,
    planned,
    policy,
    tenant,
    tie,
    user,
)


def by_key(*some: DirectoryObject) -> dict[str, DirectoryObject]:
    return {each.key: each for each in some}


def picked(*keys: str, without: tuple[str, ...] = ()) -> Ticks:
    return Ticks(wanted=frozenset(keys), unwanted=frozenset(without))


def brief(draft: Draft) -> list[tuple[str, str, str]]:
    return [(each.action.value, each.kind, each.target_name or each.name) for each in draft.writes]


def left(draft: Draft) -> dict[str, str]:
    return {each.key: each.code for each in draft.left_out}


# --- texts of people -----------------------------------------------------------------------------------------------

HOSTILE = st.lists(
    st.sampled_from(["{new:", "{=new:", "}", "{", id_of("Ada"), id_of("Eve"), "{password}", "abc", "x"]),
    min_size=1,
    max_size=6,
).map("".join)


@settings(max_examples=40, deadline=None)
@given(HOSTILE)
def test_texts_of_people_are_sent_as_they_wrote_them(text: str) -> None:
    ada = user("Ada", jobTitle=text, city="Ulm")
    wanted = text.replace(ada.id, "new-ada")
    [made] = planned(by_key(ada), {}).writes
    sent = with_password(made, meant(made.body, {ada.id: "new-ada"}), "Secret-1")
    assert isinstance(sent, dict)
    assert sent["jobTitle"] == wanted
    assert sent["passwordProfile"]["password"] == "Secret-1"
    assert holds(but(ada, jobTitle=wanted), "jobTitle", made.new.get("jobTitle"), {ada.id: "new-ada"})
    [changed] = planned(by_key(ada), by_key(but(ada, jobTitle="other"))).writes
    assert not needs_password(changed)
    assert meant(changed.body, {}) == {"jobTitle": text}
    [back] = undo(SCHEMA, planned(by_key(but(ada, jobTitle="other")), by_key(ada)).writes).writes
    assert meant(back.body, {}) == {"jobTitle": text}


# --- what is written -----------------------------------------------------------------------------------------------


def test_equal_states_need_nothing() -> None:
    draft = planned(tenant(), tenant())
    assert (draft.writes, draft.left_out, draft.risks) == ([], [], [])


def test_an_attribute_goes_alone() -> None:
    old = user("Ada")
    now = but(old, department="Nowhere", jobTitle="Boss", createdDateTime="2026-02-02T00:00:00Z")
    key = attribute_key("users", old.id, "department")
    [write] = planned(by_key(old), by_key(now), picked(key)).writes
    assert (write.method, write.path, write.body) == ("PATCH", f"/users/{old.id}", {"department": "Research"})
    assert (write.old, write.new, write.keys) == ({"department": "Nowhere"}, {"department": "Research"}, (key,))
    assert write.reason == "picked"


def test_a_nested_attribute_takes_along_what_it_lies_in_as_it_is() -> None:
    old = policy("Strong", excludeUsers=[id_of("Ada")])
    now = but(
        old,
        state="disabled",
        conditions={
            "users": {"includeUsers": ["None"], "excludeUsers": []},
            "applications": {"includeApplications": ["Office365"]},
        },
    )
    key = attribute_key(old.kind, old.id, "conditions.users.includeUsers")
    [write] = planned(by_key(old), by_key(now), picked(key)).writes
    assert write.body == {
        "conditions": {
            "users": {"includeUsers": ["All"], "excludeUsers": []},
            "applications": {"includeApplications": ["Office365"]},
        }
    }
    assert write.new == {"conditions.users.includeUsers": ["All"]}


def test_what_came_into_a_nested_attribute_is_taken_away() -> None:
    old = but(policy("Strong"), grantControls={"operator": "OR", "builtInControls": ["mfa"]})
    strength = {"id": id_of("Keys"), "displayName": "Keys", "allowedCombinations": ["fido2"]}
    now = but(old, grantControls={"operator": "OR", "builtInControls": ["mfa"], "authenticationStrength": strength})
    [write] = planned(by_key(old), by_key(now)).writes
    assert write.body == {
        "grantControls": {"operator": "OR", "builtInControls": ["mfa"], "authenticationStrength": None}
    }


def test_members_are_added_in_twenties_and_taken_one_by_one() -> None:
    names = [f"person {number}" for number in range(45)]
    old = group("Staff", tuple(tie("members", name) for name in names))
    now = but(old, tuple(tie("members", f"stranger {number}") for number in range(3)))
    writes = planned(by_key(old), by_key(now)).writes
    added = [each for each in writes if each.action is Action.LINK]
    assert [len(each.keys) for each in added] == [20, 20, 5]
    assert {each.path for each in added} == {f"/groups/{old.id}"}
    bound = [address for each in added for address in each.body["members@odata.bind"]]
    assert sorted(bound) == sorted(f"https://graph.microsoft.com/v1.0/directoryObjects/{id_of(name)}" for name in names)
    taken = [each for each in writes if each.action is Action.UNLINK]
    assert [each.method for each in taken] == ["DELETE"] * 3
    assert max(each.number for each in added) < min(each.number for each in taken)


def test_a_manager_takes_the_other_ones_place() -> None:
    old, now = user("Ada", (tie("manager", "Alan"),)), user("Ada", (tie("manager", "Eve"),))
    draft = planned(by_key(old), by_key(now))
    [write] = draft.writes
    assert (write.method, write.path) == ("PUT", f"/users/{old.id}/manager/$ref")
    assert left(draft) == {link_key("users", old.id, tie("manager", "Eve")): "replaced"}


def test_a_manager_who_is_not_wanted_back_is_not_set() -> None:
    old, now = user("Ada", (tie("manager", "Alan"),)), user("Ada", (tie("manager", "Eve"),))
    ticks = picked(link_key("users", old.id, tie("manager", "Eve")))
    [write] = planned(by_key(old), by_key(now), ticks).writes
    assert (write.method, write.path) == ("DELETE", f"/users/{old.id}/manager/$ref")


def test_the_recycle_bin_comes_first_and_keeps_the_id() -> None:
    ada = user("Ada")
    staff = group("Staff", (tie("members", "Ada"),))
    in_bin = but(ada, department="Nowhere")
    draft = planned(by_key(ada, staff), by_key(but(staff, ())), in_bin=by_key(in_bin))
    assert brief(draft) == [("revive", "users", "Ada"), ("update", "users", "Ada"), ("link", "groups", "Ada")]
    revive, update, link = draft.writes
    assert (revive.method, revive.path, revive.body) == ("POST", f"/directory/deletedItems/{ada.id}/restore", None)
    assert update.body == {"department": "Research"}
    assert update.needs == (1,)
    assert link.needs == (1,)
    assert "{new:" not in str(link.body)


def test_what_is_gone_for_good_is_made_anew_and_everything_that_named_it_follows() -> None:
    old = tenant()
    ada = old[f"users/{id_of('Ada')}"]
    gone = {"users", "groups", "administrativeUnits", "applications", "servicePrincipals"}
    now = {
        key: but(each, tuple(link for link in each.links if link.id != ada.id)) if each.kind in gone else each
        for key, each in old.items()
        if each is not ada and each.properties.get("principalId") != ada.id
    }
    ticks = picked(ada.key)
    pairs = tuple(Pair(each, now.get(each.key)) for each in old.values() if each is not ada and ada.id in str(each))
    draft = planned(by_key(ada), {}, ticks, around=pairs)
    made = draft.writes[0]
    assert (made.action, made.kind, made.reason) == (Action.CREATE, "users", "picked")
    assert made.body["passwordProfile"] == {"forceChangePasswordNextSignIn": True, "password": "{password}"}
    others = draft.writes[1:]
    assert {each.reason for each in others if each.kind != "users"} == {"needed"}
    counts = Counter((each.action.value, each.kind) for each in others if each.reason == "needed")
    assert counts == {
        ("link", "users"): 2,
        ("link", "groups"): 3,
        ("link", "administrativeUnits"): 1,
        ("link", "applications"): 1,
        ("link", "servicePrincipals"): 1,
        ("create", "roleAssignments"): 1,
        ("update", "conditionalAccessPolicies"): 1,
    }
    for each in others:
        if each.kind != "users" or each.id != ada.id:
            assert each.needs == (1,)
    [rewired] = [each for each in others if each.kind == "conditionalAccessPolicies"]
    assert rewired.body["conditions"]["users"]["excludeUsers"] == [f"{{new:{ada.id}}}"]
    assert rewired.old == rewired.new
    [given_again] = [each for each in others if each.kind == "roleAssignments"]
    assert given_again.body["principalId"] == f"{{new:{ada.id}}}"


def test_what_somebody_said_is_not_wanted_does_not_follow() -> None:
    ada, staff = user("Ada"), group("Staff", (tie("members", "Ada"),))
    around = (Pair(staff, but(staff, ())),)
    draft = planned(by_key(ada), {}, picked(ada.key, without=("groups",)), around=around)
    assert [each.action for each in draft.writes] == [Action.CREATE]
    assert set(left(draft).values()) == {"not-picked"}


def test_an_application_and_its_principal_are_tied_by_the_new_application_id() -> None:
    old = tenant()
    app, runs = old[f"applications/{id_of('Payroll')}"], old[f"servicePrincipals/{id_of('Payroll runs')}"]
    app_id = str(app.properties["appId"])
    draft = planned(by_key(app, runs), {})
    writes = {each.kind: each for each in draft.writes if each.action is Action.CREATE}
    assert writes["applications"].also == {"appId": app_id}
    assert "appId" not in writes["applications"].body
    assert writes["applications"].body["identifierUris"] == ["https://fernwick.example/payroll"]
    [own] = [each for each in draft.writes if each.action is Action.UPDATE]
    assert own.body == {"identifierUris": ["https://fernwick.example/payroll", f"api://{{new:{app_id}}}"]}
    assert own.needs == (writes["applications"].number,)
    assert writes["servicePrincipals"].body["appId"] == f"{{new:{app_id}}}"
    assert writes["applications"].number in writes["servicePrincipals"].needs


def test_what_came_since_is_deleted_last_and_backwards() -> None:
    eve, crew = user("Eve"), group("Crew", (tie("members", "Eve"),))
    admin = assignment("Eve rules", "Eve")
    draft = planned({}, by_key(eve, crew, admin))
    assert brief(draft) == [
        ("delete", "roleAssignments", "Eve rules"),
        ("delete", "groups", "Crew"),
        ("delete", "users", "Eve"),
    ]


def test_what_an_application_offers_is_disabled_before_it_is_taken_away() -> None:
    old = tenant()[f"applications/{id_of('Payroll')}"]
    [role] = old.properties["appRoles"]
    evil, off = {**role, "id": id_of("evil"), "value": "evil"}, {**role, "id": id_of("off"), "isEnabled": False}
    draft = planned(by_key(old), by_key(but(old, appRoles=[role, evil, off])))
    off_first, then = draft.writes
    assert off_first.body == {"appRoles": [role, {**evil, "isEnabled": False}, off]}
    assert then.body == {"appRoles": [role]}
    assert (off_first.new, then.new) == ({"appRoles": then.old["appRoles"]}, {"appRoles": [role]})
    back = undo(SCHEMA, draft.writes).writes
    assert [each.body for each in back] == [off_first.body, {"appRoles": [role, evil, off]}]


def test_a_trusted_place_is_distrusted_before_it_is_deleted() -> None:
    office = tenant()[f"namedLocations/{id_of('Office')}"]
    draft = planned({}, by_key(office))
    assert [(each.method, each.body) for each in draft.writes] == [
        ("PATCH", {"@odata.type": "#microsoft.graph.ipNamedLocation", "isTrusted": False}),
        ("DELETE", None),
    ]
    assert draft.writes[1].old["isTrusted"] is False
    back = undo(SCHEMA, draft.writes).writes
    assert [each.action for each in back] == [Action.REVIVE, Action.UPDATE]
    assert back[1].body["isTrusted"] is True


def test_whom_a_policy_of_devices_is_meant_for_is_said_of_all() -> None:
    kiosk = tenant()[f"deviceConfigurations/{id_of('Kiosk')}"]
    strangers = tie("assignments", "Strangers", "groups", "groupAssignmentTarget", via="x")
    others = tie("assignments", "Others", "groups", "groupAssignmentTarget", via="y")
    draft = planned(by_key(but(kiosk, (*kiosk.links, others))), by_key(but(kiosk, (strangers, others))))
    groups = [[each["target"]["groupId"] for each in write.body["assignments"]] for write in draft.writes]
    assert [each.action for each in draft.writes] == [Action.LINK, Action.UNLINK]
    assert [set(each) for each in groups] == [
        {id_of("Strangers"), id_of("Others"), id_of("Staff")},
        {id_of("Others"), id_of("Staff")},
    ]
    back = undo(SCHEMA, draft.writes).writes
    assert [each.action for each in back] == [Action.LINK, Action.UNLINK]
    assert {each["target"]["groupId"] for each in back[-1].body["assignments"]} == {id_of("Strangers"), id_of("Others")}


def test_settings_of_the_catalogue_are_put_whole_and_never_patched() -> None:
    old = tenant()
    for kind in ("configurationPolicies", "compliancePolicies"):
        [was] = [one for one in old.values() if one.kind == kind]
        rules = [{"id": "1", "ruleName": "Wait", "scheduledActionConfigurations": []}]
        was = but(was, scheduledActionsForRule=rules) if kind == "compliancePolicies" else was
        now = by_key(but(was, settings=None, description="Bent", scheduledActionsForRule=None))
        first, *more = planned(by_key(was), now).writes
        assert (first.method, first.path) == ("PUT", f"/beta/deviceManagement/{kind}/{was.id}")
        assert isinstance(first.body, dict)
        assert {"name", "description", "platforms", "technologies", "settings"} == set(first.body)
        assert (first.body["description"], len(first.body["settings"])) == (was.properties["description"], 1)
        assert [(one.path.rpartition("/")[2], list(one.body)) for one in more if isinstance(one.body, dict)] == (
            [("setScheduledActions", ["scheduledActions"])] if kind == "compliancePolicies" else []
        )
        [back] = undo(SCHEMA, [first]).writes
        assert isinstance(back.body, dict)
        assert (back.method, back.body["settings"], back.body["description"]) == ("PUT", [], "Bent")
        [bare] = planned(by_key(was), by_key(but(was, description="Bent"))).writes
        assert (bare.method, bare.body) == ("PATCH", {"description": was.properties["description"]})


def test_a_sponsor_is_named_by_its_own_address() -> None:
    guest = user("Guest")
    for kind, sponsor in (("users", user("Ada")), ("groups", group("Hosts")), ("", user("Bob"))):
        link = tie("sponsors", sponsor.name, kind)
        [write] = planned(
            by_key(replace(guest, links=(link,)), sponsor), by_key(replace(guest, links=()), sponsor)
        ).writes
        assert (write.method, write.path) == ("POST", f"/users/{guest.id}/sponsors/$ref")
        where = f"https://graph.microsoft.com/v1.0/{kind or 'directoryObjects'}/{sponsor.id}"
        assert write.body == {"@odata.id": where}


def test_a_policy_of_devices_names_the_group_that_was_made_anew() -> None:
    old = tenant()
    staff, kiosk = old[f"groups/{id_of('Staff')}"], old[f"deviceConfigurations/{id_of('Kiosk')}"]
    draft = planned(by_key(staff), {}, picked(staff.key), around=(Pair(kiosk, kiosk),))
    [write] = [each for each in draft.writes if each.kind == "deviceConfigurations"]
    assert [each["target"]["groupId"] for each in write.body["assignments"]] == [f"{{new:{staff.id}}}"]
    assert (write.reason, write.needs) == ("needed", (1,))


def test_a_name_is_given_up_before_it_is_taken() -> None:
    ada = user("Ada")
    thief = user("Thief", userPrincipalName="ada@fernwick.example")
    draft = planned(by_key(ada), by_key(thief))
    assert [(each.action.value, each.name) for each in draft.writes] == [("delete", "Thief"), ("create", "Ada")]
    assert draft.writes[1].needs == (1,)


def test_skipping_leaves_what_is_there() -> None:
    ada, eve, gone = user("Ada"), user("Eve"), user("Grace")
    draft = planned(by_key(ada, gone), by_key(but(ada, department="Nowhere"), eve), mode=Mode.SKIP)
    assert brief(draft) == [("create", "users", "Grace")]
    assert left(draft) == {ada.key: "exists", eve.key: "exists"}


def test_what_an_earlier_plan_made_anew_stands_in() -> None:
    ada, staff = user("Ada"), group("Staff", (tie("members", "Ada"),))
    again = replace(but(ada, department="Nowhere"), id=id_of("Ada again"))
    same_group = but(staff, (tie("members", "Ada again"),))
    draft = planned(by_key(ada, staff), by_key(again, same_group), renewed={ada.id: again.id})
    [write] = draft.writes
    assert (write.path, write.body) == (f"/users/{again.id}", {"department": "Research"})
    assert write.keys == (attribute_key("users", ada.id, "department"),)


def test_the_same_right_under_another_id_is_the_same() -> None:
    old, now = assignment("Ada rules", "Ada"), replace(assignment("Ada rules", "Ada"), id=id_of("again"))
    draft = planned(by_key(old), by_key(now))
    assert draft.writes == []


# --- what is left out ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "changes", "code"),
    [
        (user("Ada", onPremisesSyncEnabled=True), {"department": "X"}, "synchronised"),
        (user("Ada", assignedLicenses=[]), {"assignedLicenses": [{"skuId": "x"}]}, "licence"),
        (user("Ada"), {"securityIdentifier": "S-1"}, "set-by-the-service"),
        (user("Ada"), {"somethingNew": "x"}, "not-known-to-be-writable"),
        (group("Mail", mailEnabled=True), {"description": "x"}, "managed-by-exchange"),
        (group("Staff", isAssignableToRole=True), {"isAssignableToRole": False}, "on-creation"),
        (one("roleDefinitions", "Reader", isBuiltIn=True, isEnabled=True), {"isEnabled": False}, "built-in"),
        (one("domains", "x.example", id="x.example", isDefault=True), {"isDefault": False}, "needs-a-person"),
        (one("contacts", "Bob", displayName="Bob"), {"displayName": "X"}, "read-only"),
        (one("subscribedSkus", "E5", capabilityStatus="Enabled"), {"capabilityStatus": "Suspended"}, "read-only"),
    ],
)
def test_what_cannot_be_written_is_explained(old: DirectoryObject, changes: dict[str, Any], code: str) -> None:
    draft = planned(by_key(old), by_key(but(old, **changes)))
    assert draft.writes == []
    [said] = draft.left_out
    assert said.code == code
    assert said.key == attribute_key(old.kind, old.id, next(iter(changes)))


@pytest.mark.parametrize(
    ("old", "code"),
    [
        (user("Ada", onPremisesSyncEnabled=True), "synchronised"),
        (user("Guest", userPrincipalName="g_x.example#EXT#@fernwick.example"), "must-be-invited"),
        (group("Mail", mailEnabled=True), "managed-by-exchange"),
        (one("devices", "Laptop"), "gone-for-good"),
        (one("domains", "x.example", id="x.example"), "needs-a-person"),
        (one("servicePrincipals", "Robot", servicePrincipalType="ManagedIdentity"), "gone-for-good"),
    ],
)
def test_what_cannot_be_made_anew_is_explained(old: DirectoryObject, code: str) -> None:
    draft = planned(by_key(old), {})
    assert (draft.writes, left(draft)) == ([], {old.key: code})


def test_a_rule_decides_who_belongs_to_a_group() -> None:
    old = group("Rule", (tie("members", "Ada"),), groupTypes=["DynamicMembership"], membershipRule="(a -eq b)")
    draft = planned(by_key(old), by_key(but(old, (), membershipRule="(c -eq d)")))
    assert [each.body for each in draft.writes] == [{"membershipRule": "(a -eq b)"}]
    assert left(draft) == {link_key("groups", old.id, tie("members", "Ada")): "dynamic"}


def test_noise_is_not_touched_unless_somebody_asks() -> None:
    old = user("Ada")
    now = but(old, createdDateTime="2026-02-02T00:00:00Z")
    assert planned(by_key(old), by_key(now)).left_out == []
    key = attribute_key("users", old.id, "createdDateTime")
    assert left(planned(by_key(old), by_key(now), picked(key))) == {key: "noise"}


def test_a_part_of_what_is_gone_cannot_come_back_alone() -> None:
    old = user("Ada")
    draft = planned(by_key(old), {}, picked(attribute_key("users", old.id, "department")))
    assert (draft.writes, left(draft)) == ([], {old.key: "not-there"})


def test_who_is_gone_is_not_named() -> None:
    gone = id_of("Gone")
    staff = group("Staff", (tie("members", "Gone"),))
    rule = policy("Strong", excludeUsers=[gone, id_of("Ada")])
    role = assignment("Gone rules", "Gone")
    now = by_key(but(staff, ()), policy("Strong", state="disabled"))
    draft = planned(by_key(staff, rule, role), now, missing=frozenset({gone}))
    [write] = draft.writes
    assert write.body["conditions"]["users"]["excludeUsers"] == [id_of("Ada")]
    assert set(left(draft).values()) == {"target-missing"}
    assert left(draft)[role.key] == "target-missing"


def test_a_policy_is_not_made_to_mean_nobody() -> None:
    gone = id_of("Gone")
    rule = policy("Strong", includeUsers=[gone])
    draft = planned(by_key(rule), {}, missing=frozenset({gone}))
    assert (draft.writes, left(draft)) == ([], {rule.key: "target-missing"})


def test_our_own_applications_stay_as_they_are() -> None:
    ours = one("applications", "Backup", appId="ours", tags=["new"])
    runs = one("servicePrincipals", "Backup runs", appId="ours")
    wiki = tenant()[f"servicePrincipals/{id_of('Wiki runs')}"]
    given = tie("appRoleAssignedTo", "Backup runs", "servicePrincipals", detail=id_of("role"), via="r9")
    role = replace(assignment("Backup reads", "Backup runs", READERS), id=id_of("Backup reads"))
    now = by_key(ours, runs, role, but(wiki, (given,)))
    draft = planned(by_key(but(ours, tags=None), wiki), now, own=frozenset({"ours"}))
    assert (draft.writes, set(left(draft).values())) == ([], {"own-application"})
    assert len(left(draft)) == 4


def test_our_own_applications_of_other_times_stay_gone() -> None:
    ours = one("applications", "Restore", appId="former", tags=[TAG, "mark"])
    runs = one("servicePrincipals", "Restore runs", appId="former", servicePrincipalType="Application")
    role = replace(assignment("Restore rules", "Restore runs", READERS), id=id_of("Restore rules"))
    others = one("applications", "Others", appId="others", tags=["x"])
    old = by_key(ours, runs, role, others)
    for in_bin in ({}, by_key(ours, runs)):
        draft = planned(old, {}, in_bin=in_bin)
        assert [each.id for each in draft.writes] == [others.id]
        assert left(draft) == {
            ours.key: "own-application",
            runs.key: "own-application",
            role.key: "target-missing",
        }


@pytest.mark.parametrize("count", [2, 3])
def test_swapped_names_are_given_back_by_way_of_another(count: int) -> None:
    people = [user(name) for name in ("Ada", "Bob", "Eve")[:count]]
    names = [str(each.properties["userPrincipalName"]) for each in people]
    turned = [*names[1:], names[0]]
    now = [but(each, userPrincipalName=name) for each, name in zip(people, turned, strict=True)]
    draft = planned(by_key(*people), by_key(*now))
    assert Counter(each.reason for each in draft.writes) == {"picked": count, "passing": 1}
    back = undo(SCHEMA, draft.writes)
    for writes, first, last in ((draft.writes, now, people), (back.writes, people, now)):
        there = {each.id: str(each.properties["userPrincipalName"]) for each in first}
        for write in writes:
            assert there[write.id] == write.old["userPrincipalName"]
            there[write.id] = write.body["userPrincipalName"]
            assert len(set(there.values())) == count
        assert there == {each.id: each.properties["userPrincipalName"] for each in last}


# --- what could go wrong -------------------------------------------------------------------------------------------


def test_the_last_administrator_is_not_taken_without_a_word() -> None:
    eve, admin = user("Eve"), assignment("Eve rules", "Eve")
    standing = by_key(eve, admin)
    draft = planned({}, by_key(admin), standing=standing, accepts=frozenset())
    assert (draft.writes, left(draft)) == ([], {admin.key: "grave-risk"})
    assert next((each.code, each.is_grave) for each in draft.risks) == ("last-administrator", True)
    accepted = planned({}, by_key(admin), standing=standing, accepts=frozenset({"last-administrator"}))
    assert [each.action for each in accepted.writes] == [Action.DELETE]


def test_an_administrator_among_others_is_counted() -> None:
    both = by_key(user("Ada"), user("Eve"), assignment("Ada rules", "Ada"), assignment("Eve rules", "Eve"))
    draft = planned({}, by_key(assignment("Eve rules", "Eve")), standing=both)
    [risk] = [each for each in draft.risks if each.code == "locks-out-administrators"]
    assert (risk.facts["count"], risk.is_grave) == (1, False)


def test_somebody_else_may_become_the_administrator() -> None:
    eve, ada = user("Eve"), user("Ada")
    draft = planned(
        by_key(assignment("Ada rules", "Ada")),
        by_key(assignment("Eve rules", "Eve")),
        standing=by_key(eve, ada, assignment("Eve rules", "Eve")),
    )
    assert "last-administrator" not in {each.code for each in draft.risks}
    assert [each.action for each in draft.writes] == [Action.CREATE, Action.DELETE]


@pytest.mark.parametrize(
    ("old", "expected"),
    [
        (
            policy("Shut", control="block"),
            {"would-block-everybody", "would-block-yourself", "locks-out-administrators"},
        ),
        (policy("Shut", control="block", excludeUsers=[id_of("Ada")]), set()),
        (
            policy("Shut", control="block", includeUsers=[id_of("Ada")]),
            {"would-block-yourself", "locks-out-administrators"},
        ),
        (policy("Shut", control="mfa"), set()),
        (policy("Shut", control="block", state="disabled"), set()),
        (
            but(
                policy("Shut", control="block"),
                conditions={
                    "users": {"includeUsers": ["All"]},
                    "applications": {"includeApplications": ["All"]},
                    "clientAppTypes": ["exchangeActiveSync", "other"],
                },
            ),
            set(),
        ),
    ],
)
def test_policies_that_shut_people_out(old: DirectoryObject, expected: set[str]) -> None:
    standing = by_key(user("Ada"), assignment("Ada rules", "Ada"))
    for now in ({}, by_key(but(old, state="enabledForReportingButNotEnforced"))):
        draft = planned(by_key(old), now, standing={**standing, **now}, myself=id_of("Ada"))
        assert {each.code for each in draft.risks if each.is_grave} == expected
        refused = planned(by_key(old), now, standing={**standing, **now}, myself=id_of("Ada"), accepts=frozenset())
        assert bool(refused.writes) is not bool(expected)


def test_accounts_for_emergencies_keep_their_way_in() -> None:
    glass = user("Glass")
    admin = assignment("Glass rules", "Glass")
    crew = group("Crew", (tie("members", "Glass"),))
    shut = policy("Shut", control="mfa", excludeUsers=[glass.id])
    old = by_key(but(glass, accountEnabled=False), but(crew, ()), policy("Shut", control="mfa"), policy("More"))
    now = by_key(glass, crew, admin, shut, but(policy("More"), state="disabled"))
    draft = planned(old, now, break_glass=frozenset({glass.id}))
    assert draft.writes == []
    assert set(left(draft).values()) == {"break-glass"}
    assert len(left(draft)) == 5


def test_deleting_is_said_and_deleting_for_good_has_to_be_accepted() -> None:
    eve, crew = user("Eve"), group("Crew")
    draft = planned({}, by_key(eve, crew), accepts=frozenset())
    assert [(each.kind, each.risks[0].code) for each in draft.writes] == [("users", "deletes")]
    assert left(draft) == {crew.key: "grave-risk"}


def test_a_policy_out_of_the_bin_is_weighed_like_a_new_one() -> None:
    glass = user("Glass")
    standing = by_key(user("Ada"), assignment("Ada rules", "Ada"))
    shut = policy("Shut", control="block")
    revived = planned(by_key(shut), {}, in_bin=by_key(shut), standing=standing, accepts=frozenset())
    assert (revived.writes, left(revived)) == ([], {shut.key: "grave-risk"})
    assert {each.code for each in revived.risks if each.is_grave} >= {"would-block-everybody"}
    strong = policy("Strong")
    guarded = planned(by_key(strong), {}, in_bin=by_key(strong), standing=standing, break_glass=frozenset({glass.id}))
    assert (guarded.writes, left(guarded)) == ([], {strong.key: "break-glass"})
    idle = policy("Idle", state="disabled")
    draft = planned(
        by_key(policy("Idle", control="block")), {}, in_bin=by_key(idle), standing=standing, accepts=frozenset()
    )
    assert [each.action for each in draft.writes] == [Action.REVIVE]
    assert set(left(draft).values()) == {"grave-risk"}


OUTER, INNER = group("Outer", (tie("members", "Inner", "groups"),)), group("Inner")
SHUT_IN = policy("Shut in", control="block", includeUsers=[], includeGroups=[OUTER.id])
SPARED = policy("Spared", control="block", excludeGroups=[OUTER.id])


@pytest.mark.parametrize(
    ("shut", "old", "now"),
    [
        (SHUT_IN, but(INNER, (tie("members", "Glass"),)), INNER),
        (SHUT_IN, but(OUTER, (*OUTER.links, tie("members", "Glass"))), OUTER),
        (SPARED, INNER, but(INNER, (tie("members", "Glass"),))),
        (SPARED, but(OUTER, ()), OUTER),
    ],
)
def test_who_is_in_a_group_that_a_policy_names_is_weighed(
    shut: DirectoryObject, old: DirectoryObject, now: DirectoryObject
) -> None:
    glass = user("Glass")
    crew = INNER if now.id == OUTER.id else OUTER
    if shut is SPARED and now.id == OUTER.id:
        crew = but(INNER, (tie("members", "Glass"),))
    standing = by_key(glass, assignment("Glass rules", "Glass"), shut, crew, now)
    guarded = planned(by_key(old), by_key(now), standing=standing, break_glass=frozenset({glass.id}))
    assert guarded.writes == []
    assert set(left(guarded).values()) == {"break-glass"}
    refused = planned(by_key(old), by_key(now), standing=standing, accepts=frozenset(), myself=glass.id)
    assert refused.writes == []
    assert set(left(refused).values()) == {"grave-risk"}
    assert {each.code for each in refused.risks if each.is_grave} == {
        "would-block-yourself",
        "locks-out-administrators",
    }
    assert len(planned(by_key(old), by_key(now), standing=standing).writes) == 1


def test_what_shuts_out_only_together_is_weighed_together() -> None:
    glass, crew = user("Glass"), group("Crew")
    shut = policy("Shut", includeUsers=[], includeGroups=[crew.id])
    old = by_key(but(crew, (tie("members", "Glass"),)), shut)
    draft = planned(old, by_key(crew), standing=by_key(glass, crew), break_glass=frozenset({glass.id}))
    assert [each.action for each in draft.writes] == [Action.LINK]
    assert left(draft) == {shut.key: "break-glass"}
    made = planned(old, {}, standing=by_key(glass), break_glass=frozenset({glass.id}))
    assert (len(made.writes), left(made)) == (2, {shut.key: "break-glass"})


def test_what_needs_something_that_is_not_made_is_left_out_with_it() -> None:
    crew = group("Roles", (tie("members", "Glass"),), groupTypes=["Unified"])
    shut = policy("Shut", control="mfa", includeUsers=[], includeGroups=[crew.id])
    glass = user("Glass")
    draft = planned(
        by_key(crew),
        {},
        in_bin=by_key(crew),
        standing=by_key(glass, shut),
        break_glass=frozenset({glass.id}),
    )
    assert draft.writes == []
    assert set(left(draft).values()) == {"break-glass"}


def test_taking_back_is_weighed_like_anything_else() -> None:
    ada, eve, glass = user("Ada"), user("Eve"), user("Glass")
    attacked = by_key(ada, but(eve, accountEnabled=False))
    draft = planned(by_key(ada, eve, assignment("Eve rules", "Eve")), attacked)
    results = [
        WriteResult(
            number=each.number, standing=Standing.DONE, new_id=f"new {each.id}" if each.action == "create" else ""
        )
        for each in draft.writes
    ]
    there = [eve, ada, replace(assignment("Eve rules", "Eve"), id=f"new {id_of('Eve rules')}")]
    careful = Wish(ticks=Ticks())
    back = undo(SCHEMA, draft.writes, results, careful, there)
    assert ("last-administrator", True) in {(each.code, each.is_grave) for each in back.risks}
    assert {each.code for each in back.left_out} == {"grave-risk"}
    assert back.writes == []
    taken = undo(SCHEMA, draft.writes, results, replace(careful, accepts=GRAVE), there)
    assert len(taken.writes) == 2
    # an account for emergencies that the restore let in again
    old, now = by_key(policy("Strong", excludeUsers=[glass.id])), by_key(policy("Strong"))
    draft = planned(old, now)
    back = undo(SCHEMA, draft.writes, (), replace(careful, break_glass=frozenset({glass.id})), list(old.values()))
    assert (back.writes, {each.code for each in back.left_out}) == ([], {"break-glass"})
    # what was in the way was taken into the bin, and would come out of it
    shut = policy("Shut", control="block")
    draft = planned({}, by_key(shut), accepts=GRAVE)
    back = undo(SCHEMA, draft.writes, (), careful, [ada, assignment("Ada rules", "Ada")])
    assert (back.writes, {each.code for each in back.left_out}) == ([], {"grave-risk"})


# --- properties ----------------------------------------------------------------------------------------------------

TENANT = tenant()
KEYS = sorted(TENANT)


@st.composite
def scenes(draw: st.DrawFn) -> tuple[dict[str, DirectoryObject], dict[str, DirectoryObject], Ticks, set[str]]:
    """What there is now, what the recycle bin has, and what was picked."""
    now, in_bin = {}, {}
    for key in KEYS:
        fate = draw(st.sampled_from(["stays", "stays", "gone", "bin", "changed", "untied"]))
        old = TENANT[key]
        if fate in ("gone", "bin") and SCHEMA[old.kind].is_single:
            fate = "changed"
        if fate == "bin" and SCHEMA[old.kind].keeps_deleted:
            in_bin[key] = old
        elif fate == "changed":
            now[key] = but(old, displayName="Changed", description="Changed", state="disabled", tags=["new"])
        elif fate == "untied":
            now[key] = but(old, old.links[1:])
        elif fate == "stays":
            now[key] = old
    for name in draw(st.sets(st.sampled_from(["Mallory", "Trent", "Oscar"]))):
        stranger = user(name)
        now[stranger.key] = stranger
        right = assignment(f"{name} rules", name)
        now[right.key] = right
    gone = {each.id for key, each in TENANT.items() if key not in now}
    wanted = draw(st.sets(st.sampled_from([EVERYTHING, "users", "groups", *KEYS, *now]), min_size=1))
    unwanted = draw(st.sets(st.sampled_from(["users", "groups", *KEYS]), max_size=3)) - wanted
    return now, in_bin, Ticks(frozenset(wanted), frozenset(unwanted)), gone


def drafted(now: dict[str, DirectoryObject], in_bin: dict[str, DirectoryObject], ticks: Ticks, gone: set[str]) -> Draft:
    def touches(key: str) -> bool:
        return ticks.has(key) or any(each.startswith(f"{key}#") for each in ticks.wanted)

    old = {key: each for key, each in TENANT.items() if touches(key)}
    around = tuple(
        Pair(each, now.get(key))
        for key, each in TENANT.items()
        if not touches(key) and any(id in str(each) for id in gone)
    )
    there = {key: each for key, each in now.items() if touches(key)}
    returning = {TENANT[key].id for key in old if key not in now}
    missing = frozenset(gone - returning)
    return planned(old, there, ticks, in_bin=in_bin, around=around, missing=missing, standing=now)


SETTINGS = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@SETTINGS
@given(scenes())
def test_nothing_outside_of_what_was_picked_is_written(scene: Any) -> None:
    _now, _in_bin, ticks, gone = scene
    draft = drafted(*scene)
    returning = {each.id for each in draft.writes if each.action in (Action.CREATE, Action.REVIVE)}
    for write in draft.writes:
        assert write.keys
        if write.reason == "picked":
            assert all(ticks.has(key) for key in write.keys), write
        else:
            assert write.reason == "needed"
            own = {f"{write.kind}/{write.id}"}
            assert all(ticks.has(key) for key in write.keys if key not in own), write
            assert not any(each in ticks.unwanted for key in own for each in lies_in(key)), write
            told = {write.target, *(id for id in returning if id in str(write.body))}
            assert told & (returning | {id for id in gone if f"{{new:{id}}}" in str(write.body)}), write


@SETTINGS
@given(scenes())
def test_what_is_needed_comes_before(scene: Any) -> None:
    draft = drafted(*scene)
    makers = {each.id: each.number for each in draft.writes if each.action in (Action.CREATE, Action.REVIVE)}
    assert [each.number for each in draft.writes] == list(range(1, len(draft.writes) + 1))
    for write in draft.writes:
        assert all(number < write.number for number in write.needs)
        for id, number in makers.items():
            named = f"{{new:{id}}}" in f"{write.path}{write.body}" or write.target == id
            if named and write.number != number:
                assert number in write.needs, (write, id)


@SETTINGS
@given(scenes())
def test_every_difference_that_was_picked_is_written_or_explained(scene: Any) -> None:
    now, _in_bin, ticks, _gone = scene
    draft = drafted(*scene)
    told = {key for each in draft.writes for key in each.keys} | set(left(draft))
    for key in {*TENANT, *now}:
        old, there = TENANT.get(key), now.get(key)
        if old == there:
            continue
        each = old or there
        assert each is not None
        found = difference(SCHEMA[each.kind], old, there)
        if old is None or there is None:
            assert not ticks.has(key) or key in told, key
            continue
        parts = [attribute_key(each.kind, each.id, one.path) for one in found.attributes if not one.trait.is_noise]
        parts += [link_key(each.kind, each.id, one.link) for one in found.links]
        for part in parts:
            assert not ticks.has(part) or part in told, part


@SETTINGS
@given(scenes())
def test_every_code_has_words(scene: Any) -> None:
    draft = drafted(*scene)
    assert {each.code for each in draft.left_out} <= codes.LEFT_OUT
    assert {each.code for each in draft.risks} <= codes.RISKS
    assert {each.reason for each in draft.writes} <= codes.REASONS


def test_all_codes_have_words() -> None:
    assert set(LEFT_OUT) >= codes.LEFT_OUT
    assert set(RISKS) >= codes.RISKS
    assert set(REASONS) >= codes.REASONS


# --- taking back ---------------------------------------------------------------------------------------------------


def opposite(write: Write) -> Action:
    """What takes a write back."""
    return {
        Action.CREATE: Action.DELETE,
        Action.REVIVE: Action.DELETE,
        Action.UPDATE: Action.UPDATE,
        Action.LINK: Action.UNLINK,
        Action.UNLINK: Action.LINK,
        Action.DELETE: Action.REVIVE,
    }[write.action]


def test_an_update_is_taken_back_to_what_was_there() -> None:
    old = policy("Strong", excludeUsers=[id_of("Ada")])
    now = but(old, state="disabled", conditions={"users": {"includeUsers": ["None"]}})
    draft = planned(by_key(old), by_key(now))
    [back] = undo(SCHEMA, draft.writes).writes
    assert back.reason == "undo"
    assert (back.old, back.new) == (draft.writes[0].new, draft.writes[0].old)
    assert back.body["state"] == "disabled"
    assert back.body["conditions"]["users"]["includeUsers"] == ["None"]


def test_what_was_made_is_deleted_by_its_new_id() -> None:
    ada, staff = user("Ada"), group("Staff", (tie("members", "Ada"),))
    draft = planned(by_key(ada, staff), by_key(but(staff, ())))
    made, link = draft.writes
    results = [
        WriteResult(number=made.number, standing=Standing.DONE, new_id="new"),
        WriteResult(number=link.number, standing=Standing.DONE),
    ]
    back = undo(SCHEMA, draft.writes, results).writes
    assert [(each.method, each.path) for each in back] == [
        ("DELETE", f"/groups/{staff.id}/members/new/$ref"),
        ("DELETE", "/users/new"),
    ]
    assert [each.path for each in undo(SCHEMA, draft.writes).writes][1] == f"/users/{{new:{ada.id}}}"


def test_what_was_not_done_is_not_taken_back() -> None:
    ada, eve = user("Ada"), user("Eve")
    draft = planned(by_key(ada, eve), by_key(but(ada, department="X"), but(eve, department="X")))
    results = [WriteResult(number=1, standing=Standing.DONE), WriteResult(number=2, standing=Standing.WAS_SO)]
    [back] = undo(SCHEMA, draft.writes, results).writes
    assert back.id == draft.writes[0].id


def test_what_was_deleted_comes_back_with_its_ties() -> None:
    eve, crew = user("Eve"), group("Crew", (tie("members", "Ada"), tie("owners", "Eve")))
    draft = planned({}, by_key(eve, crew))
    back = undo(SCHEMA, draft.writes).writes
    assert [(each.action.value, each.kind, each.path_of_link) for each in back] == [
        ("revive", "users", ""),
        ("create", "groups", ""),
        ("link", "groups", "members"),
        ("link", "groups", "owners"),
    ]
    assert back[3].needs == (1, 2)


@SETTINGS
@given(scenes())
def test_whatever_is_written_can_be_taken_back_or_is_explained(scene: Any) -> None:
    draft = drafted(*scene)
    back = undo(SCHEMA, draft.writes)
    made = {(each.kind, each.id) for each in draft.writes if each.action in (Action.CREATE, Action.REVIVE)}
    told = {(each.kind, each.id) for each in (*back.writes, *back.left_out)}
    for write in draft.writes:
        if (write.kind, write.id) not in made or write.action in (Action.CREATE, Action.REVIVE):
            assert (write.kind, write.id) in told, write
    assert ALL.has(draft.writes[0].keys[0]) if draft.writes else True
