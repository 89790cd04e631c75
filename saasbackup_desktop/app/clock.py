"""The one place that asks what time it is."""

import time


class SystemClock:
    """``core.ports.Clock`` of this machine."""

    def now(self) -> int:
        """Seconds since 1970 UTC."""
        return int(time.time())
