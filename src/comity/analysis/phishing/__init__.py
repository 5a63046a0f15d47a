"""Phishing in mail: transparent signs with documented points, each naming the values it saw.

Public: `find` (findings), `assess` (every message with its judgement), `POINTS`, `WEAK`, `MODERATE`, `STRONG`, `VERSION`.
See docs/methods/phishing.md for what each sign means and how often it misleads.
"""

from comity.analysis.phishing.findings import METHOD, VERSION, assess, find
from comity.analysis.phishing.score import MODERATE, POINTS, STRONG, WEAK, Judgement

__all__ = ["METHOD", "MODERATE", "POINTS", "STRONG", "VERSION", "WEAK", "Judgement", "assess", "find"]
