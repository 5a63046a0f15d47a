"""What a CSV statement leaves unsaid: the profile that makes payments of its records, guessed from them and said why."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from comity.parsers.contract import Inferred
from comity.parsers.statements.records import Layout
from comity.parsers.statements.vocabulary import Role
from comity.terms.canonical import canonical

UNKNOWN: Final = "unknown"
ON_TOP, WITHIN = "on top of the amount", "in the amount"
SIGNED, INDICATOR, TWO_COLUMNS, ALL_CREDITS, ALL_DEBITS = "signed", "indicator", "two columns", "all credits", "all debits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preamble:
    """What stands above the records about the account: values as written, None where nothing is said."""

    account: str | None = None
    owner: str | None = None
    currency: str | None = None
    opening: str | None = None
    closing: str | None = None
    start: str | None = None
    end: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How records become payments.

    `columns` gives the role of each column, "" for none. `order` is dmy, mdy or unknown for dates with two ways to read them; `point`
    the decimal mark, "" when no amount has one, unknown when it cannot be told; `sign` how the direction is said; `fee` whether amounts
    of the fee column come on top of the others or are in them; `debits_negative` whether amounts in the debit column carry a minus;
    `zone` is "UTC" when the heading says so. `head` is the number of bytes before the first record and `head_digest` their SHA-256.
    """

    layout: Layout
    head: int
    head_digest: str
    columns: tuple[str, ...]
    order: str
    point: str
    sign: str
    debits_negative: bool = False
    zone: str = ""
    currency: str | None = None
    fee: str = ""
    preamble: Preamble = field(default_factory=Preamble)

    def column(self, role: Role) -> int | None:
        """Return the index of the first column with `role`, None when there is none."""
        return self.columns.index(role) if role in self.columns else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """A profile and, for each thing guessed, why."""

    profile: Profile
    why: Mapping[str, str]


def to_facts(guess: Guess, headings: Sequence[str]) -> tuple[Inferred, ...]:
    """Return the guess as facts to record and show; `from_facts` leads back to the profile."""
    profile = guess.profile
    values = {
        "encoding": profile.layout.encoding,
        "line end": {"\n": "LF", "\r": "CR"}[profile.layout.newline],
        "delimiter": profile.layout.delimiter,
        "head": f"{profile.head} bytes, SHA-256 {profile.head_digest}",
        "columns": canonical([[role, heading] for role, heading in zip(profile.columns, headings, strict=True)]).decode(),
        "date order": profile.order,
        "decimal mark": profile.point,
        "direction": profile.sign + (", debits negative" if profile.debits_negative else ""),
        "zone": profile.zone or UNKNOWN,
        "currency": profile.currency or UNKNOWN,
        **({"fee": profile.fee} if profile.fee else {}),
        "account": canonical({name: getattr(profile.preamble, name) for name in Preamble.__slots__}).decode(),
    }
    return tuple(
        Inferred(name=name, value=value, why=guess.why.get(name, "read from the file's first records")) for name, value in values.items()
    )


def from_facts(facts: Sequence[Inferred]) -> Profile:
    """Return the profile recorded as `facts`."""
    values = {fact.name: fact.value for fact in facts}
    size, _, digest = values["head"].partition(" bytes, SHA-256 ")
    sign, _, negative = values["direction"].partition(", ")
    return Profile(
        layout=Layout(
            encoding=values["encoding"], newline={"LF": "\n", "CR": "\r"}[values["line end"]], delimiter=values["delimiter"]
        ),
        head=int(size),
        head_digest=digest,
        columns=tuple(role for role, _ in json.loads(values["columns"])),
        order=values["date order"],
        point=values["decimal mark"],
        sign=sign,
        debits_negative=bool(negative),
        zone="" if values["zone"] == UNKNOWN else values["zone"],
        currency=None if values["currency"] == UNKNOWN else values["currency"],
        fee=values.get("fee", ""),
        preamble=Preamble(**json.loads(values["account"])),
    )  # fmt: skip


def digest(head: bytes) -> str:
    """Return the SHA-256 of the bytes before the first record, by which a whole file is told from a record cut out of it."""
    return hashlib.sha256(head).hexdigest()
