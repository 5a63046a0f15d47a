"""What an analysis found in the shipped example, beside what is planted there."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

EXAMPLE = Path(__file__).parents[1] / "examples" / "business-email-compromise"
RANK = ("none", "weak", "moderate", "strong")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One planted fact: its name, whether it is an offence, the strongest finding of the kinds asked for that touches its bytes."""

    name: str
    planted: bool
    strength: str
    findings: tuple[str, ...]

    def at_least(self, strength: str) -> bool:
        """Return whether the strongest finding is as strong as `strength`."""
        return RANK.index(self.strength) >= RANK.index(strength)


def truth() -> dict:
    """Return the ground truth of the example."""
    return json.loads((EXAMPLE / "ground_truth.json").read_text(encoding="utf-8"))


def exhibits(case: Path) -> dict[str, str]:
    """Return the exhibit number of each file of the example; of a .gz file the number of its content."""
    entries = [
        json.loads(line)
        for manifest in sorted((case / "acquisitions").glob("*.manifest.jsonl"))
        for line in manifest.read_bytes().splitlines()
    ]
    return {entry["name"]: entry["number"] + (".1" if entry["name"].endswith(".gz") else "") for entry in entries}


def compare(case: Path) -> dict[str, Line]:
    """Return the comparison by name for the case folder of an investigation of the example."""
    findings = json.loads((case / "derived" / "findings.json").read_bytes())
    numbers = exhibits(case)
    facts = truth()
    lines: list[Line] = []

    def line(name: str, places: Sequence[Mapping], kind: str, *, planted: bool) -> None:
        touched = [finding for finding in findings if finding["kind"].startswith(kind) and _touches(finding, places, numbers)]
        best = max((finding["strength"] for finding in touched), key=RANK.index, default="none")
        lines.append(Line(name=name, planted=planted, strength=best, findings=tuple(finding["identity"] for finding in touched)))

    for message in facts["messages"]["lures"]:
        line(message["label"], message["places"], "phishing.", planted=True)
    for number, message in enumerate(facts["messages"]["harmless"]):
        line(f"harmless mail {number}: {message['label']}", message["places"], "phishing.", planted=False)
    intrusion = facts["intrusion"]
    line("password guessing", intrusion["password_guessing"]["success"], "intrusion.password_guess", planted=True)
    line("after login", intrusion["after_login"]["account_added"], "intrusion.", planted=True)
    line("exploited", intrusion["exploitation"]["answered_200"], "intrusion.exploitation_answered", planted=True)
    line("web shell", intrusion["exploitation"]["web_shell_used"], "intrusion.web_shell", planted=True)
    line("mistyped password", intrusion["harmless"]["mistyped_password"], "intrusion.", planted=False)
    line("ordered audit", intrusion["harmless"]["ordered_audit"], "intrusion.", planted=False)
    payments = facts["payments"]
    line("changed beneficiary", payments["changed_beneficiary"]["payments"], "payment.changed_beneficiary", planted=True)
    line("splitting", payments["splitting"]["payments"], "payment.splitting", planted=True)
    for number, passed in enumerate(payments["pass_through"], start=1):
        line(f"pass-through {number}", passed["credit"], "payment.pass_through", planted=True)
    for name, places in payments["harmless"].items():
        line(f"harmless payment: {name}", places, "payment.", planted=False)
    return {each.name: each for each in lines}


def requested(case: Path) -> set[tuple[str, str]]:
    """Return (state, selector) for everything the case's requests ask to preserve."""
    drafts = [json.loads(path.read_bytes()) for path in sorted((case / "requests").glob("*.json"))]
    return {(draft["requested_state"], item["selector"]["value"]) for draft in drafts for item in draft["items"]}


def _touches(finding: Mapping, places: Sequence[Mapping], numbers: Mapping[str, str]) -> bool:
    return any(
        trace["exhibit"] == numbers[place["file"]]
        and trace["offset"] < place["offset"] + place["length"]
        and place["offset"] < trace["offset"] + trace["length"]
        for trace in finding["traces"]
        for place in places
    )
