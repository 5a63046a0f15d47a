"""Cutting a traced row out of the preserved bytes again."""

from typing import BinaryIO

from comity.observables import Trace
from comity.parsers import member
from comity.parsers.contract import Source
from comity.parsers.registry import choose, head_of, is_container
from comity.terms.errors import MaterialError


def extract(source: Source, path: str) -> BinaryIO:
    """Return the decoded bytes of the member `path` of the acquired exhibit `source`, at their start; "" is the exhibit itself.

    MaterialError when the path leads nowhere. It opens hostile material in this very process: for one exhibit that a person
    asked about, not for bulk.
    """
    inside = source
    for step in member.split(path):
        parser = choose(head_of(inside.stream), name=inside.name)
        if parser is None or not is_container(parser):
            raise MaterialError(f"nothing is inside {inside.name[:200]!r}, so {step[:200]!r} leads nowhere")
        stream = parser.extract(inside, step=step)
        size = stream.seek(0, 2)
        stream.seek(0)
        inside = Source(stream=stream, size=size, name=step.rpartition(":")[2])
    inside.stream.seek(0)
    return inside.stream


def cut(source: Source, trace: Trace) -> bytes:
    """Return the bytes that `trace` names in the acquired exhibit `source`; MaterialError when there are not so many."""
    stream = extract(source, trace.member)
    stream.seek(trace.offset)
    data = stream.read(trace.length)
    if len(data) != trace.length:
        raise MaterialError(f"exhibit {trace.exhibit} ends before the {trace.length} bytes at {trace.offset}")
    return data
