"""The receiving account's statement: a CSV export in Lithuanian, as its bank handed it over with the refused recall."""

# ruff: noqa: E501 - texts, log lines and tables of facts are kept whole

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

import story
from ground import Piece
from story import Account

_OPENING = 2_140_55
_CASH_BELOW_THRESHOLD = (
    ("2026-10-05T11:50:14", 9_800_00),
    ("2026-10-05T13:21:40", 9_750_00),
    ("2026-10-06T07:41:03", 9_900_00),
    ("2026-10-06T12:15:55", 9_600_00),
    ("2026-10-07T07:05:31", 9_850_00),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """One booking seen from the receiving account: negative is money out."""

    booked: datetime
    minor: int
    name: str
    account: str
    purpose: str
    label: str = ""


def _transfer(booked: datetime, minor: int, other: Account, purpose: str, label: str = "") -> Booking:
    return Booking(booked=booked, minor=minor, name=other.owner, account=other.iban, purpose=purpose, label=label)


def bookings(rng: random.Random) -> list[Booking]:
    """Return the bookings in order of time: a small trade, and twice a large sum that does not stay."""
    rows = []
    day = story.at("2026-08-03T06:00:00")
    while day < story.LAST_DAY:
        for _ in range(rng.randrange(0, 3)):
            name = rng.choice(("Parduotuvė Aušra", "Degalinė Kelias", "Kavinė Tiltas", "Prekyba internetu"))
            moment = day + timedelta(hours=rng.randrange(1, 12), seconds=rng.randrange(3600))
            rows.append(Booking(booked=moment, minor=-rng.randrange(4_00, 88_00), name=name, account="", purpose="Kortelės operacija"))
        if rng.random() < 0.3:
            moment = day + timedelta(hours=9, seconds=rng.randrange(3600))
            rows.append(
                Booking(booked=moment, minor=rng.randrange(60_00, 640_00), name="Įmoka grynaisiais", account="", purpose="Pardavimai")
            )
        day += timedelta(days=1)
    for month in (8, 9, 10):
        rows.append(_transfer(story.at(f"2026-{month:02d}-05T07:30:00"), -420_00, story.MULE_LANDLORD, f"Nuoma {month:02d}", "rent"))
        rows.append(_transfer(story.at(f"2026-{month:02d}-06T07:31:00"), -90_00, story.MULE_ACCOUNTANT, f"Apskaita {month:02d}"))
    first, second = story.FIRST_ARRIVAL, story.SECOND_ARRIVAL
    rows += [
        _transfer(first, story.FIRST_AMOUNT, story.VICTIM_ACCOUNT, f"Invoice {story.FIRST_INVOICE}", "pass_through_credit"),
        _transfer(first + timedelta(hours=5, minutes=28), -92_000_00, story.ONWARD_ACCOUNT, "Prekės 1609", "pass_through_debit"),
        _transfer(first + timedelta(hours=24, minutes=53), -84_500_00, story.ONWARD_ACCOUNT, "Prekės 1709", "pass_through_debit"),
        _transfer(second, story.SECOND_AMOUNT, story.VICTIM_ACCOUNT, f"Invoice {story.SECOND_INVOICE}", "arrival"),
        _transfer(second + timedelta(hours=4, minutes=6), -43_900_00, story.ONWARD_ACCOUNT, "Prekės 0510", "onward"),
    ]
    rows += [
        Booking(booked=story.at(moment), minor=-minor, name="Grynųjų išėmimas", account="", purpose="Išėmimas kasoje", label="splitting")
        for moment, minor in _CASH_BELOW_THRESHOLD
    ]
    return sorted(rows, key=lambda row: (row.booked, row.minor))


def _number(minor: int) -> str:
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100}.{abs(minor) % 100:02d}".replace(".", ",")


def statement(rng: random.Random) -> tuple[bytes, list[Piece], bytes]:
    """Return the head of the file, its records, and its tail."""
    head = (
        f"\ufeffSąskaitos išrašas\r\nSąskaita;{story.MULE_ACCOUNT.iban}\r\nSąskaitos savininkas;{story.MULE_ACCOUNT.owner}\r\nValiuta;EUR\r\n"
        "Laikotarpis;2026-08-01 - 2026-10-08\r\n\r\n"
        "Data;Gavėjas / Mokėtojas;Kontrahento sąskaita;Mokėjimo paskirtis;Suma;Valiuta;D/K;Likutis;Nuoroda\r\n"
    )
    balance, pieces = _OPENING, []
    for number, row in enumerate(bookings(rng), start=1):
        balance += row.minor
        fields = (
            row.booked.astimezone(story.LITHUANIA).isoformat(), row.name, row.account, row.purpose, _number(abs(row.minor)), "EUR",
            "K" if row.minor > 0 else "D", _number(balance), f"BR26{number:05d}",
        )  # fmt: skip
        pieces.append(Piece(data=(";".join(fields) + "\r\n").encode(), label=row.label))
        if number == 40:
            spoilt = f"{fields[0]};Prekyba internetu;;Kortelės operacija;12..34;EUR;D;;BR26X\r\n"
            pieces.append(Piece(data=spoilt.encode(), label="damaged"))
    return head.encode(), pieces, b""
