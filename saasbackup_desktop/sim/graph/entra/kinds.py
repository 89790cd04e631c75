"""All kinds that the pretend directory keeps."""

from typing import Final

from saasbackup_desktop.sim.graph.entra import access, administration, identities, management, organisation, software
from saasbackup_desktop.sim.graph.entra.shapes import Shape

SHAPES: Final[dict[str, Shape]] = {
    shape.id: shape
    for shapes in (
        identities.SHAPES,
        administration.SHAPES,
        software.SHAPES,
        access.SHAPES,
        organisation.SHAPES,
        management.SHAPES,
    )
    for shape in shapes
}
