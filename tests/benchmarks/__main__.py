"""Run benchmarks: ``python -m tests.benchmarks [agent] [entra] [graph] [jobs] [window] [pst] [pst-check]...``."""

import argparse

from tests.benchmarks import (
    agent,
    charts,
    entra,
    entra_diff,
    entra_pages,
    entra_plan,
    every_format,
    export,
    graph,
    imap,
    imports,
    jobs,
    million,
    pdf,
    peers,
    pst,
    pst_check,
    pst_mail,
    pst_read,
    shelves,
    trees,
    window,
)

_ALL = {
    "agent": agent.run,
    "charts": charts.run,
    "entra": entra.run,
    "entra-diff": entra_diff.run,
    "entra-pages": entra_pages.run,
    "entra-plan": entra_plan.run,
    "every-format": every_format.run,
    "export": export.run,
    "graph": graph.run,
    "imap": imap.run,
    "import": imports.run,
    "jobs": jobs.run,
    "million": million.run,
    "pdf": pdf.run,
    "pst": pst.run,
    "pst-check": pst_check.run,
    "pst-mail": pst_mail.run,
    "pst-read": pst_read.run,
    "shelves": shelves.run,
    "trees": trees.run,
    "window": window.run,
}


def main() -> None:
    """Run those that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*_ALL, "peers", []], help="which ones; default: all")
    parser.add_argument("--count", type=int, default=None, help="messages or items, instead of each one's own number")
    parser.add_argument("--scale", type=float, default=0.2, help="peers: share of 100,000 mails and 2 GB of files")
    chosen = parser.parse_args()
    for name in chosen.names or [*_ALL, "peers"]:
        if name == "peers":
            peers.run(chosen.count, chosen.scale)
        else:
            _ALL[name](chosen.count)


if __name__ == "__main__":
    main()
