"""The facts about the methods of analysis, read from the data beside them."""

from functools import cache
from pathlib import Path

import comity.analysis
from comity.analysis.method import DATA, Methods, read_methods


@cache
def methods() -> Methods:
    """Return nature, measured error and weaknesses of every method of this version."""
    return read_methods((Path(comity.analysis.__file__).parent / DATA).read_text(encoding="utf-8"))
