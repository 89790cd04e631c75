"""How a plan is called, and how it stands, in lists."""

from saasbackup_desktop.app.entra.views import PlanState
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.core.directory.plan import PlanHead, Standing
from saasbackup_desktop.ui.kit.status import TONE_ICONS, TONE_ROLES
from saasbackup_desktop.ui.kit.text import moment, say
from saasbackup_desktop.ui.rooms.entra.moments import moment_of

_BAD = (Standing.REFUSED, Standing.SURPRISED, Standing.NOT_REACHED)


def plan_title(head: PlanHead) -> str:
    """What a plan is for."""
    if head.undoes:
        return say("Take a restore back")
    when = moment_of(head.snapshot)
    return say("Bring back to %1").replace("%1", moment(when) if when is not None else str(head.snapshot))


def plan_mark(state: PlanState) -> tuple[str, Tone, tuple[str, str]]:
    """Word, tone and icon of how it stands."""
    words, tone = _stands(state)
    return words, tone, (TONE_ICONS[tone], TONE_ROLES[tone])


def _stands(state: PlanState) -> tuple[str, Tone]:
    total = sum(state.standings.values())
    waiting = state.standings.get(Standing.PLANNED, 0) + state.standings.get(Standing.BEGUN, 0)
    if waiting == total and state.job is None:
        return say("Not carried out"), Tone.QUIET
    if waiting:
        return say("Under way"), Tone.BUSY
    if any(state.standings.get(one, 0) for one in _BAD) or state.not_verified:
        return say("Carried out in part"), Tone.ATTENTION
    return say("Carried out"), Tone.GOOD
