"""Makes the vector that the verifier's own tests run on; kept, so that what was sealed once must verify with every later verifier.

Run by hand when the format changes: python tests/verifier/make_vector.py (with tests/ on the path). Needs Comity and openssl.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

VECTOR = Path(__file__).parent / "vector"


def be(home: Path) -> None:
    for name in ("DATA", "STATE"):
        os.environ[f"XDG_{name}_HOME"] = str(home / name.lower())


def main() -> None:
    from case_factory import new_case, preserve  # noqa: PLC0415  after the path is set
    from command_line import done  # noqa: PLC0415
    from timestamp_authority import Authority  # noqa: PLC0415

    def said(text: str, mark: str) -> str:
        return next(line.partition(mark)[2].strip() for line in text.splitlines() if mark in line)

    place = Path(tempfile.mkdtemp())
    be(place / "holder")
    (place / "material").mkdir()
    for name, content in (("letter.txt", b"Dear A. Lima,\n"), ("empty", b""), ("log", b"198.51.100.7 - - [23/Nov/2026]\n" * 20)):
        (place / "material" / name).write_bytes(content)
    case = new_case(place / "case", identity="11111111-2222-4333-8444-555555555555").path
    from comity.casework.folder import Folder  # noqa: PLC0415

    preserve(Folder.open(case), place / "material")
    authority = Authority(place / "authority", key="P-256")
    done("timestamp", case, "--acquisition", "-o", place / "q.tsq")
    done("timestamp", case, "--answer", authority.answer(place / "q.tsq", place / "a.tsr"), "--trust", authority.root)
    told = done("checkpoint", case, "-o", place / "request")
    be(place / "witness")
    log = said(told, "for the witness:")
    told = done("witness", place / "request", "-o", place / "cosigned", "--log", log, "--name", "unit9.example/witness")
    be(place / "holder")
    witness = said(told, "for readers:")
    done("checkpoint", case, "--cosigned", place / "cosigned", "--witness", witness)
    VECTOR.mkdir(exist_ok=True)
    for name in ("bundle.zip", "proof.json", "growth.json"):
        (VECTOR / name).unlink(missing_ok=True)
    done("prove", case, "--exhibit", "2", "-o", VECTOR / "proof.json")
    done("prove", case, "--since", "5", "-o", VECTOR / "growth.json")
    (VECTOR / "key.txt").write_text(said(done("seal", case, "-o", VECTOR / "bundle.zip"), "Signed with key ") + "\n")
    (VECTOR / "witness.txt").write_text(witness + "\n")
    shutil.copyfile(authority.root, VECTOR / "root.pem")
    shutil.rmtree(place)


if __name__ == "__main__":
    main()
