"""Exports that go somewhere else: set up, tried out, sent, checked from outside."""

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from saasbackup_desktop.app.destinations.views import DestinationKind, DestinationSettings
from saasbackup_desktop.app.exports.views import ExportStatus
from saasbackup_desktop.core.errors import Misconfigured, Unreachable
from saasbackup_desktop.core.export.values import Packing
from saasbackup_desktop.core.jobs import State
from saasbackup_desktop.providers.destinations.remote import Remote
from tests.flow.stage import Stage, fill
from tests.flow.storage import SECRET, place, wanted
from tests.servers.buckets import S3Server


def _files_with(folder: Path, text: bytes) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file() and text in file.read_bytes()]


async def test_a_place_is_set_up_and_tried_out(stage: Stage, buckets: S3Server) -> None:
    door, settings = stage.desk.destinations, place(buckets)
    found = await door.try_out(settings, SECRET)
    assert [(one.check, one.code) for one in found] == [("reach", ""), ("write", ""), ("read", ""), ("remove", "")]
    assert list(await door.all()) == []  # trying out keeps nothing
    kept = await door.put(settings, SECRET)
    assert kept.settings.name == "Office bucket"
    assert kept.location == f"s3://{settings.values['bucket']}/exports"
    assert kept.secrets == ("secret-key",)
    assert [one.settings for one in await door.all()] == [kept.settings]
    # What is not entered again stays as it was.
    again = await door.put(replace(kept.settings, values={**kept.settings.values, "folder": "other"}), {})
    assert again.secrets == ("secret-key",)
    assert (await door.try_out(again.settings, {}))[-1].code == ""
    nowhere = replace(kept.settings, values={**kept.settings.values, "bucket": "not-there-at-all"})
    assert [one.code for one in await door.try_out(nowhere, {})] == ["destination-missing"]
    assert not _files_with(stage.folder, SECRET["secret-key"].encode())
    await door.remove("Office bucket")
    assert list(await door.all()) == []
    with pytest.raises(Misconfigured):
        await door.remove("Office bucket")


async def test_what_is_missing_or_unknown_is_named(stage: Stage, buckets: S3Server) -> None:
    door, settings = stage.desk.destinations, place(buckets)
    for wrong, secrets, what in (
        (replace(settings, name="  "), SECRET, "destination-name"),
        (settings, {}, "destination-lacks"),
        (replace(settings, values={**settings.values, "colour": "red"}), SECRET, "destination-entry"),
        (replace(settings, values={**settings.values, "secret-key": "x"}), {}, "destination-entry"),
        (
            DestinationSettings(name="A", kind=DestinationKind.AZURE, values={"account": "a", "container": "c"}),
            {},
            "destination-lacks",
        ),
        (
            DestinationSettings(name="B", kind=DestinationKind.BOX, values={"client-id": "a"}),
            {"client-secret": "b"},
            "destination-lacks",
        ),
    ):
        with pytest.raises(Misconfigured) as caught:
            await door.put(wrong, secrets)
        assert caught.value.facts["what"] == what
    assert list(await door.all()) == []


@pytest.mark.parametrize("packing", [Packing.ZIP, Packing.FOLDER])
async def test_an_export_is_sent(stage: Stage, buckets: S3Server, packing: Packing) -> None:
    stage.mailbox.create("Work/Nothing yet")
    await stage.backup()
    settings = place(buckets)
    await stage.desk.destinations.put(settings, SECRET)
    job = await stage.over(await stage.desk.exports.start(await wanted(stage, packing)))
    result = await stage.desk.exports.result(job.id)
    assert result.status is ExportStatus.COMPLETED
    assert result.where.startswith(f"s3://{settings.values['bucket']}/exports/")
    client = buckets.client()
    there = client.list_objects_v2(Bucket=settings.values["bucket"])["Contents"]
    names = [one["Key"] for one in there]
    assert all(name.startswith("exports/") for name in names)
    if packing is Packing.ZIP:
        (name,) = [name for name in names if name.endswith(".zip")]
        data = client.get_object(Bucket=settings.values["bucket"], Key=name)["Body"].read()
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert sum(one.endswith(".eml") for one in archive.namelist()) == 15
    else:
        assert sum(name.endswith(".eml") for name in names) == 15
        # A bucket has no folders: what holds nothing is named, and that is said.
        told = client.get_object(Bucket=settings.values["bucket"], Key="exports/Letters/manifest.json")["Body"].read()
        assert json.loads(told)["folders"] == ["Work/Nothing yet/"]
        assert [
            line.facts["count"] for line in await stage.desk.log(job.id) if line.code == "export-folders-listed"
        ] == [1]
    assert SECRET["secret-key"] not in repr(await stage.desk.exports.results())
    assert SECRET["secret-key"] not in repr(await stage.desk.log(job.id))
    client.close()


@pytest.mark.parametrize("packing", [Packing.ZIP, Packing.FOLDER])
async def test_exports_of_one_name_do_not_mix(
    stage: Stage, buckets: S3Server, packing: Packing, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.backup()
    settings = place(buckets)
    await stage.desk.destinations.put(settings, SECRET)
    request = await wanted(stage, packing)
    client = buckets.client()

    def names() -> set[str]:
        there = client.list_objects_v2(Bucket=settings.values["bucket"], Prefix="exports/")["Contents"]
        return {one["Key"] for one in there}

    first = await stage.over(await stage.desk.exports.start(request))
    before = names()
    fill(stage.mailbox, "INBOX", range(300, 303))
    await stage.backup()
    request = await wanted(stage, packing)
    assert (await stage.desk.exports.estimate(request)).warnings == ("name-taken",)
    second = await stage.over(await stage.desk.exports.start(request))
    name = (await stage.desk.exports.result(second.id)).name
    assert name == ("Letters - 2" if packing is Packing.ZIP else "Letters (2)")
    assert {one for one in names() - before if not one.startswith(f"exports/{name}")} == set()
    await stage.desk.exports.remove(second.id)
    assert names() == before
    # What another home has sent is found by asking; a job that could not ask writes nothing.
    await stage.desk.exports.remove(first.id)
    file = f"exports/{'Letters.zip' if packing is Packing.ZIP else 'Letters/manifest.json'}"
    client.put_object(Bucket=settings.values["bucket"], Key=file, Body=b"not ours")
    third = await stage.over(await stage.desk.exports.start(request))
    assert (await stage.desk.exports.result(third.id)).name == name
    before = names()
    with monkeypatch.context() as blind:
        blind.setattr(Remote, "has", _gone)
        await stage.desk.hold_jobs(True)
        fourth = await stage.desk.exports.start(request)
    await stage.desk.hold_jobs(False)
    assert (await stage.over(fourth, State.FAILED)).code == "destination-taken"
    assert names() == before
    client.close()


def _gone(remote: Remote, name: str) -> bool:
    raise Unreachable(name)


async def test_a_place_that_is_gone_is_said(stage: Stage, buckets: S3Server) -> None:
    await stage.backup()
    settings = place(buckets)
    values = {**settings.values, "bucket": "never-made"}
    await stage.desk.destinations.put(replace(settings, values=values), SECRET)
    job = await stage.over(await stage.desk.exports.start(await wanted(stage, Packing.ZIP)), State.FAILED)
    assert job.code == "destination-missing"
    # Once it is there, the same job goes on, and nothing is written again.
    client = buckets.client()
    client.create_bucket(Bucket="never-made")
    await stage.desk.resume(job.id)
    done = await stage.over(job.id)
    assert (await stage.desk.exports.result(done.id)).status is ExportStatus.COMPLETED
    client.close()
