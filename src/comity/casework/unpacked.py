"""A case from a bundle: checked by the verifier first, then unpacked, then opened for reading."""

import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from comity import verify
from comity.casework.folder import Folder, read_case
from comity.casework.redacted_case import REDACTED, RedactedCase
from comity.terms.errors import IntegrityError, StateError

_MARK = "bagit.txt"
_CASE = "data"


class UnpackedCase(Folder):
    """The case in an unpacked bundle."""

    remembers = False


@contextmanager
def opened(path: Path) -> Iterator[Folder]:
    """Lend the case at `path`: a case folder, an unpacked bundle, or a bundle, which is unpacked to a scratch folder meanwhile.

    IntegrityError when the verifier finds a bundle broken, StateError when it is none or has no originals.
    """
    if path.is_dir() and not (path / _MARK).is_file():
        yield Folder.open(path)
        return
    _require_sound(path)
    if path.is_dir():
        yield _open(path / _CASE)
        return
    with TemporaryDirectory(prefix="comity-bundle-") as scratch, zipfile.ZipFile(path) as archive:
        for member in archive.infolist():  # names and sizes are as the verifier requires: one folder, no way out of it
            if not member.is_dir():
                target = Path(scratch, *member.filename.split("/")[1:])
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(member) as source, target.open("xb") as out:
                    shutil.copyfileobj(source, out, 2**20)
        yield _open(Path(scratch) / _CASE)


def _require_sound(path: Path) -> None:
    run = verify.Verification(path)
    wrong = [words for check in run.checks if check.result == verify.BROKEN for words in check.seen]
    if run.verdict == verify.BROKEN:
        raise IntegrityError(f"{path} is broken: {'; '.join(wrong[-3:])}", remedy="`comity verify` names everything that is.")
    if run.checks[0].result != verify.HOLDS:
        raise StateError(f"{path} is no bundle: {'; '.join(run.checks[0].seen)}", remedy="Name a case folder, or a bundle from it.")


def _open(path: Path) -> Folder:
    case = read_case(path)
    redacted = RedactedCase(path, case)
    newest = redacted.entries()[-1]
    folder = redacted if newest.event == REDACTED else UnpackedCase(path, case)
    if newest.object.get("originals") is False:
        raise StateError("this bundle has no originals: nothing can be made again from it", remedy="Ask for one with originals.")
    return folder
