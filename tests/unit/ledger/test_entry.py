"""Entries: one act, one sequence of bytes."""

import json
from datetime import UTC, datetime

import pytest

from comity.ledger import Entry, decode, encode
from comity.terms.digest import ZERO
from comity.terms.errors import IntegrityError

ENTRY = Entry(
    number=1,
    previous=ZERO,
    at=datetime(2026, 11, 23, 14, 5, tzinfo=UTC),
    event="case:opened",
    performer="Unit 7",
    instrument="comity 0.1.0",
    authorization=None,
    object={"title": "é\u2028"},
    result={},
    salt="5a" * 16,
)


def test_round_trip_and_plain_sha256():
    data = encode(ENTRY)
    assert decode(data, where="entry") == ENTRY
    assert data == (
        b'{"at":"2026-11-23T14:05:00Z","authorization":null,"event":"case:opened","instrument":"comity 0.1.0","number":1,'
        b'"object":{"title":"\xc3\xa9\xe2\x80\xa8"},"performer":"Unit 7","previous":"'
        + b"0" * 64
        + b'","result":{},"salt":"'
        + b"5a" * 16
        + b'"}'
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"number":1', b'"number":1.0'),
        (b'"number":1', b'"number":true'),
        (b'"number":1', b'"number": 1'),
        (b'"number":1', b'"number":0'),
        (b'"number":1', b'"number":1,"number":1'),
        (b'"number":1', b'"number":' + b"1" * 5000),
        (b'"result":{}', b'"result":[]'),
        (b'"result":{}', b'"result":{},"more":1'),
        (b',"result":{}', b""),
        (b'"result":{}', b'"result":{"a":NaN}'),
        (b'"result":{}', b'"result":{"a":"\\ud800"}'),
        (b'"result":{}', b'"result":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
        (b"14:05:00Z", b"14:05:00.000Z"),
        (b"14:05:00Z", b"14:05:00+00:00"),
        (b"14:05:00Z", b"14:05:00"),
        (b"case:opened", b"Case opened"),
        (b'"authorization":null', b'"authorization":1'),
        (b"\xc3\xa9", b"\xe9"),
        (b"\xc3\xa9", b"\\u00e9"),
        (b"}", b"}\n"),
    ],
)
def test_other_spellings_are_refused(old: bytes, new: bytes):
    data = encode(ENTRY)
    changed = data.replace(old, new) if old != b"}" else data + b"\n"
    assert changed != data
    with pytest.raises(IntegrityError, match="entry 1"):
        decode(changed, where="entry 1")


def test_keys_in_another_order_are_refused():
    shuffled = json.dumps(dict(reversed(json.loads(encode(ENTRY)).items())), ensure_ascii=False, separators=(",", ":")).encode()
    with pytest.raises(IntegrityError, match="canonical"):
        decode(shuffled, where="entry 1")
