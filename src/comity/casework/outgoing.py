"""Files that leave: written once, never over another; and files that come in, of a size that what they should be can have."""

from pathlib import Path

from comity.terms.errors import SettingsError, StateError


def require_free(output: Path) -> None:
    """Raise StateError when `output` exists or its folder does not."""
    if output.exists():
        raise StateError(f"{output} exists already", remedy="Name a new file.")
    if not output.resolve().parent.is_dir():
        raise StateError(f"there is no folder {output.resolve().parent}", remedy="Make it first.")


def write_new(output: Path, data: bytes) -> None:
    """Write `data` to `output`; StateError when there is such a file by now."""
    try:
        with output.open("xb") as stream:
            stream.write(data)
    except FileExistsError as error:
        raise StateError(f"{output} exists already", remedy="Name a new file.") from error


def read_small(path: Path, *, most: int) -> bytes:
    """Return what is in `path`; SettingsError when it cannot be read or has more than `most` bytes."""
    try:
        with path.open("rb") as stream:
            data = stream.read(most + 1)
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}", remedy="Name the file as you received it.") from error
    if len(data) > most:
        raise SettingsError(f"{path} is larger than such a file can be: more than {most} bytes", remedy="Name the file as you received it.")
    return data
