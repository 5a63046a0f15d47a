"""The ledger in the graph: every entry one investigative action, with performer, instrument, object, result and times.

An event nobody knew when this was written becomes an action like any other: what it says of files, earlier entries, exhibits and
requests is found by the names the ledger uses for them everywhere (docs/ledger.md).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from comity.exchange.case_uco.exhibits import RECORD, file_named, manifest_record, record_of
from comity.exchange.case_uco.graph import Graph, Reference, instant
from comity.exchange.case_uco.requests import request
from comity.exchange.case_view import CaseView, EntryRow
from comity.ledger.entry import Fields
from comity.terms.canonical import Json

_ACTION: Final = "case:InvestigativeAction"
_EARLIER: Final = ("entry", "rests_on", "as_of_entry")
"""Members of an entry's object that hold the number of an earlier entry."""
_EXHIBIT: Final = ("exhibit", "exhibits")
"""Members that hold the number of an exhibit, or several."""


class Acts:
    """The acts as they are described, and what later ones refer to: what each gave, and the newest of some kinds."""

    def __init__(self, graph: Graph, view: CaseView, *, investigation: Reference, unit: Reference) -> None:
        self._graph = graph
        self._view = view
        self._investigation = investigation
        self._unit = unit
        self._manifests = {manifest.path: manifest for manifest in view.manifests}
        self._findings = frozenset(finding.identity for finding in view.findings)
        self._given: dict[int, tuple[Reference, ...]] = {}
        self._begun: dict[str, datetime] = {}
        self._requests: dict[str, Reference] = {}
        self._granted = frozenset(number for number, _ in view.authorizations)
        self.acquired: dict[str, Reference] = {}
        """The acts that ended an acquisition, by the path of the manifest each wrote."""
        self.exhibits: set[str] = set()
        """The numbers of the exhibits that acts name."""
        self.newest: dict[str, Reference] = {}
        """The newest act of each event."""

    def describe(self) -> Iterator[None]:
        """Describe the entries of the ledger, oldest first; one a step."""
        before: Reference | None = None
        for entry in self._view.entries:
            before = self._describe(entry, before)
            self.newest[entry.event] = before
            yield

    def authorization(self, number: int | None) -> Reference:
        """Return the name of the authorization that entry `number` grants."""
        return self._graph.reference("authorization", str(number), "case:Authorization")

    def _describe(self, entry: EntryRow, before: Reference | None) -> Reference:
        graph = self._graph
        acquisition = str(entry.object.get("acquisition"))
        if entry.event == "acquisition:begun":
            self._begun[acquisition] = entry.at
        started = self._begun.get(acquisition, entry.at) if entry.event == "exhibits:acquired" else entry.at
        objects, results = self._objects(entry), self._results(entry)
        earlier = (self._action(each) for each in self._earlier(entry))
        act = graph.add(
            "action",
            str(entry.number),
            _ACTION,
            {
                "core:name": entry.event,
                "core:description": f"Ledger entry {entry.number}, SHA-256 {entry.digest}. {entry.summary}".rstrip(),
                "action:startTime": instant(started),
                "action:endTime": instant(entry.at),
                "action:performer": graph.add("identity", entry.performer, "identity:Identity", {"core:name": entry.performer}),
                "action:instrument": self._instruments(entry),
                "action:object": objects or (self._investigation,),
                "case:relevantAuthorization": self.authorization(entry.authorization) if entry.authorization in self._granted else None,
                "case:wasInformedBy": (*((before,) if before else ()), *earlier),
            },
        )
        if entry.event == "exhibits:acquired":
            self.acquired[str(entry.object.get("manifest"))] = act
        self._given[entry.number] = results
        graph.link(act, "action:result", *results, self._record(entry))
        graph.link(self._investigation, "core:object", act)
        return act

    def _action(self, number: int) -> Reference:
        return self._graph.reference("action", str(number), _ACTION)

    def _record(self, entry: EntryRow) -> Reference:
        """Describe the entry's own file: what every act leaves behind."""
        return file_named(self._graph, f"ledger/{entry.number:012d}.json", entry.digest.hex)

    def _instruments(self, entry: EntryRow) -> tuple[Reference, ...]:
        """Describe the program, and the parsers where an act names them, with their versions."""
        name, _, version = entry.instrument.rpartition(" ")
        tools = [(name or version, version if name else "")]
        parsers = entry.object.get("parsers")
        if isinstance(parsers, Mapping):
            tools += [(f"{name} parser {parser}", str(each)) for parser, each in sorted(parsers.items())]
        return tuple(self._tool(tool, each) for tool, each in tools)

    def _tool(self, name: str, version: str) -> Reference:
        said: Mapping[str, Json] = {"core:name": name, "tool:toolType": "investigation", "tool:version": version}
        return self._graph.add("tool", f"{name} {version}", "tool:AnalyticTool", said)

    def _earlier(self, entry: EntryRow) -> tuple[int, ...]:
        numbers = (entry.object.get(member) for member in _EARLIER)
        return tuple(dict.fromkeys(n for n in numbers if type(n) is int and 0 < n < entry.number))

    def _objects(self, entry: EntryRow) -> tuple[Reference, ...]:
        """Return what the act was done to."""
        said = entry.object
        found = [self._unit] if entry.event == "unit:described" else []
        if isinstance(source := said.get("source"), str):
            found.append(self._graph.add("source", source, "observable:ObservableObject", {"core:name": source, "core:tag": "material"}))
        for number in self._earlier(entry):
            found += (self.authorization(number),) if number in self._granted else self._given.get(number, ())
        exhibits = tuple(_texts(said, _EXHIBIT))
        self.exhibits.update(exhibits)
        found += (record_of(self._graph, exhibit) for exhibit in exhibits)
        identity = said.get("request")
        if isinstance(identity, str) and entry.event != "request:drafted" and identity in self._requests:
            found.append(self._requests[identity])
        if entry.event == "records:derived":
            found += (self._graph.reference("provenance", f"manifest:{path}", RECORD) for path in self.acquired if path in self._manifests)
        if entry.event == "findings:derived":
            found += self._last("records:derived")
        found += self._files(said)
        found += self._snapshots(said)
        return tuple(found)

    def _results(self, entry: EntryRow) -> tuple[Reference, ...]:
        """Return what came of the act, its own record left out."""
        files = self._files(entry.result)
        match entry.event:
            case "case:opened":
                return (self._investigation, *files)
            case "authorization:granted":
                return (self.authorization(entry.number), *files)
            case "exhibits:acquired":
                manifest = self._manifests.get(str(entry.object.get("manifest")))
                return files if manifest is None else (manifest_record(self._graph, manifest), *files)
            case "request:drafted":
                asked = request(self._graph, entry, files, self._view.requests, known=self._findings)
                self._graph.link(self._investigation, "core:object", asked)
                self._requests[str(entry.object.get("request"))] = asked
                return (asked, *files)
            case _:
                return files

    def _last(self, event: str) -> tuple[Reference, ...]:
        numbers = [entry.number for entry in self._view.entries if entry.event == event and entry.number in self._given]
        return self._given[numbers[-1]] if numbers else ()

    def _files(self, said: Fields) -> tuple[Reference, ...]:
        files = said.get("files")
        if not isinstance(files, Mapping):
            return ()
        return tuple(file_named(self._graph, path, digest) for path, digest in sorted(files.items()) if isinstance(digest, str))

    def _snapshots(self, said: Fields) -> Iterator[Reference]:
        """Describe the reference data an act relied on."""
        listed = said.get("snapshots")
        for each in listed if isinstance(listed, Sequence) and not isinstance(listed, str) else ():
            if isinstance(each, Mapping) and {"snapshot", "dated", "sha256"} <= each.keys():
                name, digest, description = str(each["snapshot"]), str(each["sha256"]), f"Reference data, dated {each['dated']}"
                yield file_named(self._graph, name, digest, description=description)


def _texts(said: Fields, members: Sequence[str]) -> Iterator[str]:
    for member in members:
        value = said.get(member)
        for each in value if isinstance(value, Sequence) and not isinstance(value, str) else (value,):
            if isinstance(each, str):
                yield each
