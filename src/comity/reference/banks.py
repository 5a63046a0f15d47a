"""The bank of an account: its country from the IBAN itself, its name only where a snapshot says so."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from comity.reference import example_world
from comity.reference.holder import Answer, Claim, Dating
from comity.reference.snapshot import Kind, Snapshot
from comity.terms.iban import bank_code, iban_country, normalize_iban


@dataclass(frozen=True, slots=True, kw_only=True)
class Bank:
    """The bank that keeps an account: `country` and `code` stand in the IBAN, `name` and `bic` come from snapshots."""

    country: str
    code: str
    name: Answer
    bic: Answer


def bank_of(iban: str, *, at: datetime, snapshots: Iterable[Snapshot]) -> Bank:
    """Return the bank of `iban` at the instant `at`, as far as `snapshots` say; MaterialError when it is no IBAN.

    No list of the world's banks is shipped: without a snapshot that has the bank its name is unknown.
    """
    normal = normalize_iban(iban)
    country, code = iban_country(normal), bank_code(normal)
    names: list[Claim] = []
    bics: list[Claim] = []
    for snapshot in snapshots:
        if snapshot.kind is not Kind.EXAMPLE:
            continue
        for row in example_world.rows(snapshot.folder, example_world.BANKS):
            if (row["country"], row["bank_code"]) == (country, code):
                names.append(_claim(row["name"], snapshot, at))
                bics.append(_claim(row["bic"], snapshot, at))
    return Bank(country=country, code=code, name=_answer(names), bic=_answer(bics))


def _claim(value: str, snapshot: Snapshot, at: datetime) -> Claim:
    day = at.astimezone(UTC).date()
    nearest = min(max(day, snapshot.first), snapshot.last)
    return Claim(
        value=value, snapshot=snapshot.name, dated=nearest, distance_days=abs((nearest - day) // timedelta(days=1)), sha256=snapshot.sha256
    )


def _answer(claims: Iterable[Claim]) -> Answer:
    known = sorted((claim for claim in claims if claim.value), key=lambda claim: (claim.distance_days, claim.snapshot, claim.value))
    if not known:
        return Answer(dating=Dating.UNKNOWN, claims=())
    best = [claim for claim in known if claim.distance_days == known[0].distance_days]
    if len({claim.value for claim in best}) > 1:
        return Answer(dating=Dating.CONFLICT, claims=tuple(best))
    return Answer(dating=Dating.WITHIN if best[0].distance_days == 0 else Dating.ONE_SIDED, claims=tuple(best))
