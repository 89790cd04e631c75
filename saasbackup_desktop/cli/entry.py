"""The program's entry: loading it may be interrupted, too."""

import sys


def main() -> None:
    """Run the command line; Ctrl-C while it loads ends it as cancelled (8), without a trace."""
    try:
        from saasbackup_desktop.cli.main import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(8)
