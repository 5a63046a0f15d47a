"""The folder of real mail, logs and statements, investigated whole: counts, places, nothing lost in silence."""

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest

from comity.casework.folder import Folder
from comity.casework.records import Records
from comity.observables import DEFECT, EVENT, MESSAGE, Table, Trace
from command_line import CONSENT, comity, done, here
from investigated_case import Preserved
from trace_bounds import outside

PARTS = ("mail", "logs", "statements")


@pytest.fixture(scope="module")
def real(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, dict]:
    """The case, the material and the summary."""
    place = tmp_path_factory.mktemp("real")
    for part in PARTS:
        shutil.copytree(shared_data / part, place / "material" / part)
    arguments = ("investigate", place / "material", "--case", place / "case", *CONSENT, "--json")
    finished = comity(*arguments, seconds=600)
    assert finished.returncode == 0, finished.stderr
    assert finished.stderr == ""
    return place / "case", place / "material", json.loads(finished.stdout)


def by_file(case: Path, table: Table) -> Counter[str]:
    """Rows of `table` by the name of the file they stand in, those of files inside files left aside."""
    names = {exhibit.number: exhibit.name for exhibit in Folder.open(case).exhibits()}
    rows = Records(case / "derived" / "records").table(table).select("trace.exhibit").collect()
    return Counter(names[number] for (number,) in rows.iter_rows() if number in names)


pytestmark = pytest.mark.slow


def test_every_message_and_every_line_is_counted(real: tuple[Path, Path, dict]):
    case, material, summary = real
    messages, events = by_file(case, MESSAGE), by_file(case, EVENT)
    assert messages.pop("mail/spamassassin/ham.mbox") == 250
    assert messages.pop("mail/spamassassin/spam.mbox") == 120
    assert len(messages) == 330
    assert set(messages.values()) == {1}
    assert {name.split("/")[1] for name in messages} == {"phishing_pot"}
    assert events == {"logs/apache_access.log": 10_000, "logs/auth.log": 7_121}
    exhibits = {one["name"] for one in summary["exhibits"] if one["kind"] == "file"}
    assert exhibits == {path.relative_to(material).as_posix() for path in material.rglob("*") if path.is_file()}


def test_every_record_and_defect_has_its_place(real: tuple[Path, Path, dict]):
    case, _, summary = real
    assert outside(case) == []
    for defect in summary["defects"]:
        assert defect["reason"].strip()
        assert defect["trace"]["exhibit"]


def test_no_parser_failed_and_what_is_unknown_is_listed(real: tuple[Path, Path, dict]):
    case, _, summary = real
    codes = Counter(defect["code"] for defect in summary["defects"])
    assert codes["parser_failed"] == 0, [one for one in summary["defects"] if one["code"] == "parser_failed"]
    told = {one["trace"]["exhibit"] for one in summary["defects"] if one["code"] == "type_unknown"}
    unread = {one["number"] for one in summary["exhibits"] if one["kind"] == "file" and one["parser"] is None}
    assert unread <= told
    counted = Records(case / "derived" / "records").table(DEFECT).select("code").collect()
    assert len(summary["defects"]) == counted.height


def test_every_trace_of_every_finding_cuts_its_bytes(real: tuple[Path, Path, dict]):
    case, _, summary = real
    preserved = Preserved(Folder.open(case))
    assert len(summary["findings"]) > 50
    for finding in summary["findings"]:
        for trace in finding["traces"]:
            assert preserved.cut(Trace(**trace)).strip()


def test_it_is_the_same_again(real: tuple[Path, Path, dict]):
    case, _, _ = real
    assert here("verify", case).returncode == 0
    outcome = json.loads(done("reproduce", case, "--json"))
    assert outcome["agrees"], [one for one in outcome["files"] if one["recorded"] != one["made"]]
