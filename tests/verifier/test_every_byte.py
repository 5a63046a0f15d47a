"""Each byte of a bundle is turned over in turn: the verifier names the file, or nothing that the bundle holds has changed.

What may change in silence is computed, not listed: two readers of ZIP (the verifier's and Python's own) then still read the same
names and the same contents, and the byte lies in the archive's own headers, or in a compressed member, which can be written in several ways.
"""

import json
import struct
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from verifier_program import VECTOR, WITNESS, functions

LOCAL, CENTRAL = b"PK\x03\x04", b"PK\x01\x02"


def regions(path: Path) -> list[str]:
    """Return, for every byte of the archive, whose it is: "stored NAME", "deflated NAME", or which header it is in."""
    data = path.read_bytes()
    owner = [""] * len(data)

    def claim(start: int, size: int, words: str) -> int:
        owner[start : start + size] = [words] * size
        return start + size

    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            assert data.startswith(LOCAL, info.header_offset)
            name, extra = struct.unpack_from("<HH", data, info.header_offset + 26)
            at = claim(info.header_offset, 30 + name + extra, "local header")
            claim(at, info.compress_size, ("deflated " if info.compress_type else "stored ") + info.filename)
        at = archive.start_dir
    while data.startswith(CENTRAL, at):
        at = claim(at, 46 + sum(struct.unpack_from("<HHH", data, at + 28)), "central directory")
    claim(at, len(data) - at, "end of central directory")
    assert "" not in owner
    return owner


def contents(path: Path) -> dict[str, bytes] | None:
    """Return what Python's own reader finds; None when it refuses."""
    try:
        with zipfile.ZipFile(path) as archive:
            return {info.filename: archive.read(info) for info in archive.infolist()}
    except Exception:  # noqa: BLE001  any refusal will do
        return None


def named(member: str, words: str) -> bool:
    """Return whether `words` name the file `member` of the bundle, or the entry it is."""
    stem = Path(member).stem
    return member.removeprefix("bundle/").removeprefix("data/") in words or (stem.isdecimal() and f"entry {int(stem)} " in words + " ")


def stride(owner: str) -> int:
    """Return how many bytes to go on: all that is structure and record, one in five of contents, few of the program's text."""
    if " bundle/" in owner:
        return 37 if owner.endswith("verify.py") else 1 if "/ledger/" in owner or "/log/" in owner or "/acquisitions/" in owner else 5
    return 1


@pytest.mark.slow
@pytest.mark.parametrize("half", [0, 1])
def test_every_byte(tmp_path: Path, half: int):
    verify, original = functions(), VECTOR / "bundle.zip"
    whole, owner, data = contents(original), regions(original), bytearray(original.read_bytes())
    victim = tmp_path / "bundle.zip"
    silent: Counter[str] = Counter()
    heard: Counter[str] = Counter()
    for at in [at for at in range(len(data)) if at % stride(owner[at]) == 0][half::2]:
        data[at] ^= 0x55
        victim.write_bytes(data)
        data[at] ^= 0x55
        outcome = verify["Verification"](victim)
        if outcome.verdict == verify["HOLDS"]:
            assert contents(victim) == whole, f"byte {at} in the {owner[at]} changes what is read, and nothing is said"
            silent[owner[at].partition(" bundle/")[0]] += 1
            continue
        words = "\n".join(words for check in outcome.checks if check.result != verify["HOLDS"] for words in check.seen)
        assert words
        kind, _, member = owner[at].partition(" bundle/")
        if member:
            assert named(f"bundle/{member}", words), (at, owner[at], words)
        heard[kind] += 1
    assert set(silent) <= {"local header", "central directory", "end of central directory", "deflated"}, silent
    assert silent["deflated"] < 20
    assert min(heard[kind] for kind in ("stored", "deflated", "local header", "central directory")) > 500, heard


def test_every_byte_of_what_is_unpacked(tmp_path: Path):
    """Without an archive around them there is no silent byte: every one is of a file that a list or the ledger names."""
    verify = functions()
    with zipfile.ZipFile(VECTOR / "bundle.zip") as archive:
        archive.extractall(tmp_path)
    folder = tmp_path / "bundle"
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        data = bytearray(path.read_bytes())
        for at in range(0, len(data), 97 if path.name == "verify.py" else 11):
            data[at] ^= 0x01
            path.write_bytes(data)
            data[at] ^= 0x01
            outcome = verify["Verification"](folder)
            assert outcome.verdict != verify["HOLDS"], (path, at)
            words = "\n".join(words for check in outcome.checks if check.result != verify["HOLDS"] for words in check.seen)
            # of a list that nothing lists, it names the file that is not as listed
            assert named(f"bundle/{path.relative_to(folder).as_posix()}", words) or path.name == "tagmanifest-sha256.txt", (path, at, words)
        path.write_bytes(data)


def test_every_byte_of_a_proof(tmp_path: Path):
    verify = functions()
    for name in ("proof.json", "growth.json"):
        data = bytearray((VECTOR / name).read_bytes())
        fields = json.loads(data)
        for at in range(0, len(data), 5):
            data[at] ^= 0x01
            (tmp_path / name).write_bytes(data)
            data[at] ^= 0x01
            outcome = verify["Verification"](tmp_path / name, witness=[WITNESS] if name == "proof.json" else [])
            if outcome.verdict == verify["HOLDS"]:
                # hexadecimal digits and the last digit of base64 may be written in several ways: what they say is the same
                changed = json.loads((tmp_path / name).read_bytes())
                note, same = (verify["_Note"](one.pop("checkpoint").encode(), "") for one in (changed, dict(fields)))
                assert vars(note) == vars(same), at
                assert json.dumps(changed).lower() == json.dumps({**fields, "checkpoint": None}).lower().replace(
                    '"checkpoint": null, ', ""
                ), at
