"""Columns for points in time of many accounts."""

from saasbackup_desktop.app.views import Point
from saasbackup_desktop.app.words.retention import REASONS
from saasbackup_desktop.app.words.states import label
from saasbackup_desktop.core.model import Account
from saasbackup_desktop.ui.kit import text
from saasbackup_desktop.ui.kit.tables import Table
from saasbackup_desktop.ui.kit.text import say
from saasbackup_desktop.ui.models.sheet import Field, RowSheet


def account_name(account: Account | None) -> str:
    """Say whose it is."""
    return (account.name or account.address) if account is not None else say("An account not known here")


def going_fields() -> tuple[Field[Point], ...]:
    """What matters of a point in time that goes."""
    return (
        Field(say("Account"), lambda p: account_name(p.account), hint=lambda p: p.account.address),
        Field(
            say("Point in time"),
            lambda p: text.moment(p.snapshot.finished),
            lambda p: p.snapshot.finished,
            hint=lambda p: text.utc(p.snapshot.finished),
        ),
        Field(say("Messages"), lambda p: text.number(p.snapshot.items), lambda p: p.snapshot.items, right=True),
        Field(say("Mail in it"), lambda p: text.size(p.snapshot.size), lambda p: p.snapshot.size, right=True),
    )


def staying_fields() -> tuple[Field[Point], ...]:
    """And of one that stays: why."""
    return (*going_fields()[:2], Field(say("Why it stays"), reasons))


def reasons(point: Point) -> str:
    """Say why a point in time stays."""
    return ", ".join(say(label(REASONS, code)) for code in point.reasons)


def point_table(name: str, model: "RowSheet[Point]", widths: tuple[int, ...]) -> Table:
    """Make a table that sorts itself, in the order given until then."""
    table = Table(name)
    table.setModel(model)
    table.setSortingEnabled(True)
    head = table.horizontalHeader()
    head.setSortIndicator(-1, head.sortIndicatorOrder())
    table.widths(widths, 0)
    return table
