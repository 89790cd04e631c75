"""Run benchmarks: ``python -m tests.benchmarks [imap] [window] [million] [--count N]``."""

import argparse

from tests.benchmarks import imap, million, window

_ALL = {"imap": imap.run, "million": million.run, "window": window.run}


def main() -> None:
    """Run those that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*_ALL, []], help="which ones; default: all")
    parser.add_argument("--count", type=int, default=None, help="messages or items, instead of each one's own number")
    chosen = parser.parse_args()
    for name in chosen.names or _ALL:
        _ALL[name](chosen.count)


if __name__ == "__main__":
    main()
