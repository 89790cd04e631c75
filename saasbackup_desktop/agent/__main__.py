"""Run the background agent."""

import sys

from saasbackup_desktop.agent.main import main

if __name__ == "__main__":
    sys.exit(main())
