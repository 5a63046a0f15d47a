"""What several rooms' tests need."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from investigated_case import Investigated, investigate_example

REPOSITORY = Path(__file__).parents[1]


@pytest.fixture(scope="session", autouse=True)
def scratch_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home for this run: no test reads or writes the one of whoever runs it."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        for name in ("DATA", "STATE", "CONFIG", "CACHE"):
            patch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
        yield home


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real material beside the checkout; most of it may not be shipped."""
    folder = REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("needs the real material in ../shared/data, which is not shipped")
    return folder


@pytest.fixture(scope="session")
def investigated(tmp_path_factory: pytest.TempPathFactory) -> Investigated:
    """The shipped example, investigated once by the command line. Tests that write take a `copy` of it."""
    return investigate_example(tmp_path_factory.mktemp("investigated"))
