"""A sign: one observation in a message that speaks for or against a lure."""

from dataclasses import dataclass

from comity.observables import Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """`code` is stable and has its points in `score.POINTS`; `text` is one sentence naming the values seen.

    `trace` names what shows it when that is narrower than the message.
    """

    code: str
    text: str
    trace: Trace | None = None


def shown(value: str, *, most: int = 80) -> str:
    """Return `value` on one line without invisible or control characters, cut to `most`, for use in a sentence."""
    line = " ".join("".join(c if c.isprintable() else " " for c in value).split())
    return line if len(line) <= most else line[: most - 1] + "…"
