"""Open the window; ``--agent`` as the first word: be the background agent of a home; ``--printing``: print for it."""

import sys


def main() -> int:
    """Run what was asked for; the exit code."""
    if sys.argv[1:2] == ["--agent"]:
        from saasbackup_desktop.agent.main import main as agent

        return agent(sys.argv[2:])
    if sys.argv[1:2] == ["--printing"]:
        from saasbackup_desktop.providers.files.pdf.printing import main as printing

        return printing()
    from saasbackup_desktop.ui.boot import main as window

    return window()


if __name__ == "__main__":
    sys.exit(main())
