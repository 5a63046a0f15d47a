"""Places in the generated files, for the ground truth: which bytes of which file hold a planted fact."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """`length` bytes at `offset` of `file` (for a .gz file: of its decompressed content)."""

    file: str
    offset: int
    length: int

    def as_json(self) -> dict[str, object]:
        """Return the place as the ground truth writes it."""
        return {"file": self.file, "offset": self.offset, "length": self.length}


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One message, line or entry: its bytes and, when it is worth naming, what it is."""

    data: bytes
    label: str = ""


def assemble(file: str, pieces: list[Piece], *, head: bytes = b"", tail: bytes = b"") -> tuple[bytes, dict[str, list[Place]]]:
    """Return the file's bytes and, by label, the places of its labelled pieces in order."""
    parts, offset, places = [head], len(head), dict[str, list[Place]]()
    for piece in pieces:
        if piece.label:
            places.setdefault(piece.label, []).append(Place(file=file, offset=offset, length=len(piece.data)))
        parts.append(piece.data)
        offset += len(piece.data)
    return b"".join([*parts, tail]), places
