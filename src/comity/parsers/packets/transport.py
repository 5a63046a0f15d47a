"""The TCP, UDP and ICMP packets of a run of records, a column per property, each with the conversation it belongs to.

Source: RFC 9293, RFC 768, RFC 792, RFC 4443; for the two ends of an ICMP conversation Zeek's conn.log (the type, and the type that
answers it or else the code).
"""

# ruff: noqa: PLR2004 - numbers of the formats, where the standards named above have them

from dataclasses import dataclass

import numpy as np
import polars as pl

from comity.parsers.packets.datagram import CUT_HEADER, datagrams
from comity.parsers.packets.fragment import Fragments
from comity.parsers.packets.numbers import MARGIN, Numbers, Places
from comity.parsers.packets.record import Records

TCP, UDP, ICMP, ICMP6, SCTP = 6, 17, 1, 58, 132
FIN, SYN, RST, ACK = 1, 2, 4, 16
FRAGMENT, BAD_TRANSPORT = -21, -22
"""Beside the verdicts of `datagram`: a fragment; a transport header that contradicts itself."""

KEY = ("version", "protocol", "a.high", "a.low", "a.port", "b.high", "b.low", "b.port", "one_way")
"""What tells a conversation: its two ends, the smaller as `a`; where nothing answers (`one_way`) the sender is `a`."""

_COUNTERPARTS = {
    ICMP: {8: 0, 0: 8, 13: 14, 14: 13, 15: 16, 16: 15, 10: 9, 9: 10, 17: 18, 18: 17},
    ICMP6: {128: 129, 129: 128, 133: 134, 134: 133, 135: 136, 136: 135, 130: 131, 131: 130, 139: 140, 140: 139, 144: 145, 145: 144},
}
_HEADERS = {TCP: 20, UDP: 8, ICMP: 8, ICMP6: 8}
_ODD = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Packets:
    """The packets of a run (KEY and the columns of `_columns`, in order), the buffer they lie in, a verdict on each record."""

    frame: pl.DataFrame
    numbers: Numbers
    verdict: Places


def packets(records: Records, fragments: Fragments) -> Packets:
    """Return what conversations are made of, with those packets that `fragments` becomes whole by."""
    frame, verdict = datagrams(records)
    numbers = records.numbers
    frame = frame.with_columns(
        pl.Series("begin", records.begin[frame["row"].to_numpy()]), pl.Series("finish", records.end[frame["row"].to_numpy()])
    )
    if frame["piece"].max() not in (None, -1):
        cut = frame.filter(pl.col("piece") >= 0)
        verdict[cut["row"].to_numpy()] = FRAGMENT
        numbers, mended = _mended(numbers, cut, fragments)
        frame = pl.concat([frame.filter(pl.col("piece") < 0), mended]).sort("row", maintain_order=True)
    frame, judged = _columns(numbers, frame)
    bad = judged != 1
    verdict[frame["row"].to_numpy()[bad]] = judged[bad]
    frame = frame.filter(~bad)
    rows = frame["row"].to_numpy()
    frame = frame.with_columns(pl.Series("time", records.time[rows]), pl.Series("precision", records.precision[rows]))
    return Packets(frame, numbers, verdict)


def _mended(numbers: Numbers, cut: pl.DataFrame, fragments: Fragments) -> tuple[Numbers, pl.DataFrame]:
    """Return the buffer with the payloads of packets made whole behind it, and those packets."""
    data = numbers.data[:-MARGIN]
    payloads: list[bytes] = []
    size = len(data)
    rows: list[dict[str, object]] = []
    for row in cut.iter_rows(named=True):
        identity = (
            row["version"],
            row["protocol"] if row["version"] == 4 else 0,
            row["source.high"],
            row["source.low"],
            row["target.high"],
            row["target.low"],
            row["identity"],
        )
        payload = data[row["at"] : row["end"]]
        whole = fragments.add(identity, offset=row["piece"], more=row["more"], payload=payload, place=(row["begin"], row["finish"]))
        if whole is not None:
            length = len(whole.payload)
            header = row["total"] - row["length"]
            place = {
                "at": size,
                "end": size + length,
                "length": length,
                "total": header + length,
                "begin": whole.begin,
                "finish": whole.end,
            }
            rows.append(row | place | {"piece": -1})
            payloads.append(whole.payload)
            size += length
    if payloads:
        numbers = Numbers(data + b"".join(payloads) + bytes(MARGIN))
    return numbers, pl.DataFrame(rows, schema=cut.schema)


def _columns(numbers: Numbers, frame: pl.DataFrame) -> tuple[pl.DataFrame, Places]:
    """Return `frame` with ports, TCP's fields, the payload's place and sizes, and KEY; and 1 for each packet that is well-formed."""
    at, end, length, protocol = (frame[name].to_numpy() for name in ("at", "end", "length", "protocol"))
    size = len(at)
    is_tcp, is_udp, is_icmp = protocol == TCP, protocol == UDP, (protocol == ICMP) | (protocol == ICMP6)
    least = np.select([is_tcp, is_udp | is_icmp], [_HEADERS[TCP], _HEADERS[UDP]], 0)
    judged = np.ones(size, np.int64)
    judged[length < least] = BAD_TRANSPORT
    judged[(length >= least) & (end - at < least)] = CUT_HEADER
    header = np.where(is_tcp, (numbers.octet(np.minimum(at + 12, end)) >> 4) * 4, least)
    judged[is_tcp & (judged == 1) & ((header < _HEADERS[TCP]) | (header > length))] = BAD_TRANSPORT
    written = numbers.short(np.minimum(at + 4, end))
    payload = np.where(is_udp & (written >= _HEADERS[UDP]) & (written <= length), written, length) - header
    ported = is_tcp | is_udp | (protocol == SCTP)
    source, target = (np.where(ported, numbers.short(np.minimum(at + field, end)), 0) for field in (0, 2))
    one_way = ~(ported | is_icmp) & False
    if is_icmp.any():
        kind, code = numbers.octet(np.minimum(at, end)), numbers.octet(np.minimum(at + 1, end))
        for number, answers in _COUNTERPARTS.items():
            table = np.full(256, -1, np.int64)
            table[list(answers)] = list(answers.values())
            here = protocol == number
            answer = table[kind]
            one_way |= here & (answer < 0)
            source, target = np.where(here, kind, source), np.where(here, np.where(answer < 0, code, answer), target)
    frame = frame.with_columns(
        pl.Series("payload", at + header),
        pl.Series("captured", np.clip(end - at - header, 0, payload)),
        pl.Series("size", payload),
        pl.Series("flags", np.where(is_tcp, numbers.octet(np.minimum(at + 13, end)), 0)),
        pl.Series("seq", np.where(is_tcp, numbers.word(np.minimum(at + 4, end)), 0)),
        pl.Series("ack", np.where(is_tcp, numbers.word(np.minimum(at + 8, end)), 0)),
        pl.Series("window", np.where(is_tcp, numbers.short(np.minimum(at + 14, end)), -1)),
        pl.Series("source.port", source),
        pl.Series("target.port", target),
        pl.Series("one_way", one_way),
    )
    return _keyed(frame), judged


def _keyed(frame: pl.DataFrame) -> pl.DataFrame:
    """Return `frame` with KEY, `backward` (whether `b` sent the packet) and a number `mixed` from KEY, equal where KEY is."""
    high, low, port = (frame[f"source.{name}"].to_numpy() for name in ("high", "low", "port"))
    other_high, other_low, other_port = (frame[f"target.{name}"].to_numpy() for name in ("high", "low", "port"))
    below = (high == other_high) & ((low > other_low) | ((low == other_low) & (port > other_port)))
    backward = ((high > other_high) | below) & ~frame["one_way"].to_numpy()
    columns = {
        "a.high": np.where(backward, other_high, high),
        "a.low": np.where(backward, other_low, low),
        "a.port": np.where(backward, other_port, port),
        "b.high": np.where(backward, high, other_high),
        "b.low": np.where(backward, low, other_low),
        "b.port": np.where(backward, port, other_port),
    }
    mixed = frame["protocol"].to_numpy().astype(np.uint64) << np.uint64(4) | frame["version"].to_numpy().astype(np.uint64)
    for column in columns.values():
        mixed = (mixed ^ column.astype(np.uint64)) * _ODD
        mixed ^= mixed >> np.uint64(29)
    return frame.with_columns(
        *(pl.Series(name, column) for name, column in columns.items()), pl.Series("backward", backward), pl.Series("mixed", mixed)
    )
