"""What a download of directory objects says of itself."""

from collections.abc import Sequence
from typing import Final

from saasbackup_desktop.app.words.entra.kinds import kind_words

SCRIPT_TITLE: Final = (
    "Bring directory objects back by hand. README.txt says how. Nothing is sent without being told to."
)

_README: Final = """\
Objects of the directory of {tenant}, as they were at {moment}.
{count}, {kinds}.

What is in here
  objects/TYPE/NAME.json   each object: its properties, and its links to others (members, owners, ...)
  manifest.json            what each file is, with its size and SHA-256; what the scripts leave out, and why
  apply.sh                 would bring these objects back: for bash, with curl and jq
  apply.ps1                the same for PowerShell, with the module Microsoft.Graph.Authentication

These files are not encrypted. They hold personal data: keep them accordingly.
They hold no tokens, passwords or secrets. A backup never has them.

What the scripts do
  For each object: look whether it is there; if not, take it out of the recycle bin; if it is not in there either,
  make it anew. What is there or was taken out of the bin gets the properties that it had. Then links are added.
  Nothing is deleted, and no link is taken away. What is made anew gets another id: the scripts put it wherever they
  name the object, and keep it in the file apply.ids, so that they can be run again after an interruption and make
  nothing twice. Users who are made anew get a password that is made up; apply.passwords has them. Hand them over, then
  delete that file. Applications come back without their secrets and certificates' keys: make new ones.

  Without being told so, they send nothing and show what they would send. Read that first.
  For many objects or single attributes, restore with the program: it shows what differs, what each write would change
  and what could go wrong, verifies afterwards, and can undo.

In bash
  Look:    bash apply.sh
  Sign in: az login (in a directory role that may do this), or put an access token for Microsoft Graph into the
           environment variable GRAPH_TOKEN. Never write it into the script.
  Send:    bash apply.sh --apply
  Another cloud: GRAPH=https://graph.microsoft.us bash apply.sh --apply

In PowerShell
  Look:    ./apply.ps1
  Sign in: Connect-MgGraph -Scopes {scopes}
           (another cloud: -Environment USGov)
  Send:    ./apply.ps1 -Apply

Both end with 0 if everything was done, with 1 if something failed: each failure is named, with Microsoft's reason.
Is the archive as it was made? Compare the files' SHA-256 with manifest.json.
"""
_SCOPES: Final = {
    "identities": (
        "User.ReadWrite.All",
        "Group.ReadWrite.All",
        "Device.ReadWrite.All",
        "AdministrativeUnit.ReadWrite.All",
    ),
    "roles": ("RoleManagement.ReadWrite.Directory",),
    "applications": (
        "Application.ReadWrite.All",
        "AppRoleAssignment.ReadWrite.All",
        "DelegatedPermissionGrant.ReadWrite.All",
    ),
    "access": ("Policy.Read.All", "Policy.ReadWrite.ConditionalAccess", "Policy.ReadWrite.Authorization"),
    "organisation": ("Organization.ReadWrite.All", "Directory.ReadWrite.All"),
    "devices": ("DeviceManagementConfiguration.ReadWrite.All",),
}


def scopes_of(families: Sequence[str]) -> Sequence[str]:
    """Delegated permissions that objects of these families need to be written."""
    return [scope for family in _SCOPES if family in families for scope in _SCOPES[family]]


def readme(tenant: str, moment: str, kinds: Sequence[tuple[str, int]], scopes: Sequence[str]) -> str:
    """The file that says what is in a download, and how its scripts are used."""
    count = sum(number for _, number in kinds)
    return _README.format(
        tenant=tenant,
        moment=moment,
        count=f"{count:,} object" + ("" if count == 1 else "s"),
        kinds=", ".join(f"{kind_words(kind)}: {number:,}" for kind, number in kinds) or "none",
        scopes=", ".join(f"'{scope}'" for scope in scopes) or "'Directory.ReadWrite.All'",
    )
