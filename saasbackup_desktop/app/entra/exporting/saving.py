"""Write a comparison into a file that a person names."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import IO, Final

from saasbackup_desktop import __version__
from saasbackup_desktop.app.entra.exporting.about import About, Form, Writing, without_noise
from saasbackup_desktop.app.entra.exporting.csv_file import CsvFile
from saasbackup_desktop.app.entra.exporting.html_file import MOST as MOST_HTML
from saasbackup_desktop.app.entra.exporting.html_file import HtmlFile
from saasbackup_desktop.app.entra.exporting.json_file import JsonFile
from saasbackup_desktop.app.home import Growing, naming
from saasbackup_desktop.core.directory.comparison import LIVE, Comparison, DifferenceQuery
from saasbackup_desktop.core.directory.difference import ObjectDifference
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.model import account_of
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.directory.comparing import Comparisons
from saasbackup_desktop.engine.directory.naming import Names


def _pdf(out: IO[bytes]) -> Writing:
    # Loading what makes PDFs takes longer than many a command.
    from saasbackup_desktop.app.entra.exporting.pdf_file import PdfFile

    return PdfFile(out)


_WRITINGS: Final[dict[Form, Callable[[IO[bytes]], Writing]]] = {
    Form.JSON: JsonFile,
    Form.CSV: CsvFile,
    Form.HTML: HtmlFile,
    Form.PDF: _pdf,
}
_PDF_MOST: Final = 2_000
_MOST: Final = {Form.HTML: MOST_HTML, Form.PDF: _PDF_MOST}
"""Objects that are read for a form; the others have no end."""


async def save_comparison(
    bench: Bench, comparisons: Comparisons, id: str, form: str, file: Path, by: str, *, with_noise: bool
) -> None:
    """Write what has been found so far; an older file of that name is there until the new one is whole.

    Raises HomeFault if it cannot be written, Misconfigured for a form that there is not, Fault.
    """
    if form not in list(Form):
        raise Misconfigured(form, what="unknown-form", name=form)
    chosen = Form(form)
    offload = bench.offload
    query = DifferenceQuery(with_noise=with_noise, limit=1)
    found = comparisons.state(id)
    total = (await comparisons.page(id, query)).total
    about = await offload.on_reading(_about, bench, found, by, total, with_noise)
    names = Names(bench, found.request.stream)
    most = _MOST.get(chosen)
    growing = await offload.on_disk(_begun, file)
    try:
        writing = await offload.on_disk(_WRITINGS[chosen], growing.out)
        await offload.on_disk(_guarded, file, writing.begin, about)
        told = 0
        async with aclosing(comparisons.whole(id, query)) as stretches:
            async for some in stretches:
                known = await names.of(some)
                await offload.on_disk(_guarded, file, _add, writing, some, known, with_noise)
                told += len(some)
                if most is not None and told >= most:
                    break
        await offload.on_disk(_guarded, file, writing.end)
        await offload.on_disk(_guarded, file, growing.done)
    finally:
        await offload.on_disk(growing.drop)


def _begun(file: Path) -> Growing:
    with naming(file):
        return Growing(file)


def _guarded(file: Path, work: Callable[..., None], *given: object) -> None:
    with naming(file):
        work(*given)


def _add(writing: Writing, some: Sequence[ObjectDifference], names: Mapping[str, str], with_noise: bool) -> None:
    writing.add(some if with_noise else [*map(without_noise, some)], names)


def _about(bench: Bench, found: Comparison, by: str, total: int, with_noise: bool) -> About:
    request, now = found.request, bench.clock.now()
    known = bench.catalog.account(request.stream)
    account = known[0] if known is not None else None
    new = None if request.new == LIVE else bench.catalog.snapshot(request.stream, request.new).finished
    return About(
        tenant=(account.name or account.address) if account is not None else account_of(request.stream),
        directory=account.address if account is not None else "",
        old=bench.catalog.snapshot(request.stream, request.old).finished,
        new=new,
        made=now,
        by=by,
        program=f"saasbackup {__version__}",
        comparison=found,
        total=total,
        with_noise=with_noise,
    )
