"""Messages read per CPU-second: Comity beside the standard library's `email` with its two policies.

    python benchmarks/mail.py FOLDER [--repeat N]

FOLDER holds .eml and .mbox files (searched to any depth). Comity does all of its work (header, hops, parts, visible text,
links, Arrow rows); the peers parse, then decode each header and each part's content, since they parse lazily. All read the
same bytes, already in memory; CPU time of this process, the best of N rounds.
"""

import argparse
import email
import email.message
import email.policy
import io
import platform
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from comity.parsers import mail_message, mailbox
from comity.parsers.contract import Rows, Source


def messages_in(folder: Path) -> list[bytes]:
    """Every message as bytes of its own; those of a mailbox without their separator line."""
    found: list[bytes] = []
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".eml":
            found.append(path.read_bytes())
        elif path.suffix == ".mbox":
            data = path.read_bytes()
            places = mailbox.messages(Source(stream=io.BytesIO(data), size=len(data), name=path.name), [])
            found += [data[offset : offset + length].partition(b"\n")[2] for offset, length in places]
    return found


def comity(material: Sequence[bytes]) -> int:
    rows = 0
    for data in material:
        for item in mail_message.PARSER.read(Source(stream=io.BytesIO(data), size=len(data), name=""), inferred=()):
            rows += item.batch.num_rows if isinstance(item, Rows) else 0
    return rows


def comity_mailbox(material: Sequence[bytes]) -> int:
    """The same in one mailbox file, where rows of many messages share a record batch."""
    line = b"From a@b.example Mon Nov  2 10:00:00 2026\n"
    data = b"".join(line + message.rstrip() + b"\n\n" for message in material)
    rows = 0
    for item in mailbox.PARSER.read(Source(stream=io.BytesIO(data), size=len(data), name=""), inferred=()):
        rows += item.batch.num_rows if isinstance(item, Rows) else 0
    return rows


def library(policy: email.policy.Policy) -> Callable[[Sequence[bytes]], int]:
    def run(material: Sequence[bytes]) -> int:
        failed = 0
        for data in material:
            try:
                message = email.message_from_bytes(data, policy=policy)
                for part in message.walk():
                    for value in part.values():
                        str(value)
                    part.get_payload(decode=True)
            except Exception:  # noqa: BLE001 - the peer's failures are what is counted
                failed += 1
        return failed

    return run


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--repeat", type=int, default=3)
    options = arguments.parse_args()
    material = messages_in(options.folder)
    if not material:
        sys.exit(f"{options.folder} holds no .eml or .mbox file")
    size = sum(map(len, material))
    print(f"{len(material)} messages, {size / 1e6:.1f} MB; Python {platform.python_version()}; CPU-seconds, best of {options.repeat}")
    peers = (
        ("comity, file by file", comity),
        ("comity, one mailbox", comity_mailbox),
        ("email, compat32 policy", library(email.policy.compat32)),
        ("email, default (modern) policy", library(email.policy.default)),
    )
    rates: dict[str, float] = {}
    for name, run in peers:
        spent = []
        for _ in range(options.repeat):
            begun = time.process_time()
            result = run(material)
            spent.append(time.process_time() - begun)
        rates[name] = len(material) / min(spent)
        note = f"{result} rows" if name.startswith("comity") else f"{result} messages raised an exception"
        print(f"  {name:32} {rates[name]:8.0f} messages/CPU-s  {size / 1e6 / min(spent):6.1f} MB/CPU-s  ({note})")
    ours = rates["comity, file by file"]
    modern, legacy = rates["email, default (modern) policy"], rates["email, compat32 policy"]
    print(f"ratio to email's modern policy: {ours / modern:.1f}; to compat32, which leaves headers undecoded: {ours / legacy:.2f}")


if __name__ == "__main__":
    main()
