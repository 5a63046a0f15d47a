"""ISO 20022 account reports (camt.052, camt.053, camt.054) as a stream of statement heads and entries with their bytes.

Only local names count, so every version and prefix is read. Expat tells the byte at which each element begins. No document
type is accepted: what it could declare (entities) is what makes XML dangerous.
"""

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final
from xml.parsers import expat

STATEMENTS: Final = frozenset({"Stmt", "Rpt", "Ntfctn"})
ENTRY: Final = "Ntry"
_OPENING: Final = STATEMENTS | {ENTRY}
_CHUNK: Final = 65_536
_DEEPEST: Final = 100
_MOST_ELEMENTS: Final = 100_000
_MOST_CHARACTERS: Final = 4 * 2**20
_LONGEST_MARKUP: Final = 8 * 2**20
_MOST_RESTARTS: Final = 1_000
_NEXT = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,40}:)?(?:Ntry|Stmt|Rpt|Ntfctn)[\s>/]")
_OVERLAP: Final = 64


class Element:
    """An element as local name, attributes, text and children; names without prefix."""

    __slots__ = ("attributes", "children", "name", "pieces")

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.name = name
        self.attributes = attributes
        self.pieces: list[str] = []
        self.children: list[Element] = []

    @property
    def text(self) -> str:
        """The text directly in it."""
        return "".join(self.pieces)

    def all(self, path: str) -> "list[Element]":
        """Return the elements that `path` ("RmtInf/Ustrd") leads to, in order."""
        found = [self]
        for name in path.split("/"):
            found = [child for element in found for child in element.children if child.name == name]
        return found

    def first(self, *paths: str) -> "Element | None":
        """Return the first element that one of `paths` leads to, tried in order."""
        return next((element for path in paths for element in self.all(path)), None)

    def value(self, *paths: str) -> str | None:
        """Return the text at the first of `paths` that has any."""
        return next((text for path in paths for element in self.all(path) if (text := element.text.strip())), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a statement says before its first entry, and the bytes it says it in."""

    element: Element
    offset: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPart:
    """One entry with its bytes. In a scan for heads `element` has no children."""

    element: Element
    offset: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """Bytes that are no such report: a stable code and a reason."""

    code: str
    reason: str
    offset: int
    length: int


Part = Head | EntryPart | Damage


class _RefusedError(Exception):
    """Stops the reading: what, why."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(slots=True)
class _Machine:
    """One run of Expat; `shift` is added to its byte numbers to give places in the source."""

    parser: expat.XMLParserType
    shift: int
    heads_only: bool
    found: list[Part] = field(default_factory=list)
    around: list[str] = field(default_factory=list)
    path: list[Element] = field(default_factory=list)
    start: int = -1
    ended: EntryPart | None = None
    elements: int = 0
    characters: int = 0

    def attach(self) -> None:
        """Have Expat call this machine."""
        self.parser.StartElementHandler = self._begin
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.DefaultHandler = self._other
        self.parser.StartDoctypeDeclHandler = _refuse_doctype

    @property
    def here(self) -> int:
        """The place in the source of what Expat is at."""
        return int(self.parser.CurrentByteIndex) + self.shift

    def settle(self, end: int) -> None:
        """Complete an entry whose end tag ends at `end`: Expat only tells where a tag begins."""
        if self.ended is not None:
            part, self.ended = self.ended, None
            self.found.append(EntryPart(element=part.element, offset=part.offset, length=end - part.offset))

    def close_head(self, end: int) -> None:
        """Complete the head of a statement at `end`."""
        if self.path and self.path[0].name in STATEMENTS:
            self.found.append(Head(element=self.path[0], offset=self.start, length=end - self.start))
            self.path.clear()

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        if self.ended is not None:
            self.settle(self.here)
        local = name.rpartition(":")[2] if ":" in name else name
        path = self.path
        if path and (local not in _OPENING or path[0].name == ENTRY):
            self.elements += 1
            if len(path) > _DEEPEST or self.elements > _MOST_ELEMENTS:
                raise _too_much()
            if self.heads_only and path[0].name == ENTRY:
                path.append(path[0])
                return
            element = Element(local, attributes)
            path[-1].children.append(element)
            path.append(element)
            return
        self.close_head(self.here)
        if local != ENTRY:
            self.around.append(name)
            self.elements += 1
            if len(self.around) > _DEEPEST or self.elements > _MOST_ELEMENTS:
                raise _too_much()
        if local in _OPENING:
            self._open(local, attributes)

    def _open(self, local: str, attributes: dict[str, str]) -> None:
        self.path, self.start = [Element(local, attributes)], self.here
        self.elements = self.characters = 0

    def _end(self, _: str) -> None:
        if self.ended is not None:
            self.settle(self.here)
        if len(self.path) > 1:
            self.path.pop()
        elif self.path and self.path[0].name == ENTRY:
            self.ended = EntryPart(element=self.path[0], offset=self.start, length=0)
            self.path.clear()
        else:
            self.close_head(self.here)
            if self.around:
                self.around.pop()
            self.elements = 0

    def _text(self, text: str) -> None:
        if self.ended is not None:
            self.settle(self.here)
        if len(self.path) > 1 and not (self.heads_only and self.path[0].name == ENTRY):
            self.characters += len(text)
            if self.characters > _MOST_CHARACTERS:
                raise _RefusedError("limit_size", f"more than {_MOST_CHARACTERS} characters in one part of the statement")
            self.path[-1].pieces.append(text)

    def _other(self, _: str) -> None:
        if self.ended is not None:
            self.settle(self.here)


def _too_much() -> _RefusedError:
    return _RefusedError("limit_structure", f"more than {_DEEPEST} levels or {_MOST_ELEMENTS} elements in one part of the statement")


def _refuse_doctype(name: str, system: str | None, public: str | None, internal: int) -> None:  # noqa: ARG001 - Expat's signature
    raise _RefusedError("doctype_refused", "a document type declaration: no bank statement has one, and entities in it are not expanded")


def parts(stream: BinaryIO, *, size: int, encoding: str | None, heads_only: bool = False) -> Iterator[Part]:
    """Yield the heads and entries of an account report, or of a piece cut from one, in order.

    Where the XML is broken, the bytes up to the next statement or entry are a Damage and reading goes on there, with the
    elements around it taken as still open. Memory does not grow with the number of entries.

    Args:
        stream: the source; read from its start.
        size: its bytes.
        encoding: to be used whatever the XML declaration says; None lets it decide.
        heads_only: leave the entries empty, for a quick look.
    """
    at, around, restarts = 0, list[str](), 0
    while True:
        machine = _machine(at, around, encoding, heads_only=heads_only)
        damage = yield from _run(machine, stream, at=at, size=size)
        if damage is None:
            return
        repairable = encoding is None and damage.code != "doctype_refused" and restarts < _MOST_RESTARTS
        going_on = _find_next(stream, damage.offset + 1) if repairable else None
        resumed = size if going_on is None else going_on[0]
        yield Damage(code=damage.code, reason=damage.reason, offset=damage.offset, length=resumed - damage.offset)
        if going_on is None:
            return
        around = [name for name in machine.around if _stays_open(name, before=going_on[1])]
        at, restarts = resumed, restarts + 1


def _stays_open(name: str, *, before: str) -> bool:
    """Return whether the element `name`, open where the XML broke, is taken as open around the part that begins with `before`."""
    local = name.rpartition(":")[2]
    return local == "Document" or local.startswith("BkToCstmr") or (local in STATEMENTS and before == ENTRY)


def _machine(at: int, around: list[str], encoding: str | None, *, heads_only: bool) -> _Machine:
    parser = expat.ParserCreate(encoding)
    opening = "".join(f"<{name}>" for name in around).encode()
    machine = _Machine(parser=parser, shift=at - len(opening), heads_only=heads_only)
    parser.Parse(opening, False)  # noqa: FBT003 - Expat's signature
    machine.around = list(around)
    machine.attach()
    return machine


def _run(machine: _Machine, stream: BinaryIO, *, at: int, size: int) -> Generator[Part, None, Damage | None]:
    """Yield the parts from `at` on; the generator's value is the Damage that stopped it, its length still 0, or None at the end."""
    stream.seek(at)
    position, damage = at, None
    while damage is None and (chunk := stream.read(_CHUNK)):
        position += len(chunk)
        damage = _feed(machine, chunk)
        if damage is None and position - machine.here > _LONGEST_MARKUP:
            damage = Damage(code="limit_size", reason="markup longer than 8 MiB", offset=machine.here, length=0)
        yield from machine.found
        machine.found.clear()
    damage = _at_end(machine, size) if damage is None else _at_damage(machine, damage)
    yield from machine.found
    return damage


def _feed(machine: _Machine, chunk: bytes, *, last: bool = False) -> Damage | None:
    try:
        machine.parser.Parse(chunk, last)
    except expat.ExpatError as error:
        place = max(0, int(machine.parser.ErrorByteIndex) + machine.shift)  # -1 before the first byte
        return Damage(code="xml_malformed", reason=f"not well-formed XML: {expat.ErrorString(error.code)}", offset=place, length=0)
    except _RefusedError as refused:
        return Damage(code=refused.code, reason=refused.reason, offset=machine.here, length=0)
    except (LookupError, ValueError) as error:  # the declared encoding is none, or none Expat can be given
        return Damage(code="xml_malformed", reason=f"not well-formed XML: {str(error)[:100]}", offset=max(0, machine.here), length=0)
    return None


def _at_damage(machine: _Machine, damage: Damage) -> Damage:
    """Return the damage with its true beginning: an entry is lost whole, of a head what was read is kept."""
    if machine.ended is not None:
        machine.settle(damage.offset)
    if machine.path and machine.path[0].name == ENTRY:
        return Damage(code=damage.code, reason=damage.reason, offset=machine.start, length=0)
    machine.close_head(damage.offset)
    return damage


def _at_end(machine: _Machine, size: int) -> Damage | None:
    """Complete what is open at the end; a document that is cut off is Damage, a head cut out of one is not."""
    machine.settle(size)
    inside = machine.path[0].name if machine.path else ""
    if inside == ENTRY:
        return Damage(code="truncated", reason="the statement ends inside an entry", offset=machine.start, length=0)
    a_head_alone = len(machine.around) == 1 and inside in STATEMENTS
    machine.close_head(size)
    if a_head_alone:
        return None
    if machine.around:
        return Damage(code="truncated", reason="the statement ends before its last element is closed", offset=size, length=0)
    return _feed(machine, b"", last=True)


def _find_next(stream: BinaryIO, start: int) -> tuple[int, str] | None:
    """Return the place of the next statement or entry from `start` on and its local name; None when there is none."""
    stream.seek(start)
    position, rest = start, b""
    while chunk := stream.read(_CHUNK):
        data = rest + chunk
        if match := _NEXT.search(data):
            return position - len(rest) + match.start(), match[0][1:-1].rpartition(b":")[2].decode()
        position += len(chunk)
        rest = data[-_OVERLAP:]
    return None
