"""The corpus is read strictly: every complaint names file and key."""

import pytest

from comity.law.answer import Status
from comity.law.corpus import read
from comity.law.provision_text import paragraphs
from comity.reference.law_files import law_files
from comity.terms.citation import Citation
from comity.terms.errors import ReferenceDataError

SMALL = """
[instrument]
identifier = "small"
name = "Small"
title = "A small treaty"
kind = "treaty"
opened = 2001-11-23
entry_into_force = 2004-07-01
as_of = 2025-10-01
status = "verified"
source = "made by hand"
text_file = "small.md"

[parties]
file = "small.csv"
as_of = 2025-10-01
complete = true
note = "all"

[[provision]]
article = "1"
kind = "cooperation"
heading = "h"
says = "s"
status = "verified"
source = "made by hand"
sha256 = "%s"

[[route]]
needs = ["preservation"]
article = "1"
channel = "c"
rests_on = ["1"]
""" % ("0" * 64)
PARTIES = "state,entry_into_force,status,source\nBR,2004-07-01,verified,hand\n"


def reading(toml=SMALL, csv=PARTIES):
    return read({"small.toml": toml.encode(), "small.csv": csv.encode()})


def test_a_small_corpus_is_read():
    treaty = reading().instrument("small")
    assert treaty.binding_of("BR").entry_into_force.isoformat() == "2004-07-01"
    assert treaty.binding_of("BR").signed is None
    assert treaty.provision(Citation(instrument="small", article="1")).says == "s"


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('source = "made by hand"\ntext', "text", "small.toml.source"),
        ('status = "verified"\nsource = "made by hand"\ntext', 'source = "made by hand"\ntext', "small.toml.instrument.status"),
        ('kind = "treaty"', 'kind = "treaty"\ncolour = "red"', "small.toml.instrument.colour"),
        ("opened = 2001-11-23", 'opened = "2001-11-23"', "small.toml.instrument.opened"),
        ("opened = 2001-11-23", "opened = 2001-11-23T00:00:00Z", "small.toml.instrument.opened"),
        ("opened = 2001-11-23", "opened = 2001-13-23", "small.toml"),
        ('sha256 = "' + "0" * 64 + '"', "", "sha256"),
        ('sha256 = "00', 'sha256 = "zz', "sha256"),
        ('rests_on = ["1"]', 'rests_on = ["2(1)"]', "small.toml"),
        ('rests_on = ["1"]', 'rests_on = ["1)"]', "rests_on"),
        ('rests_on = ["1"]', "rests_on = []", "small.toml"),
        ('needs = ["preservation"]', 'needs = ["miracles"]', "needs"),
        ('needs = ["preservation"]', "needs = []", "needs"),
        ('file = "small.csv"', 'file = "other.csv"', "small.toml.parties.file"),
        ("complete = true", 'complete = "yes"', "complete"),
        ('kind = "cooperation"', 'kind = "magic"', "kind"),
        ('heading = "h"', 'heading = " "', "heading"),
        ("[instrument]", "[other]", "instrument"),
        ("[instrument]", "a = " + "[" * 5000, "small.toml"),
        ("[[route]]", "[[roads]]", "roads"),
    ],
)
def test_a_flaw_is_refused_with_file_and_key(old, new, place):
    assert SMALL.count(old) >= 1
    with pytest.raises(ReferenceDataError) as caught:
        reading(SMALL.replace(old, new, 1))
    assert place.removeprefix("small.toml.source") in str(caught.value)
    assert str(caught.value).startswith("small.toml")
    assert caught.value.remedy


@pytest.mark.parametrize(
    "csv",
    [
        PARTIES + "XX,2004-07-01,verified,hand\n",
        PARTIES + "DE,2004-7-1,verified,hand\n",
        PARTIES + "DE,2004-07-01,,hand\n",
        PARTIES + "DE,2004-07-01,verified,\n",
        PARTIES + "DE,2004-07-01,certain,hand\n",
        PARTIES + "DE,2004-07-01,verified\n",
        PARTIES + "DE,2004-07-01,verified,hand,more\n",
        PARTIES + "BR,2005-07-01,verified,hand\n",
        "state,since,status,source\nBR,2004-07-01,verified,hand\n",
        'state,entry_into_force,status,source\nBR,2004-07-01,verified,"hand\n',
    ],
)
def test_a_flawed_party_table_is_refused(csv):
    with pytest.raises(ReferenceDataError, match=r"small\.csv"):
        reading(csv=csv)


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(ReferenceDataError, match="small"):
        read({"small.toml": b"\xff\xfe"})
    with pytest.raises(ReferenceDataError, match="perishing"):
        read({"perishing.toml": b'[[retention]]\ndata = "x"\ndays = -1\nbasis = "law"\nstatus = "draft"\nsource = "s"\n'})


def test_the_shipped_corpus_says_what_is_draft(corpus):
    assert [entry.identifier for entry in corpus.instruments] == sorted(
        ["ets-185", "cets-224", "un-cybercrime", "untoc", "uncac", "ets-030", "eu-2023-1543"]
    )
    status = {entry.identifier: entry.status for entry in corpus.instruments}
    assert status.pop("ets-185") is Status.VERIFIED
    assert set(status.values()) == {Status.DRAFT}
    assert corpus.instrument("cets-224").entry_into_force is None
    assert corpus.instrument("un-cybercrime").entry_into_force is None
    signed = corpus.instrument("un-cybercrime").binding_of("BR")
    assert (signed.signed.isoformat(), signed.ratified, signed.entry_into_force) == ("2025-10-25", None, None)
    assert all(entry.status is Status.DRAFT for entry in corpus.retention)


def test_the_six_contents_and_grounds_are_the_lettered_points_of_the_convention(corpus, shared_data):

    treaty = corpus.instrument("ets-185")
    found = paragraphs((shared_data / "law" / treaty.text_file).read_text(encoding="utf-8"))
    contents = treaty.provision(Citation(instrument="ets-185", article="29", paragraph="2")).contents
    assert [point.key for point in contents] == [key for key in "abcdefghi" if f" {key}) " in found["29", "2"]] == list("abcdef")
    for paragraph in ("27(4)", "29(5)", "30(2)"):
        article, _, number = paragraph.rstrip(")").partition("(")
        grounds = treaty.provision(Citation(instrument="ets-185", article=article, paragraph=number)).grounds
        assert [point.key for point in grounds] == [key for key in "abcdef" if f" {key}) " in found[article, number]] == ["a", "b"]


def test_law_files_are_complete():
    assert {"ets-185.toml", "ets-185-parties.csv", "perishing.toml"} <= set(law_files())


def test_an_imported_party_table_brings_its_own_day():
    files = {"small.toml": SMALL.encode(), "small.csv": PARTIES.encode(), "small.csv.dated": b"2027-01-31\n"}
    table = read(files).instrument("small").parties
    assert table.as_of.isoformat() == "2027-01-31"
    assert "imported" in table.note
    for broken in (b"", b"soon", b"\xff"):
        with pytest.raises(ReferenceDataError, match=r"small\.csv\.dated"):
            read({**files, "small.csv.dated": broken})
