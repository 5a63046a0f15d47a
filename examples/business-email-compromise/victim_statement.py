"""The victim's bank statements: five months of its euro account as ISO 20022 camt.053."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from xml.sax.saxutils import escape

import story
from ground import Piece
from story import Account

_OPENING = 612_480_25
_MONTHS = (6, 7, 8, 9, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One booking seen from the victim's account: negative is money out."""

    booked: datetime
    minor: int
    other: Account | None
    purpose: str
    name: str = ""
    label: str = ""


def bookings(rng: random.Random) -> list[Entry]:
    """Return the bookings in order of time."""
    entries = []
    for month in _MONTHS:
        entries += _regular(month, rng)
    entries += [
        _paid(story.SUPPLIER_ACCOUNT, "2026-06-26T14:10:05", 41_280_00, "HP-2026-0611"),
        _paid(story.SUPPLIER_ACCOUNT, "2026-07-28T15:31:40", 38_900_00, "HP-2026-0714"),
        _paid(story.SUPPLIER_ACCOUNT, "2026-08-27T13:02:18", 52_640_00, "HP-2026-0812"),
        _paid(
            story.MULE_ACCOUNT, story.FIRST_PAYMENT, story.FIRST_AMOUNT, story.FIRST_INVOICE, name="Hansa Pumpen GmbH", label="fraudulent"
        ),
        _paid(
            story.MULE_ACCOUNT,
            story.SECOND_PAYMENT,
            story.SECOND_AMOUNT,
            story.SECOND_INVOICE,
            name="Hansa Pumpen GmbH",
            label="fraudulent",
        ),
    ]
    for month, account in ((6, "old"), (7, "old"), (8, "new"), (9, "new")):
        cables = story.CABLES_OLD_ACCOUNT if account == "old" else story.CABLES_NEW_ACCOUNT
        label = "announced_change" if month == 8 else ""
        entries.append(_paid(cables, f"2026-{month:02d}-18T17:20:33", 7_400_00 + month * 133_10, f"CS-{month:02d}26", label=label))
    return sorted(entries, key=lambda entry: (entry.booked, entry.purpose))


def _paid(account: Account, booked: str | datetime, minor: int, invoice: str, *, name: str = "", label: str = "") -> Entry:
    when = story.at(booked) if isinstance(booked, str) else booked
    return Entry(booked=when, minor=-minor, other=account, purpose=f"Invoice {invoice}", name=name, label=label)


def _regular(month: int, rng: random.Random) -> list[Entry]:
    """Return what comes every month: customers, rent, freight, wages, fees, a transfer between the firm's own accounts."""

    def day(number: int, hour: int) -> datetime:
        return datetime(2026, month, number, hour, rng.randrange(60), rng.randrange(60), tzinfo=story.UTC)

    entries = [
        Entry(booked=day(2, 12), minor=-12_800_00, other=story.LANDLORD_ACCOUNT, purpose=f"Aluguel {month:02d}/2026", label="rent"),
        Entry(
            booked=day(1, 13), minor=rng.randrange(90_000_00, 160_000_00), other=story.CUSTOMER_ACCOUNT, purpose=f"Docagem 26{month:02d}"
        ),
        Entry(booked=day(7, 15), minor=-rng.randrange(900_00, 4_200_00), other=story.FREIGHT_ACCOUNT, purpose=f"Fracht {month:02d}/26"),
    ]
    if month == _MONTHS[-1]:
        return entries
    entries += [
        Entry(booked=day(5, 14), minor=-61_200_00, other=None, purpose=f"Folha de pagamento {month:02d}/2026", label="wages"),
        Entry(
            booked=day(15, 12), minor=rng.randrange(60_000_00, 98_000_00), other=story.CUSTOMER_ACCOUNT, purpose=f"Reparo 26{month:02d}B"
        ),
        Entry(
            booked=day(16, 11),
            minor=-40_000_00,
            other=story.RESERVE_ACCOUNT,
            purpose="Transferência entre contas próprias",
            label="own_account",
        ),
        Entry(booked=day(28, 9), minor=-38_50, other=None, purpose="Tarifa de manutenção"),
    ]
    entries += [
        Entry(
            booked=day(rng.randrange(8, 28), 16),
            minor=-rng.randrange(120_00, 3_900_00),
            other=story.FREIGHT_ACCOUNT,
            purpose=f"Fracht {number}",
        )
        for number in (rng.randrange(1000, 9000) for _ in range(6))
    ]
    return entries


def _amount(minor: int) -> str:
    return f"{abs(minor) // 100}.{abs(minor) % 100:02d}"


def _local(when: datetime) -> str:
    return when.astimezone(story.BRAZIL).isoformat()


def _balance(code: str, minor: int, day: str) -> str:
    return (
        f'      <Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{_amount(minor)}</Amt>'
        f"<CdtDbtInd>{'CRDT' if minor >= 0 else 'DBIT'}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>\n"
    )


def _entry(entry: Entry, number: int) -> str:
    """Return the Ntry element without the white space before it."""
    side, account_side, agent = ("Cdtr", "CdtrAcct", "CdtrAgt") if entry.minor < 0 else ("Dbtr", "DbtrAcct", "DbtrAgt")
    parties, agents = "", ""
    if entry.other:
        name = escape(entry.name or entry.other.owner)
        party = f"<Pty><Nm>{name}</Nm></Pty>"
        parties = (
            f"<RltdPties><{side}>{party}</{side}><{account_side}><Id><IBAN>{entry.other.iban}</IBAN></Id></{account_side}></RltdPties>"
        )
        agents = f"<RltdAgts><{agent}><FinInstnId><BICFI>{entry.other.bic}</BICFI></FinInstnId></{agent}></RltdAgts>"
    return (
        f'<Ntry>\n        <NtryRef>{number}</NtryRef><Amt Ccy="EUR">{_amount(entry.minor)}</Amt>'
        f"<CdtDbtInd>{'CRDT' if entry.minor > 0 else 'DBIT'}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>\n"
        f"        <BookgDt><DtTm>{_local(entry.booked)}</DtTm></BookgDt><ValDt><Dt>{entry.booked:%Y-%m-%d}</Dt></ValDt>"
        f"<AcctSvcrRef>EXPL26{number:06d}</AcctSvcrRef>\n"
        f"        <NtryDtls><TxDtls><Refs><EndToEndId>{escape(entry.purpose.split()[-1])}</EndToEndId></Refs>{parties}{agents}"
        f"<RmtInf><Ustrd>{escape(entry.purpose)}</Ustrd></RmtInf></TxDtls></NtryDtls>\n      </Ntry>"
    )


def statement(rng: random.Random) -> tuple[bytes, list[Piece], bytes]:
    """Return the head of the file, its pieces (entries are labelled), and its tail."""
    pieces, balance, number = [], _OPENING, 0
    entries = bookings(rng)
    for month in _MONTHS:
        own = [entry for entry in entries if entry.booked.month == month]
        first = datetime(2026, month, 1, 3, tzinfo=story.UTC)
        last = datetime(2026, month + 1, 1, 3, tzinfo=story.UTC) if month != _MONTHS[-1] else story.LAST_DAY + timedelta(hours=3)
        closing = balance + sum(entry.minor for entry in own)
        head = (
            f"    <Stmt>\n      <Id>EXPL-471100-2026-{month:02d}</Id><CreDtTm>{_local(last)}</CreDtTm>\n"
            f"      <FrToDt><FrDtTm>{_local(first)}</FrDtTm><ToDtTm>{_local(last)}</ToDtTm></FrToDt>\n"
            f"      <Acct><Id><IBAN>{story.VICTIM_ACCOUNT.iban}</IBAN></Id><Ccy>EUR</Ccy><Ownr><Nm>{story.VICTIM_ACCOUNT.owner}</Nm></Ownr>"
            f"<Svcr><FinInstnId><BICFI>{story.VICTIM_ACCOUNT.bic}</BICFI><Nm>Banco Exemplo SA</Nm></FinInstnId></Svcr></Acct>\n"
        )
        pieces.append(
            Piece(data=(head + _balance("OPBD", balance, f"{first:%Y-%m-%d}") + _balance("CLBD", closing, f"{last:%Y-%m-%d}")).encode())
        )
        for entry in own:
            number += 1
            pieces += [Piece(data=b"      "), Piece(data=_entry(entry, number).encode(), label=entry.label), Piece(data=b"\n")]
        pieces.append(Piece(data=b"    </Stmt>\n"))
        balance = closing
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">\n  <BkToCstmrStmt>\n'
        f"    <GrpHdr><MsgId>EXPL-20261009-1</MsgId><CreDtTm>{_local(story.LAST_DAY)}</CreDtTm></GrpHdr>\n"
    )
    return head.encode(), pieces, b"  </BkToCstmrStmt>\n</Document>\n"
