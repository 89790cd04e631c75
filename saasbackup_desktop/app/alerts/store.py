"""Whether and how soon alerts are raised, as it is kept in this home."""

from dataclasses import asdict
from pathlib import Path
from typing import Final

from saasbackup_desktop.app.alerts.views import AlertSettings, Sensitivity
from saasbackup_desktop.app.sealed import NotOpened, SealedFile
from saasbackup_desktop.core import codec
from saasbackup_desktop.core.errors import HomeFault
from saasbackup_desktop.core.ids import StreamId

_MAGIC: Final = b"saasbackup alerts 1\n"


class AlertStore:
    """Reads and writes the settings; what another process of this home wrote is seen. Blocks."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self._file = SealedFile(folder / "alerts.sealed", key, _MAGIC)
        self._read: tuple[tuple[int, int] | None, AlertSettings] = (None, AlertSettings())

    def settings(self) -> AlertSettings:
        """What was chosen. Raises HomeFault if it does not open."""
        mark = self._file.mark()
        if mark != self._read[0]:
            self._read = (mark, self._opened())
        return self._read[1] if mark is not None else AlertSettings()

    def put(self, settings: AlertSettings) -> None:
        """Choose something else. Raises HomeFault."""
        self._file.write(codec.dumps(asdict(settings)).encode())

    def of(self, stream: StreamId) -> Sensitivity | None:
        """How attentive to be about a stream; None: not at all."""
        settings = self.settings()
        return settings.sensitivity if settings.is_on and stream not in settings.silent else None

    def _opened(self) -> AlertSettings:
        try:
            data = self._file.read()
            plain = codec.loads(data) if data is not None else {}
            return AlertSettings(
                is_on=plain.get("is_on", True),
                sensitivity=Sensitivity(plain.get("sensitivity", Sensitivity.NORMAL)),
                silent=tuple(StreamId(one) for one in plain.get("silent", ())),
            )
        except (NotOpened, ValueError, AttributeError) as error:
            place = str(self._file.file)
            raise HomeFault(type(error).__name__, location=place, reason="unreadable") from error
