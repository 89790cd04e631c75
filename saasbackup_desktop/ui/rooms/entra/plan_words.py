"""How a plan is called, and how it stands, in lists and on its page."""

from collections.abc import Sequence
from typing import Final

from saasbackup_desktop.app.entra.views import PlanState
from saasbackup_desktop.app.words import words_for
from saasbackup_desktop.app.words.entra.plans import STANDINGS
from saasbackup_desktop.app.words.states import Tone
from saasbackup_desktop.core.directory.plan import PlanHead, Standing
from saasbackup_desktop.core.jobs import State
from saasbackup_desktop.ui.kit.status import TONE_ICONS, TONE_ROLES
from saasbackup_desktop.ui.kit.text import brief, moment, number, say
from saasbackup_desktop.ui.rooms.entra.moments import moment_of

WELL: Final = (Standing.DONE, Standing.WAS_SO)
BAD: Final = (Standing.REFUSED, Standing.SURPRISED, Standing.NOT_REACHED)
_OPEN: Final = (Standing.PLANNED, Standing.BEGUN)


def plan_title(state: PlanState) -> str:
    """What a plan is for; one that undoes names the restore that it takes back."""
    head = state.head
    if not head.undoes:
        return say("Restore to %1").replace("%1", _when(head))
    if state.undone is None:
        return say("Undo a restore")
    words = say("Undo the restore to %1, planned %2")
    return words.replace("%1", _when(state.undone)).replace("%2", brief(state.undone.made))


def short_title(state: PlanState) -> str:
    """The same for a narrow column; of one that undoes, when that restore was made: its row says so, too."""
    if state.undone is None:
        return plan_title(state)
    return say("Undo the restore of %1").replace("%1", brief(state.undone.made))


def plan_picture(state: PlanState) -> tuple[str, str]:
    """What tells a restore from what takes one back."""
    return ("retry" if state.head.undoes else "restore"), "muted"


def listed(states: Sequence[PlanState]) -> list[PlanState]:
    """Plans that a list shows: ways back that nobody has gone stand on the page of what they take back."""
    return [one for one in states if not one.head.undoes or is_begun(one)]


def plan_mark(state: PlanState) -> tuple[str, Tone, tuple[str, str]]:
    """Word, tone and icon of how it stands."""
    words, tone = _stands(state)
    return words, tone, (TONE_ICONS[tone], TONE_ROLES[tone])


def is_begun(state: PlanState) -> bool:
    """Somebody has asked for it to be carried out."""
    return state.job is not None or counted_in(state, WELL) + counted_in(state, BAD) > 0


def is_at_rest(state: PlanState) -> bool:
    """No job is carrying it out, or will do so by itself."""
    return state.job is None or state.job_state is None or state.job_state.is_over


def has_stopped(state: PlanState) -> bool:
    """It was begun, something of it was never tried, and nothing goes on with it."""
    return is_begun(state) and is_at_rest(state) and counted_in(state, _OPEN) > 0


def can_go_on(state: PlanState) -> bool:
    """Something is left of it that a new try may do."""
    return is_begun(state) and is_at_rest(state) and not_written(state) > 0


def not_written(state: PlanState) -> int:
    """Writes of which nothing came."""
    return counted_in(state, _OPEN) + counted_in(state, BAD)


def counted_in(state: PlanState, standings: Sequence[Standing]) -> int:
    """Writes that stand in one of these ways."""
    return sum(state.standings.get(one, 0) for one in standings)


def done_words(state: PlanState) -> str:
    """How many writes are done, and what came of the others."""
    total = sum(state.standings.values())
    said = [
        say("%1 of %2 done").replace("%1", number(counted_in(state, WELL))).replace("%2", number(total)),
        *(
            f"{number(many)} {say(STANDINGS[one].label).lower()}"
            for one in (*BAD, Standing.BEGUN)
            if (many := state.standings.get(one, 0))
        ),
    ]
    if waiting := state.standings.get(Standing.PLANNED, 0):
        said.append(say("%1 not tried yet").replace("%1", number(waiting)))
    if state.verified:
        said.append(say("%1 read back and as they should be").replace("%1", number(state.verified)))
    if state.not_verified:
        said.append(say("%1 not as they should be").replace("%1", number(state.not_verified)))
    return ", ".join(said)


def stop_words(state: PlanState) -> tuple[str, str]:
    """That a restore stopped before its end, why, and what helps."""
    total = sum(state.standings.values())
    what = say("Stopped: %1 of %2 not written").replace("%1", number(not_written(state))).replace("%2", number(total))
    if state.job_state is State.FAILED and state.job_code:
        words = words_for(state.job_code, state.job_facts)
        return what, f"{words.what} {words.remedy}".strip()
    if state.job_state is State.STOPPED:
        return what, say("Somebody stopped it. It can go on where it stopped.")
    return what, say("It can go on where it stopped.")


def _stands(state: PlanState) -> tuple[str, Tone]:
    if not is_begun(state):
        return say("Not carried out"), Tone.QUIET
    if state.job_state is State.PAUSED:
        return say("Paused"), Tone.ATTENTION
    if not is_at_rest(state):
        return say("Under way"), Tone.BUSY
    if has_stopped(state):
        return say("Stopped"), Tone.ATTENTION
    if counted_in(state, BAD) or state.not_verified:
        return say("Carried out in part"), Tone.ATTENTION
    return say("Carried out"), Tone.GOOD


def _when(head: PlanHead) -> str:
    when = moment_of(head.snapshot)
    return moment(when) if when is not None else str(head.snapshot)
