"""A bundle that was sealed once verifies with every later verifier; each thing in it that is changed is named."""

import json
import shutil
import zipfile
from pathlib import Path

import pytest
from verifier_program import KEY, PROGRAM, ROOT, VECTOR, WITNESS, run


def test_it_needs_the_standard_library_only_and_is_short():
    text = PROGRAM.read_text("utf-8")
    assert "comity." not in text.partition('"""')[2].partition("import argparse")[0]
    assert len(text.splitlines()) < 600
    assert not [line for line in text.splitlines() if len(line) > 140]


def test_the_bundle_holds_with_all_that_the_reader_knows():
    status, words = run(VECTOR / "bundle.zip", "--key", KEY, "--witness", WITNESS, "--trust", ROOT)
    assert status == 0, words
    assert "the reader must settle" not in words
    assert "--witness" not in words
    assert "entry 4: Policy OID: 1.2.3.4.1; Serial number: 0x02; Time stamp: " in words
    assert "entries 1 to 7: cosigned by unit9.example/witness at 20" in words
    assert "3 exhibits (634 bytes) have their recorded SHA-256" in words


def test_without_it_the_bundle_holds_and_says_what_is_left_to_settle():
    status, words = run(VECTOR / "bundle.zip")
    assert status == 0
    for settle in ("whose key it is the reader must settle", "give --witness", "give --trust"):
        assert settle in words
    outcome = json.loads(run(VECTOR / "bundle.zip", "--json")[1])
    assert outcome["verdict"] == "holds"
    assert all(set(check) == {"subject", "shows", "result", "seen"} for check in outcome["checks"])


def test_without_openssl_timestamps_are_not_checkable(tmp_path: Path):
    """The rest holds; of the timestamp it says that it cannot say."""
    program = tmp_path / "verify.py"
    text = PROGRAM.read_text("utf-8")
    assert text.count('shutil.which("openssl")') == 2
    program.write_text(text.replace('shutil.which("openssl")', 'shutil.which("there is none")'), "utf-8")
    import subprocess  # noqa: PLC0415  run as the expert does
    import sys  # noqa: PLC0415

    done = subprocess.run([sys.executable, "-I", "-S", program, VECTOR / "bundle.zip"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "")
    assert "timestamps: NOT CHECKABLE" in done.stdout
    assert done.stdout.count("BROKEN") == 0


@pytest.mark.parametrize("name", ["proof.json", "growth.json"])
def test_the_proofs_hold(name: str):
    status, words = run(VECTOR / name, "--key", KEY)
    assert status == 0, words


def test_the_proof_is_witnessed_and_shows_one_exhibit_alone():
    status, words = run(VECTOR / "proof.json", "--witness", WITNESS)
    assert status == 0, words
    assert "exhibit 2 (letter.txt)" in words
    assert "cosigned by unit9.example/witness" in words
    text = (VECTOR / "proof.json").read_text()
    assert not [name for name in ('"empty"', '"log"', "A. Lima") if name in text]


@pytest.mark.parametrize(
    "options", [("--key", "ab" * 32), ("--witness", WITNESS[:-2]), ("--head", "ab" * 32), ("--trust", VECTOR / "key.txt")]
)
def test_what_the_reader_knows_otherwise_breaks_it(options: tuple[str, str]):
    assert run(VECTOR / "bundle.zip", *options)[0] == 1


def test_a_witness_that_did_not_sign_is_missed():
    other = "other.example+" + WITNESS.partition("+")[2]
    assert run(VECTOR / "bundle.zip", "--witness", other)[0] == 1  # the ID is another name's
    assert run(VECTOR / "growth.json", "--witness", WITNESS)[0] == 2


def unpacked(tmp_path: Path) -> Path:
    with zipfile.ZipFile(VECTOR / "bundle.zip") as archive:
        archive.extractall(tmp_path)
    return tmp_path / "bundle"


def test_an_unpacked_bundle_holds_and_a_file_more_or_less_is_named(tmp_path: Path):
    folder = unpacked(tmp_path)
    assert run(folder)[0] == 0
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        data = path.read_bytes()
        path.unlink()
        status, words = run(folder)
        assert status in (1, 2), path
        assert path.name in words or "neither a Comity case folder nor a bundle" in words or f"entry {int(path.stem or 0)}" in words, words
        path.write_bytes(data)
    (folder / "log" / "tile" / "x").write_bytes(b"")
    status, words = run(folder)
    assert status == 1
    assert "log/tile/x was added" in words


@pytest.mark.parametrize(
    "strange",
    [b"", b"{}", b"[]", b"null", b'{"format":"comity-exhibit-proof-1"}', b"\xff\xfe", b"[" * 100_000, b'{"a":' * 100_000, b"9" * 10_000],
)
def test_strange_proofs_do_not_hold_and_do_not_make_it_fall(tmp_path: Path, strange: bytes):
    (tmp_path / "proof.json").write_bytes(strange)
    assert run(tmp_path / "proof.json")[0] in (1, 2)


STRANGE = (None, True, -1, 10**400, 1.5, "", "\x1b[2J\ud800", [], {}, [[]], {"a": {}}, "9" * 5000, ["zz"])


@pytest.mark.parametrize("name", ["proof.json", "growth.json"])
def test_no_value_in_a_proof_makes_it_fall(tmp_path: Path, name: str):
    from verifier_program import functions  # noqa: PLC0415  used here alone

    verify = functions()
    fields = json.loads((VECTOR / name).read_text())
    for field in fields:
        for value in STRANGE:
            (tmp_path / "proof.json").write_text(json.dumps({**fields, field: value}))
            outcome = verify["Verification"](tmp_path / "proof.json")
            assert outcome.verdict in {verify["BROKEN"], verify["NOT_CHECKABLE"]} or value == fields[field], (field, value)


def test_no_value_in_an_entry_makes_it_fall(tmp_path: Path):
    """A whole ledger is a forger's to write: whatever stands in it ends in a verdict, not in a fall."""
    from verifier_program import functions  # noqa: PLC0415  used here alone

    verify = functions()
    folder = unpacked(tmp_path)
    for path in sorted((folder / "data" / "ledger").iterdir()):
        data = path.read_bytes()
        entry = json.loads(data)
        places = [(entry, name) for name in entry] + [(entry[part], name) for part in ("object", "result") for name in entry[part]]
        for holder, name in places:
            kept = holder[name]
            for value in STRANGE:
                holder[name] = value
                path.write_text(json.dumps(entry), "utf-8")
                assert verify["Verification"](folder).verdict != verify["HOLDS"], (path.name, name, value)
            holder[name] = kept
        path.write_bytes(data)
    assert verify["Verification"](folder).verdict == verify["HOLDS"]


def test_no_value_in_a_list_of_exhibits_makes_it_fall(tmp_path: Path):
    from verifier_program import functions  # noqa: PLC0415  used here alone

    verify = functions()
    folder = unpacked(tmp_path)
    (path,) = (folder / "data" / "acquisitions").iterdir()
    first, *rest = path.read_bytes().splitlines()
    fields = json.loads(first)
    for name in fields:
        for value in STRANGE:
            path.write_bytes(b"\n".join([json.dumps({**fields, name: value}).encode(), *rest, b""]))
            assert verify["Verification"](folder).verdict != verify["HOLDS"], (name, value)


def test_a_newline_after_case_json_is_a_change(tmp_path: Path):
    folder = unpacked(tmp_path)
    with (folder / "data" / "case.json").open("ab") as stream:
        stream.write(b"\n")
    status, words = run(folder)
    assert status == 1
    assert "data/case.json was changed" in words
    shutil.rmtree(folder)
