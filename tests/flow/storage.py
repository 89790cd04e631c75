"""A bucket that exports go to."""

from saasbackup_desktop.app.destinations.views import DestinationKind, DestinationSettings
from saasbackup_desktop.app.exports.views import ExportRequest
from saasbackup_desktop.core.export.values import Format, Packing, Pick
from tests.flow.stage import Stage
from tests.servers.buckets import S3Server

SECRET = {"secret-key": "a-secret-that-nobody-may-see"}


def place(server: S3Server) -> DestinationSettings:
    """A bucket, as a person enters it."""
    bucket = server.bucket()
    values = {
        "bucket": bucket.bucket,
        "folder": "/exports/ ",
        "endpoint": server.endpoint,
        "region": "us-east-1",
        "access-key": "key",
    }
    return DestinationSettings(name=" Office bucket ", kind=DestinationKind.S3, values=values)


async def wanted(stage: Stage, packing: Packing) -> ExportRequest:
    """All mail, to the bucket."""
    point = await stage.newest()
    pick = Pick(stream=stage.stream, snapshot=point.id, format=Format.EML)
    return ExportRequest(picks=(pick,), to="destination:Office bucket", name="Letters", packing=packing)
