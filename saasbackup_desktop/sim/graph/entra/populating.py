"""Fill a pretend directory with a lifelike organisation of any size."""

import random
from typing import TYPE_CHECKING, Any, Final

from saasbackup_desktop.sim.graph.entra.governing import (
    add_conditional,
    add_managed,
    add_other_policies,
    add_roles,
    add_software,
)
from saasbackup_desktop.sim.graph.entra.house import THINGS, House
from saasbackup_desktop.sim.graph.entra.store import ROLES, Directory

if TYPE_CHECKING:
    from saasbackup_desktop.sim.graph.tenant import Tenant

_FIRST: Final = (
    "Odalys",
    "Björn",
    "Wilhelmina",
    "Étienne",
    "Iñaki",
    "Prudence",
    "Kavindra",
    "Mele",
    "Hollis",
    "Réjane",
    "Ruprecht",
    "Søren",
    "Nkechi",
    "Yusuf",
    "Ingrid",
    "Anselm",
    "Dagny",
    "Leocadia",
    "Cosmo",
    "Aoife",
    "Casimir",
    "Ezra",
)
_LAST: Final = (
    "Thornbury",
    "Åkerlöf",
    "Groß",
    "Larivaux",
    "Belmonteño",
    "O'Halloway",
    "Marl",
    "Selvanathan",
    "Tupouniua-Reed",
    "Brandt",
    "Coquillard",
    "Sälzle",
    "Quirós",
    "Lindqvist",
    "Okonjo",
    "Demir",
    "Winterbourne",
    "Vasquez",
    "Njoroge",
    "Umarov",
)
_DEPARTMENTS: Final = ("Workshop", "Sales", "Calibration", "Finance", "Logistics", "Research", "Law", "Night shift")
_TITLES: Final = ("Clerk", "Engineer", "Head of it all", "Instrument maker", "Buyer", "Apprentice", "Adviser")
_CITIES: Final = (("Fernwick", "GB"), ("Lyon", "FR"), ("Graz", "AT"), ("Bilbao", "ES"), ("Nuuk", "GL"))
_ENTERPRISE: Final = "6fd2c87f-b296-42f0-b197-1e91e994b900"
_PHONE: Final = ("mobilePhone", "microsoftAuthenticatorPush", "softwareOneTimePasscode")


def populate(
    tenant: "Tenant",
    *,
    users: int = 200,
    groups: int = 40,
    devices: int = 60,
    contacts: int = 10,
    units: int = 4,
    applications: int = 20,
    policies: int = 12,
    members: int = 12,
    seed: int | str = 1,
) -> Directory:
    """Let an organisation be there: something of every kind, tied as in life. The same arguments make the same one.

    ``policies``: of conditional access; of other kinds there are a few. ``members``: of a group, in the middle. The
    first two users are emergency accounts with the role of a global administrator.
    """
    house = House(tenant.directory, random.Random(f"{seed}/{tenant.domain}"))
    _own_attributes(house)
    _people(house, max(users, 4))
    _groups(house, groups, members)
    _devices(house, devices)
    _contacts(house, contacts)
    _units(house, units)
    add_software(house, applications)
    add_roles(house)
    add_conditional(house, policies)
    add_other_policies(house)
    add_managed(house)
    return tenant.directory


def _own_attributes(house: House) -> None:
    """Attributes of the organisation's own."""
    house.add("attributeSets", id="Workshop", description="What the workshop keeps of people")
    house.add("customSecurityAttributeDefinitions", attributeSet="Workshop", name="Badge", type="String")
    many = {"usePreDefinedValuesOnly": True, "isCollection": True}
    values = [{"id": "North", "isActive": True}, {"id": "South", "isActive": True}]
    house.add(
        "customSecurityAttributeDefinitions", attributeSet="Workshop", name="Halls", _allowedValues=values, **many
    )


def _people(house: House, many: int) -> None:
    """Everybody, with who is above whom."""
    directory, dice, domain = house.directory, house.dice, house.directory.tenant.domain
    said: dict[str, Any]
    for number in range(many):
        if number < 2:
            nick = f"breakglass{number + 1}"
            said = {"displayName": f"Break glass {number + 1}", "userPrincipalName": f"{nick}@{domain}"}
            house.users.append(house.add("users", mailNickname=nick, **said))
            continue
        first, last = dice.choice(_FIRST), dice.choice(_LAST)
        plain = f"{first}.{last}".encode("ascii", "ignore").decode().replace("'", "").lower()
        address = f"{plain}{number}@{domain}"
        said = {
            "displayName": f"{first} {last}",
            "givenName": first,
            "surname": last,
            "userPrincipalName": address,
            "mail": address,
            "mailNickname": f"{plain}{number}",
            "proxyAddresses": [f"SMTP:{address}"],
            "department": dice.choice(_DEPARTMENTS),
            "jobTitle": dice.choice(_TITLES),
            "employeeId": f"{10_000 + number}",
            "businessPhones": [f"+44 20 7946 {dice.randrange(10_000):04}"] if dice.random() < 0.6 else [],
            "assignedLicenses": [{"skuId": _ENTERPRISE, "disabledPlans": []}] if dice.random() < 0.8 else [],
            "accountEnabled": dice.random() > 0.04,
            "_methods": list(_PHONE[: dice.randrange(4)]),
        }
        said["city"], said["usageLocation"] = dice.choice(_CITIES)
        _oddities(house, said, number, plain)
        house.users.append(house.add("users", **said))
        if number > 2:
            directory.link("users", house.users[-1], "manager", house.users[2 + (number - 3) // 7])
        if said.get("userType") == "Guest":
            directory.link("users", house.users[-1], "sponsors", house.users[2])


def _oddities(house: House, said: dict[str, Any], number: int, plain: str) -> None:
    if number % 25 == 11:
        address = f"{plain}{number}_elsewhere.example#EXT#@{house.directory.tenant.domain}"
        mail = f"{plain}@elsewhere.example"
        said |= {"userType": "Guest", "userPrincipalName": address, "mail": mail, "externalUserState": "Accepted"}
        said |= {"creationType": "Invitation", "assignedLicenses": []}
    elif number % 12 == 7:
        said |= {
            "onPremisesSyncEnabled": True,
            "onPremisesImmutableId": f"imm{number:08}==",
            "onPremisesSamAccountName": plain[:20],
            "onPremisesDomainName": "corp.fernwick.example",
            "onPremisesLastSyncDateTime": house.directory.tenant.moment(),
        }
    elif number % 30 == 5:
        badge = {"@odata.type": "#microsoft.graph.customSecurityAttributeValue", "Badge": f"B-{number}"}
        said["customSecurityAttributes"] = {"Workshop": badge}
    elif number % 30 == 9:
        said["onPremisesExtensionAttributes"] = {"extensionAttribute1": "Mast", "extensionAttribute7": f"{number}"}


def _groups(house: House, many: int, members: int) -> None:
    """Groups of every kind, some within others."""
    directory, dice = house.directory, house.dice
    for number in range(many):
        thing, department = dice.choice(THINGS), dice.choice(_DEPARTMENTS)
        said: dict[str, Any] = {
            "displayName": f"{department} / {thing} {number}",
            "description": f"{thing} of {department}" if number % 3 else None,
            "mailNickname": f"g{number}",
        }
        kind = number % 10
        if kind in (1, 4, 8):
            address = f"g{number}@{house.directory.tenant.domain}"
            said |= {"groupTypes": ["Unified"], "mailEnabled": True, "mail": address, "visibility": "Private"}
            said |= {"securityEnabled": False, "proxyAddresses": [f"SMTP:{address}"]}
        elif kind == 3:
            said |= {"groupTypes": ["DynamicMembership"], "membershipRuleProcessingState": "On"}
            said["membershipRule"] = f'(user.department -eq "{department}")'
        elif kind == 6:
            said |= {"isAssignableToRole": True, "visibility": "Private"}
        elif kind == 9:
            said |= {"onPremisesSyncEnabled": True, "onPremisesSamAccountName": f"g{number}"}
        id = house.add("groups", **said)
        some = dice.sample(house.users, min(len(house.users), 1 + dice.randrange(2 * members)))
        if kind in (0, 2) and house.security:
            some.append(house.security[-1])
        directory.link("groups", id, "members", *some)
        directory.link("groups", id, "owners", dice.choice(house.users))
        if kind in (0, 2, 5, 7):
            house.security.append(id)
    if not house.security:
        house.security.append(house.add("groups", displayName="Everybody", mailNickname="everybody"))


def _devices(house: House, many: int) -> None:
    """Computers and telephones, each somebody's."""
    for number in range(many):
        is_phone = number % 3 == 2
        id = house.add(
            "devices",
            displayName=f"{'PHONE' if is_phone else 'DESK'}-{number:05}",
            deviceId=house.directory.new_id(),
            operatingSystem="iOS" if is_phone else "Windows",
            operatingSystemVersion="18.1" if is_phone else "10.0.26100.2033",
            isCompliant=number % 9 != 0,
            isManaged=True,
            approximateLastSignInDateTime=house.directory.tenant.moment(),
        )
        house.directory.link("devices", id, "registeredOwners", house.dice.choice(house.users))


def _contacts(house: House, many: int) -> None:
    """People of other organisations."""
    for number in range(many):
        first, last = house.dice.choice(_FIRST), house.dice.choice(_LAST)
        house.add(
            "contacts",
            displayName=f"{first} {last}",
            givenName=first,
            surname=last,
            companyName="Brasswright",
            mail=f"contact{number}@brasswright.example",
            mailNickname=f"contact{number}",
            phones=[{"number": "+44 20 7946 0000", "type": "business"}],
        )


def _units(house: House, many: int) -> None:
    """Administrative units, with who administers them."""
    for number in range(many):
        id = house.add("administrativeUnits", displayName=f"Hall {number + 1}", description="Whoever works there")
        some = house.dice.sample(house.users, min(len(house.users), 8))
        house.directory.link("administrativeUnits", id, "members", *some, house.security[0])
        house.add(
            "roleAssignments",
            principalId=house.dice.choice(house.users),
            roleDefinitionId=ROLES["Helpdesk Administrator"],
            directoryScopeId=f"/administrativeUnits/{id}",
        )
