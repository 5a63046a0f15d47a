"""Authorizations as people give them: completed, or refused with all that is missing."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from comity.casework.authorize import AuthorizationGiven, complete, covers, from_file, from_option
from comity.evidence.authorization import Authorization, Basis
from comity.terms.errors import AuthorizationError

AT = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)


def completed(given: AuthorizationGiven) -> Authorization:
    return complete(given, material="/seized/phone", authority="Unit 7", at=AT)


def refused(given: AuthorizationGiven) -> AuthorizationError:
    with pytest.raises(AuthorizationError) as caught:
        completed(given)
    return caught.value


def test_a_consent_needs_who_gave_it_and_may_be_open():
    granted = completed(AuthorizationGiven(basis="consent", reference="A. Lima"))
    assert (granted.basis, granted.reference, granted.issuer) == (Basis.CONSENT, "A. Lima", "A. Lima")
    assert granted.scope == "acquire and examine /seized/phone"
    assert (granted.period.start, granted.period.end) == (AT, None)


def test_a_statute_is_applied_by_the_authority():
    assert completed(AuthorizationGiven(basis="statute", reference="Code, section 6")).issuer == "Unit 7"


def test_a_warrant_needs_an_issuer_and_an_end():
    error = refused(AuthorizationGiven(basis="warrant", reference="Order 12/2026"))
    assert "--until" in error.what
    assert "--issuer" in error.what
    assert "warrant:" in error.remedy
    error = refused(AuthorizationGiven(basis="warrant", reference="Order 12/2026", issuer="3rd Criminal Court"))
    assert "--until" in error.what
    assert "--issuer" not in error.what
    granted = completed(
        AuthorizationGiven(basis="warrant", reference="Order 12/2026", issuer="3rd Criminal Court", until="2026-12-31T00:00:00Z")
    )
    assert granted.issuer == "3rd Criminal Court"
    assert granted.period.end == datetime(2026, 12, 31, tzinfo=UTC)


def test_an_emergency_needs_an_end():
    assert "--until" in refused(AuthorizationGiven(basis="emergency", reference="child at risk")).what
    assert completed(AuthorizationGiven(basis="emergency", reference="child at risk", until="2026-11-24T00:00:00-03:00")).issuer == "Unit 7"


def test_nothing_given_names_everything_with_an_example():
    error = refused(AuthorizationGiven())
    for words in ("the basis", "consent, warrant, statute, emergency", "what it rests on"):
        assert words in error.what
    assert "--basis consent:" in error.remedy
    assert 'basis = "warrant"' in error.remedy


@pytest.mark.parametrize("blank", ["", " ", "\t"])
def test_blank_is_missing(blank: str):
    assert "what it rests on" in refused(AuthorizationGiven(basis="consent", reference=blank)).what
    granted = completed(AuthorizationGiven(basis="consent", reference="A. Lima", issuer=blank, scope=blank, until=blank))
    assert (granted.issuer, granted.scope, granted.period.end) == ("A. Lima", "acquire and examine /seized/phone", None)
    assert AuthorizationGiven(basis=blank, scope=blank).empty


@pytest.mark.parametrize(
    ("start", "until", "words"),
    [
        ("2026-11-23T14:05:01Z", None, "begins only on 2026-11-23T14:05:01Z"),
        (None, "2026-11-23T14:05:00Z", "ended on 2026-11-23T14:05:00Z"),
        ("2026-11-01T00:00:00Z", "2026-11-23T14:04:59Z", "ended on"),
        ("2027-01-01T00:00:00Z", "2026-12-01T00:00:00Z", "begins only"),
        (None, "2026-12-31", "without zone"),
        ("2026-11-01T00:00:00", None, "without zone"),
        (None, "soon", "not a time"),
        ("0001-01-01T00:00:00+14:00", None, "beyond the years"),
    ],
)
def test_what_does_not_hold_now_is_refused(start: str | None, until: str | None, words: str):
    error = refused(AuthorizationGiven(basis="consent", reference="A. Lima", start=start, until=until))
    assert words in error.what
    assert error.remedy


def test_it_holds_from_its_first_instant_to_before_its_last():
    granted = completed(
        AuthorizationGiven(basis="consent", reference="A. Lima", start="2026-11-23T14:05:00Z", until="2026-11-23T14:05:00.000001Z")
    )
    assert AT in granted.period
    assert AT + timedelta(microseconds=1) not in granted.period


def test_an_unknown_basis_is_refused_with_those_there_are():
    error = refused(AuthorizationGiven(basis="hunch", reference="a feeling"))
    assert "'hunch'" in error.what
    assert "consent, warrant, statute, emergency" in error.remedy


@pytest.mark.parametrize(
    ("option", "parts"),
    [
        (None, (None, None)),
        ('consent:"A. Lima"', ("consent", '"A. Lima"')),
        ("Warrant: Order 12:2026 ", ("warrant", "Order 12:2026")),
        ("consent", ("consent", None)),
        (":", (None, None)),
    ],
)
def test_the_option_is_basis_and_reference(option: str | None, parts: tuple[str | None, str | None]):
    assert from_option(option) == parts


def test_a_file_gives_the_same(tmp_path: Path):
    file = tmp_path / "warrant.toml"
    file.write_text(
        'basis = "warrant"\nreference = "Order 12/2026"\nissuer = "3rd Criminal Court"\nscope = "mailbox of Aurora Ltda"\n'
        "from = 2026-11-20T00:00:00-03:00\nuntil = 2026-12-31T00:00:00Z\n",
        "utf-8",
    )
    granted = completed(from_file(file))
    assert granted.scope == "mailbox of Aurora Ltda"
    assert granted.period.start == datetime(2026, 11, 20, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'basis = "warrant', "not a TOML file"),
        (b"\xff\xfe", "not a TOML file"),
        (b'basis = "consent"\nreference = "A. Lima"\nexpires = 2026-12-31\n', "expires"),
        (b'basis = "warrant"\nreference = "Order"\nissuer = "Court"\nuntil = 2026-12-31\n', "without zone"),
        (b'basis = "warrant"\nreference = "Order"\nissuer = "Court"\nuntil = 2026-12-31T00:00:00\n', "without zone"),
        (b'basis = "consent"\n', "what it rests on"),
        (b"", "missing"),
        (b"basis = []\nreference = 1\n", "unknown basis"),
    ],
)
def test_a_bad_file_is_refused_with_an_example(tmp_path: Path, content: bytes, words: str):
    file = tmp_path / "authorization.toml"
    file.write_bytes(content)
    with pytest.raises(AuthorizationError) as caught:
        completed(from_file(file))
    assert words in caught.value.what
    assert caught.value.remedy


def test_a_scope_that_names_a_folder_covers_that_folder_and_no_other():
    granted = completed(AuthorizationGiven(basis="consent", reference="A. Lima"))
    assert [covers(granted, material=place) for place in ("/seized/phone", "/seized/phone/dcim", "/seized/phone2", "/seized", "/home")] == [
        True, True, False, False, False,
    ]  # fmt: skip
    in_words = completed(AuthorizationGiven(basis="consent", reference="A. Lima", scope="her mailbox and telephone"))
    assert covers(in_words, material="/anywhere")
    assert covers(complete(AuthorizationGiven(basis="consent", reference="x"), material="/", authority="U", at=AT), material="/seized")
