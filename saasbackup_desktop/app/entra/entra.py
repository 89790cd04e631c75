"""The door for directories: what is saved of them, what differs, and bringing it back."""

from saasbackup_desktop.app.entra.browsing import Browsing
from saasbackup_desktop.app.entra.comparing import Comparing
from saasbackup_desktop.app.entra.keeping import Keeping
from saasbackup_desktop.app.entra.reinstating import Reinstating


class Entra(Keeping, Browsing, Comparing, Reinstating):
    """Everything about tenants' directories that a person can do. Belongs to the desk's loop.

    Every method may raise Fault.
    """
