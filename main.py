"""Open the window."""

import sys

from saasbackup_desktop.ui.boot import main

if __name__ == "__main__":
    sys.exit(main())
