"""Files a person asked for by name: outside the case, never over another, whole or not at all."""

import os
from pathlib import Path

from comity.casework.folder import Folder
from comity.terms.errors import StateError


def require_free(folder: Folder, output: Path) -> None:
    """Raise StateError when `output` exists, has no folder to lie in, or lies inside the case."""
    if output.exists() or output.is_symlink():
        raise StateError(f"{output} exists already", remedy="Name a new file; nothing is ever overwritten.")
    if not output.resolve().parent.is_dir():
        raise StateError(f"there is no folder {output.resolve().parent}", remedy="Make it first.")
    if output.resolve().is_relative_to(folder.path):
        raise StateError(f"{output} lies inside the case", remedy="Name a place outside the case folder.")


def place(output: Path, data: bytes) -> None:
    """Write `data` to the new file `output`."""
    partial = output.with_name(f".{output.name}.{os.getpid()}.part")
    try:
        with partial.open("xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        partial.rename(output)
    finally:
        partial.unlink(missing_ok=True)
