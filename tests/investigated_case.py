"""The shipped example, investigated, beside what was planted in it."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from comity.casework.findings_file import decode
from comity.casework.folder import Folder
from comity.observables import Trace
from comity.parsers.contract import Source
from comity.parsers.extraction import extract
from command_line import CONSENT, comity

EXAMPLE = Path(__file__).parents[1] / "examples" / "business-email-compromise"


@dataclass(frozen=True, slots=True, kw_only=True)
class Investigated:
    """`summary` is what `--json` printed, `truth` what the generator planted; `output` and `errors` are as text."""

    material: Path
    reference: Path
    case: Path
    truth: dict[str, Any]
    summary: dict[str, Any]
    output: str
    errors: str

    @property
    def folder(self) -> Folder:
        return Folder.open(self.case)

    @property
    def findings(self) -> tuple:
        return decode((self.case / "derived" / "findings.json").read_bytes())

    def copy(self, to: Path) -> Path:
        """Return a copy of the case below `to`, to be changed under an XDG_STATE_HOME of its own."""
        return shutil.copytree(self.case, to / "case", symlinks=True)

    def file_of(self, trace: Trace) -> str:
        """Return the name, below the material, of the file that `trace` leads into."""
        return self.folder.exhibit(trace.exhibit).name


def story(target: Path) -> Path:
    """Write the example below `target`, with the modification times of its story; return `target`."""
    subprocess.run([sys.executable, EXAMPLE / "generate.py", "--all", target], check=True, capture_output=True)
    return target


def investigate_example(place: Path) -> Investigated:
    example = story(place / "example")
    material, reference, case = example / "material", example / "reference", place / "case"
    finished = comity("investigate", material, "--case", case, *CONSENT, "--reference", reference, "--json")
    assert finished.returncode == 0, finished.stderr
    return Investigated(
        material=material,
        reference=reference,
        case=case,
        truth=json.loads((example / "ground_truth.json").read_bytes()),
        summary=json.loads(finished.stdout),
        output=finished.stdout,
        errors=finished.stderr,
    )


class Preserved:
    """The bytes of a case's exhibits and of what is inside them, each decoded once."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._exhibits = {exhibit.number: exhibit for exhibit in folder.exhibits()}
        self._bytes: dict[tuple[str, str], bytes] = {}

    def whole(self, trace: Trace) -> bytes:
        root = trace.exhibit.partition(".")[0]
        key = (root, trace.member)
        if key not in self._bytes:
            exhibit = self._exhibits[root]
            with self._folder.open_exhibit(exhibit) as stream:
                source = Source(stream=stream, size=exhibit.size, name=exhibit.name, modified=exhibit.modified)
                self._bytes[key] = extract(source, trace.member).read()
        return self._bytes[key]

    def cut(self, trace: Trace) -> bytes:
        data = self.whole(trace)
        assert trace.offset >= 0, trace
        assert trace.length > 0, trace
        assert trace.offset + trace.length <= len(data), f"{trace} lies outside the {len(data)} bytes there are"
        return data[trace.offset : trace.offset + trace.length]


def files_below(folder: Path) -> Iterator[Path]:
    yield from (path for path in sorted(folder.rglob("*")) if path.is_file())
