"""The shipped law corpus, and small ones made by hand."""

import pytest

from comity.law.corpus import Corpus, read
from comity.reference.law_files import law_files


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    """The corpus that is shipped."""
    return read(law_files())
