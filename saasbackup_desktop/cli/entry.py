"""The program's entry: loading it may be interrupted, too."""

import gc
import sys


def main() -> None:
    """Run the command line; Ctrl-C while it loads ends it as cancelled (8), without a trace."""
    try:
        gc.disable()  # nothing of what is loaded here will ever be garbage
        from saasbackup_desktop.cli.main import main as run

        gc.freeze()
        gc.enable()
        run()
    except KeyboardInterrupt:
        sys.exit(8)
