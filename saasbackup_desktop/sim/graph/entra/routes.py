"""All addresses of the pretend directory. They come after those of the other modules: the last one named counts."""

from typing import Final

from saasbackup_desktop.sim.graph.app import Route
from saasbackup_desktop.sim.graph.entra import bin, more, reading, writing

ROUTES: Final[list[Route]] = [*reading.routes(), *writing.routes(), *more.routes(), *bin.routes()]
