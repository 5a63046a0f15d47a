"""The public suffix list: where a domain name's registrable part begins."""

from collections.abc import Iterable

from comity.reference.snapshot import Kind, Snapshot
from comity.terms.errors import ReferenceDataError


def suffix_list(snapshots: Iterable[Snapshot]) -> tuple[bytes, Snapshot]:
    """Return the newest public suffix list among `snapshots`, its bytes as published, with its description.

    ReferenceDataError when there is none. Source: publicsuffix.org, format of the list.
    """
    lists = sorted(
        (snapshot for snapshot in snapshots if snapshot.kind is Kind.SUFFIXES), key=lambda snapshot: (snapshot.last, snapshot.name)
    )
    if not lists:
        msg = "no public suffix list is at hand"
        raise ReferenceDataError(msg)
    return lists[-1].verified().files[0].read_bytes(), lists[-1]
