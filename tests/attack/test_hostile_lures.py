"""Messages made to stall the analysis: long, deep and repeated input is judged in bounded time."""

import time

import polars as pl
import pyarrow as pa
import pytest
from publicsuffixlist import PublicSuffixList

from comity.analysis import indicators, phishing
from comity.observables import EVENT, HOP, LINK, MESSAGE, PAYMENT

SUFFIXES = PublicSuffixList()
BUDGET = 3.0  # seconds of processor time for one message; a stalled pattern takes minutes

HOSTILE = {
    "spaced": "a " * 32_768,
    "dots": "a." * 32_768,
    "at signs": "a@" * 32_768,
    "addresses": "a@b.example " * 5_000,
    "brackets": "{{" * 32_768,
    "hidden": "\u200b" * 65_536,
    "marks": "e" + "\u0301" * 65_000,
    "forwarded": "From: " * 10_000 + "\nSubject:" * 5_000,
    "forwarded lines": ("> " * 6 + "From: x\n") * 8_000,
    "accounts": "DE63 9999 " * 6_000,
    "digits": "1" * 65_536,
    "colons": ":" * 65_536,
    "percent": "%41" * 20_000,
}


def table(kind, records):
    filled = [{"trace.exhibit": "1", "trace.member": "", "trace.offset": 0, "trace.length": 1, **record} for record in records]
    return pl.from_arrow(pa.Table.from_pylist(filled, schema=kind.schema)).lazy()


@pytest.mark.parametrize("name", HOSTILE)
def test_one_message_takes_bounded_time(name):
    text = HOSTILE[name]
    message = {"from.address": f"{text[:900]}@{text[:900]}", "from.display_name": text[:2_000], "subject": f"Fwd: {text[:2_000]}", "body.text": text, "body.html": True, "list_id": text[:900], "message_id": text[:900]}  # fmt: skip
    links = [{"message.offset": 0, "url.full": prefix + text[:8_000], "url.domain": host, "text": text[:256], "source": "html_anchor"} for prefix in ("http://", "mailto:", "javascript:", "http://[", "") for host in (text[:300], "evil.example", None)] * 20  # fmt: skip
    mail, hops, link = (
        table(MESSAGE, [message]),
        table(HOP, [{"message.offset": 0, "from.domain": text[:900], "by.domain": text[:900], "from.ip": text[:60]}]),
        table(LINK, links),
    )
    before = time.process_time()
    phishing.find(mail, hops, link, suffixes=SUFFIXES)
    indicators.sightings(
        indicators.places(
            messages=mail,
            hops=hops,
            links=link,
            events=table(EVENT, [{"message": text, "url.original": text}]),
            payments=table(PAYMENT, []),
        )
    )
    assert time.process_time() - before < BUDGET


def test_a_mailbox_of_many_domains_is_compared_in_bounded_time():
    # three messages each make a domain known, so that each is compared with each
    names = [{"from.address": f"x@firm{n // 3:04}abcdef.example", "trace.offset": n, "message_id": str(n)} for n in range(4_500)]
    before = time.process_time()
    phishing.find(table(MESSAGE, names), table(HOP, []), table(LINK, []), suffixes=SUFFIXES)
    assert time.process_time() - before < 20
