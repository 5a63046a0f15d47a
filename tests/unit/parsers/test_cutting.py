"""Bytes inside an exhibit are cut out by a confined child; what it says is not trusted, and its death is told."""

import io
import json
import sys
import zipfile
from pathlib import Path

import pytest

from comity.observables import Trace
from comity.parsers.cutting import Cutter
from comity.parsers.reading import Job, Limits
from comity.terms.errors import MaterialError


@pytest.fixture
def job(tmp_path: Path) -> Job:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("log", b"first line\nsecond line\n")
    path = tmp_path / "objects" / "pack"
    path.parent.mkdir()
    path.write_bytes(b"before" + out.getvalue() + b"after")
    return Job(number="1", name="a.zip", path=path, offset=6, length=len(out.getvalue()), modified=None)


def member(job: Job) -> str:
    from comity.parsers.contract import Child, Source  # noqa: PLC0415
    from comity.parsers.zip_archive import PARSER  # noqa: PLC0415

    data = job.path.read_bytes()[job.offset : job.offset + job.length]
    items = PARSER.read(Source(stream=io.BytesIO(data), size=len(data), name="x"), inferred=())
    return next(item.step for item in items if isinstance(item, Child))


def test_bytes_of_a_member(job: Job) -> None:
    with Cutter() as cutter:
        place = Trace(exhibit="1.1", member=member(job), offset=11, length=6)
        assert cutter.cut(job, place) == b"second"
        with pytest.raises(MaterialError, match="no readable entry"):
            cutter.cut(job, Trace(exhibit="1.1", member="zip:9:none", offset=0, length=1))
        with pytest.raises(MaterialError, match="ends before"):
            cutter.cut(job, Trace(exhibit="1.1", member=member(job), offset=11, length=600))
        assert cutter.cut(job, place) == b"second"


@pytest.mark.parametrize("answer", ["", "nonsense", "[]", json.dumps({"data": 7}), json.dumps({"data": "%%%"}), "7"])
def test_a_child_that_dies_or_lies(job: Job, answer: str) -> None:
    script = f"import sys; sys.stdin.readline(); print({answer!r})" if answer else "import os; os.abort()"
    with Cutter(program=(sys.executable, "-c", script), limits=Limits(seconds=20)) as cutter, pytest.raises(MaterialError):
        cutter.cut(job, Trace(exhibit="1.1", member="x", offset=0, length=1))
