"""Law: nothing is opened without a live authorization earlier in the ledger, whatever was granted, revoked and let lapse before."""

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from case_factory import new_case
from comity.casework import derive as deriving
from comity.casework.open_case import Actor
from comity.casework.progress import Silent
from comity.evidence.acquisition import acquire
from comity.evidence.authorization import GRANTED, REVOKED, Authorization, Basis, encode
from comity.ledger import Entry
from comity.terms.errors import AuthorizationError
from comity.terms.instant import parse_instant
from comity.terms.period import Period
from investigated_case import Investigated

START = datetime(2026, 11, 23, tzinfo=UTC)
NEED_ONE = (
    "acquisition:begun",
    "acquisition:resumed",
    "exhibits:acquired",
    "records:derived",
    "findings:derived",
    "request:drafted",
    "requests:prepared",
)


def unauthorized(entries: Sequence[Entry]) -> list[str]:
    """The acts in `entries` that no earlier entry allows at their instant. The rule, said plainly."""
    bad = []
    for entry in entries:
        if entry.event not in NEED_ONE:
            continue
        ground = entries[entry.authorization - 1] if entry.authorization else None
        before = entries[: entry.number - 1]
        if ground is None or ground.event != GRANTED or ground not in before:
            bad.append(f"{entry.number} {entry.event}: no authorization before it")
            continue
        start, until = parse_instant(ground.object["from"]), ground.object["until"]
        if not (start <= entry.at and (until is None or entry.at < parse_instant(until))):
            bad.append(f"{entry.number} {entry.event}: not in its period")
        if any(one.event == REVOKED and one.object["entry"] == ground.number for one in before):
            bad.append(f"{entry.number} {entry.event}: revoked before")
    return bad


class Acting(RuleBasedStateMachine):
    """A case in which people grant, revoke, wait and acquire in any order."""

    @initialize()
    def open_case(self) -> None:
        self.place = Path(mkdtemp(prefix="acts-"))
        self.material = self.place / "material"
        self.material.mkdir()
        self.folder = new_case(self.place / "case", authorization=None)
        self.clock = START
        self.files = 0
        self.grants: dict[int, Period] = {}

    @property
    def append(self) -> partial:
        return partial(self.folder.append, performer="Unit 7", at=self.clock)

    @rule(begins=st.integers(-5, 5), lasts=st.none() | st.integers(1, 9), basis=st.sampled_from(Basis))
    def grant(self, begins: int, lasts: int | None, basis: Basis) -> None:
        start = self.clock + timedelta(hours=begins)
        lasts = 3 if lasts is None and basis in (Basis.WARRANT, Basis.EMERGENCY) else lasts
        period = Period(start=start, end=None if lasts is None else start + timedelta(hours=lasts))
        authorization = Authorization(basis=basis, reference="r", issuer="i", scope="s", period=period)
        entry = self.append(GRANTED, authorization=None, object=encode(authorization), result={})
        self.grants[entry.number] = period

    @rule(which=st.integers(0, 20))
    def revoke(self, which: int) -> None:
        if self.grants:
            number = sorted(self.grants)[which % len(self.grants)]
            self.append(REVOKED, authorization=None, object={"entry": number}, result={})
            del self.grants[number]

    @rule(hours=st.integers(1, 6))
    def wait(self, hours: int) -> None:
        self.clock += timedelta(hours=hours)

    @rule()
    def acquire(self) -> None:
        self.files += 1
        (self.material / f"f{self.files}").write_bytes(b"%d" % self.files)
        held = any(self.clock in period for period in self.grants.values())
        kept = {path for path in (self.place / "case").rglob("*") if path.is_file()}
        act = partial(acquire, self.material, store=self.folder.store, entries=self.folder.entries(), append=self.append, at=self.clock)
        with self.folder.locked("test"):
            if held:
                assert act().count >= 1
            else:
                with pytest.raises(AuthorizationError):
                    act()
                assert {path for path in (self.place / "case").rglob("*") if path.is_file()} - kept <= {self.place / "case" / "lock"}

    @invariant()
    def every_act_was_allowed(self) -> None:
        assert unauthorized(self.folder.entries()) == []

    def teardown(self) -> None:
        shutil.rmtree(self.place, ignore_errors=True)


TestActing = Acting.TestCase
TestActing.settings = settings(max_examples=40, stateful_step_count=14, deadline=None)


def test_every_act_of_an_investigation_names_a_live_authorization(investigated: Investigated) -> None:
    entries = investigated.folder.entries()
    assert {entry.event for entry in entries} >= {"acquisition:begun", "exhibits:acquired", "records:derived", "request:drafted"}
    assert unauthorized(entries) == []


def test_the_rule_notices(investigated: Investigated) -> None:
    """The check above is worth something: without the grant, every act stands out."""
    robbed = [entry for entry in investigated.folder.entries() if entry.event != GRANTED]
    renumbered = [entry for entry in robbed if entry.event in NEED_ONE]
    assert len(unauthorized([*robbed])) == len(renumbered) > 5


@pytest.mark.parametrize("period", [Period(start=START - timedelta(9), end=START - timedelta(1)), Period(start=START + timedelta(1)), None])
def test_nothing_is_read_of_what_was_preserved_once_it_no_longer_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, investigated: Investigated, period: Period | None
) -> None:
    """The clock is set after the acquisition: to when its authorization has ended, has not begun, or was revoked."""
    held = Period(start=START, end=START + timedelta(hours=1)) if period is None else period
    authorization = Authorization(basis=Basis.CONSENT, reference="r", issuer="i", scope="s", period=held)
    folder = new_case(tmp_path / "case", authorization=authorization)
    append = partial(folder.append, performer="Unit 7", at=START)
    with folder.locked("test"):
        acquire(investigated.material / "mail", store=folder.store, entries=folder.entries(), append=append, at=held.start)
        if period is None:
            append(REVOKED, authorization=None, object={"entry": 2}, result={})
        before = folder.entries()
        monkeypatch.setattr(deriving, "now", lambda: START)
        with pytest.raises(AuthorizationError):
            deriving.derive(folder, Actor(folder), example_world=None, jobs=1, heuristics=True, progress=Silent())
    assert folder.entries() == before
    assert list((tmp_path / "case" / "derived").iterdir()) == []


@pytest.mark.parametrize("basis", [Basis.WARRANT, Basis.EMERGENCY])
def test_no_open_period_where_the_law_wants_an_end(basis: Basis) -> None:
    with pytest.raises(ValueError, match="without an end"):
        Authorization(basis=basis, reference="r", issuer="i", scope="s", period=Period(start=START))
