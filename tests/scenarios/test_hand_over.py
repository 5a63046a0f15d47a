"""What leaves the house: verified by a bare Python, by the ontology's and the standard's own validators, readable without a network."""

import json
import re
import subprocess
import sys
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import pytest

from comity.cooperation.lint import CONTENTS
from comity.law import corpus
from comity.reference.law_files import law_files
from command_line import comity, done, here
from investigated_case import Investigated

VALIDATORS = Path(sys.executable).parent


@pytest.fixture(scope="module")
def sealed(investigated: Investigated, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("sealed")
    finished = comity("seal", investigated.copy(place), "-o", place / "bundle.zip", environment={"XDG_STATE_HOME": str(place / "state")})
    assert "Signed with key" in finished.stdout, finished.stderr
    return place / "bundle.zip"


def bare(verifier: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run verify.py as a court would: an isolated Python that sees no installed package, and no environment."""
    python = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
    return subprocess.run(
        [python, "-I", "-S", verifier, *arguments], capture_output=True, text=True, env={}, cwd=verifier.parent, check=False
    )


@pytest.fixture(scope="module")
def verifier(sealed: Path) -> Path:
    with zipfile.ZipFile(sealed) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith("verify.py")]
        target = sealed.parent / "court" / "verify.py"
        target.parent.mkdir()
        target.write_bytes(archive.read(name))
    return target


def test_the_case_verifies(investigated: Investigated):
    assert json.loads(done("verify", investigated.case, "--json"))


def test_the_bundle_verifies_with_python_alone(sealed: Path, verifier: Path):
    finished = bare(verifier, sealed)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert finished.stderr == ""
    assert comity("verify", sealed).returncode == 0


def rewritten(sealed: Path, target: Path, *, change: str) -> Path:
    """Copy the bundle with one byte of the last member whose name matches `change` turned over, its checksums made to fit again."""
    touched = 0
    with zipfile.ZipFile(sealed) as old, zipfile.ZipFile(target, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            if not touched and re.search(change, info.filename):
                data = data[:-2] + bytes([data[-2] ^ 1]) + data[-1:]
                touched += 1
            new.writestr(info, data)
    assert touched
    return target


@pytest.mark.parametrize(
    "change",
    [
        r"ledger/000000000003\.json$",
        r"objects/packs/.*\.tar$",
        r"findings\.json$",
        r"requests/.*\.pdf$",
        r"\.manifest\.jsonl$",
        r"report\.html$",
    ],
)
def test_a_changed_byte_is_found(sealed: Path, verifier: Path, tmp_path: Path, change: str):
    finished = bare(verifier, rewritten(sealed, tmp_path / "tampered.zip", change=change))
    assert finished.returncode == 1, finished.stdout + finished.stderr
    assert here("verify", tmp_path / "tampered.zip").returncode == 1


@pytest.mark.parametrize("content", [b"", b"nonsense", b"PK\x03\x04" + bytes(100)])
def test_what_is_no_bundle_cannot_be_checked(verifier: Path, tmp_path: Path, content: bytes):
    (tmp_path / "thing").write_bytes(content)
    for finished in (bare(verifier, tmp_path / "thing"), here("verify", tmp_path / "thing")):
        assert finished.returncode == 2, finished.stdout
        assert "Traceback" not in finished.stderr
    assert bare(verifier, tmp_path / "nothing there").returncode == 2


def test_a_case_with_a_changed_original_does_not_verify(investigated: Investigated, tmp_path: Path):
    case = investigated.copy(tmp_path)
    large = next(path for path in (case / "objects").rglob("*") if path.is_file())
    large.chmod(0o600)
    data = bytearray(large.read_bytes())
    data[600] ^= 1
    large.write_bytes(data)
    assert here("verify", case).returncode == 1


def test_a_removed_newest_entry_is_noticed_by_the_node_that_wrote_it(investigated: Investigated, tmp_path: Path):
    case = investigated.copy(tmp_path)
    max((case / "ledger").iterdir()).unlink()
    finished = here("requests", case)
    assert finished.returncode == 1
    assert "this node has written" in finished.stderr


def test_the_graph_conforms_to_the_ontology(investigated: Investigated):
    finished = subprocess.run(
        [VALIDATORS / "case_validate", "--built-version", "case-1.5.0", investigated.case / "case.jsonld"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert finished.returncode == 0, finished.stdout + finished.stderr
    types = {node["@type"] for node in json.loads((investigated.case / "case.jsonld").read_bytes())["@graph"]}
    assert {"case:ProvenanceRecord", "core:ConfidenceFacet"} <= types


def test_the_bundle_of_indicators_conforms(investigated: Investigated):
    path = investigated.case / "stix.json"
    finished = subprocess.run([VALIDATORS / "stix2_validator", path], capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout
    objects = json.loads(path.read_bytes())["objects"]
    notes = {one["abstract"].partition(":")[0] for one in objects if one["type"] == "note"}
    assert notes == {finding.identity for finding in investigated.findings}


def test_every_sentence_rests_on_a_finding_or_an_authority_that_is_there(investigated: Investigated):
    findings = {finding.identity for finding in investigated.findings}
    entries = {f"entry:{entry.number}": entry for entry in investigated.folder.entries()}
    instruments = corpus.read(law_files()).instruments
    law = {str(provision.citation) for instrument in instruments for provision in instrument.provisions}
    law |= {"ISO 13616"} | {f"{instrument.identifier} parties" for instrument in instruments}
    snapshots = {use["snapshot"] for use in investigated.summary["case"]["snapshots"]}
    checked = 0
    for request in investigated.summary["requests"]:
        for name in (*CONTENTS, "route_reasons", "confidentiality"):
            for sentence in request[name]:
                assert sentence["text"].strip()
                assert sentence["findings"] or sentence["authority"], sentence["text"]
                assert set(sentence["findings"]) <= findings
                for authority in sentence["authority"]:
                    if authority.startswith("entry:"):
                        assert entries[authority].event == "authorization:granted"
                    elif authority.startswith("snapshot:"):
                        assert authority.removeprefix("snapshot:").partition(" ")[0] in snapshots
                    else:
                        assert any(place == authority or place.startswith(f"{authority}(") for place in law), authority
                checked += 1
        for item in request["items"]:
            assert set(item["findings"]) <= findings
            assert item["findings"]
    assert checked > 30


class Page(HTMLParser):
    """What a browser would load or run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.policy = ""
        self.loaded: list[str] = []
        self.ran: list[str] = []
        self.targets: set[str] = set()
        self.inner: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.targets |= {given["id"]} if "id" in given else set()
        if tag in {"script", "iframe", "object", "embed", "base", "form", "link"}:
            self.ran.append(tag)
        self.ran += [name for name in given if name.startswith("on")]
        if given.get("http-equiv", "").lower() == "content-security-policy":
            self.policy = given["content"]
        for name in ("src", "srcset", "href", "xlink:href", "action", "data", "poster", "background"):
            if given.get(name, "").startswith("#"):
                self.inner.add(given[name][1:])
            elif name in given and not given[name].startswith("data:image/"):
                self.loaded.append(given[name])
        self.loaded += re.findall(r"url\(\s*([^)]*)\)|@import", given.get("style", ""))


def test_the_report_runs_and_loads_nothing(investigated: Investigated):
    text = (investigated.case / "report.html").read_text("utf-8")
    page = Page(text)
    assert page.ran == []
    # what is linked are the case's own requests, beside the report
    assert all((investigated.case / target).is_file() for target in page.loaded), page.loaded
    assert "default-src 'none'" in page.policy
    assert "script-src" not in page.policy
    assert page.inner <= page.targets, page.inner - page.targets
    assert not re.search(r"@import|url\(\s*['\"]?(?!data:|#)", "".join(re.findall(r"<style[^>]*>(.*?)</style>", text, flags=re.DOTALL)))
    for finding in investigated.findings:
        assert finding.identity in page.targets
    for request in investigated.summary["requests"]:
        assert request["identity"] in text


def test_a_bundle_without_originals_says_so_and_verifies(investigated: Investigated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    case = investigated.copy(tmp_path)
    done("seal", case, "-o", tmp_path / "small.zip", "--no-originals")
    finished = here("verify", tmp_path / "small.zip")
    assert finished.returncode == 0, finished.stdout
    with zipfile.ZipFile(tmp_path / "small.zip") as archive:
        assert not [name for name in archive.namelist() if "/objects/" in name]
    refused = here("seal", case, "-o", tmp_path / "small.zip")
    assert refused.returncode == 2
    assert "never overwritten" in refused.stderr


def test_the_key_is_its_owners_alone(sealed: Path, scratch_home: Path):
    key = scratch_home / "data" / "comity" / "node.key"
    assert key.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(sealed) as archive:
        secret = key.read_bytes().split(b"\n")[1]
        assert all(secret not in archive.read(name) for name in archive.namelist())
