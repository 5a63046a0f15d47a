"""Timestamps of a case: a request over a ledger entry, and the authority's answer, verified, kept and entered.

An entry's time stamp covers all entries before it, since each names the one before. Nothing is sent from here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from comity.casework.folder import Folder
from comity.casework.open_case import Actor
from comity.casework.outgoing import read_small, require_free, write_new
from comity.evidence.acquisition import ACQUIRED
from comity.exchange import timestamp_token
from comity.exchange.timestamp_token import Algorithm, Token
from comity.ledger import Entry, encode
from comity.terms.digest import Digest
from comity.terms.errors import PeerError, StateError
from comity.terms.instant import format_instant

REQUESTED = "timestamp:requested"
RECEIVED = "timestamp:received"
_LARGEST_TRUST = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What was taken in: the token, the entry it is of, the ledger entry that records it, and the name of the kept answer."""

    token: Token
    entry: int
    recorded: int
    name: str


def newest_acquisition(entries: Sequence[Entry]) -> int:
    """Return the number of the entry of the newest acquisition; StateError without one."""
    numbers = [entry.number for entry in entries if entry.event == ACQUIRED]
    if not numbers:
        raise StateError("nothing was acquired in this case yet", remedy="Run `comity investigate` first.")
    return numbers[-1]


def request_timestamp(folder: Folder, *, entry: int | None, algorithm: Algorithm, output: Path) -> int:
    """Write to `output` a request to stamp ledger entry `entry` (the newest when None), enter it, and return its number.

    Only a digest and a random number are in the request. StateError when there is no such entry, or `output` exists.
    """
    require_free(output)
    with folder.locked("comity timestamp"):
        return enter_request(folder, Actor(folder), entry=entry, algorithm=algorithm, output=output)


def enter_request(folder: Folder, act: Actor, *, entry: int | None, algorithm: Algorithm, output: Path) -> int:
    """Do what `request_timestamp` does, for a caller that holds the case."""
    entries = folder.entries()
    number = len(entries) if entry is None else entry
    if not 1 <= number <= len(entries):
        raise StateError(f"there is no ledger entry {number}", remedy=f"The ledger has {len(entries)} entries.")
    stamped = entries[number - 1]
    request = timestamp_token.request(encode(stamped), algorithm=algorithm)
    act(
        REQUESTED,
        authorization=None,
        object={"entry": number, "sha256": stamped.digest.hex},
        result={
            "algorithm": algorithm.value,
            "imprint": request.imprint,
            "nonce": f"{request.nonce:x}",
            "request_sha256": Digest.of(request.data).hex,
        },
    )
    write_new(output, request.data)
    return number


def take_answer(folder: Folder, answer: Path, *, trust: Path) -> Received:
    """Verify the authority's answer against the request in the ledger and the certificates in `trust`, keep and enter it.

    PeerError when it answers no request of this case, refuses, is of something else or does not hold; then nothing changes.
    """
    data = read_small(answer, most=timestamp_token.LARGEST_ANSWER)
    pem = read_small(trust, most=_LARGEST_TRUST)
    certificates = timestamp_token.certificates(pem, where=str(trust))
    imprint, nonce = timestamp_token.answered(data)
    with folder.locked("comity timestamp"):
        entries = folder.entries()
        asked = _request(entries, imprint=imprint, nonce=nonce)
        number = asked.object["entry"]
        if not isinstance(number, int) or not 1 <= number < asked.number:
            raise PeerError(f"ledger entry {asked.number} does not name the entry it asked for")
        token = timestamp_token.verify(data, message=encode(entries[number - 1]), nonce=nonce, trust=certificates)
        names = {f"kept/{Digest.of(data)}.tsr": data, f"kept/{Digest.of(pem)}.pem": pem}
        for name, content in names.items():
            folder.store.put_if_absent(name, content)
        kept, trusted = names
        recorded = Actor(folder)(
            RECEIVED,
            authorization=None,
            object={"entry": number, "requested": asked.number, "token": kept, "trust": trusted},
            result={
                "time": format_instant(token.at),
                "accuracy_microseconds": token.accuracy,
                "authority": token.authority,
                "policy": token.policy,
                "serial": f"{token.serial:x}",
                "kept": {name: Digest.of(content).hex for name, content in names.items()},
            },
        )
    return Received(token=token, entry=number, recorded=recorded.number, name=kept)


def _request(entries: Sequence[Entry], *, imprint: str, nonce: int) -> Entry:
    for entry in entries:
        if entry.event == REQUESTED and (entry.result.get("imprint"), entry.result.get("nonce")) == (imprint, f"{nonce:x}"):
            return entry
    raise PeerError(
        "the timestamp answers no request of this case: its digest, or the number that must come back, is another",
        remedy="Name the answer to a request that `comity timestamp` made in this case.",
    )
