"""Member paths: how a child exhibit is named from the acquired exhibit down.

A path is steps joined with "/". A step is `kind:place[:name]`: `mime:10233:2.1:invoice.pdf` (message at byte 10233,
part 2.1), `zip:4:docs/list.csv` (fifth entry of the archive), `tar:0:a`, `gzip:0:auth.log`. "/" and "%" inside a step
are written %2F and %25, so that names with slashes stay one step.
"""


def join(parent: str, step: str) -> str:
    """Return the path to the child `step` (unescaped) of the member `parent` ("" for the acquired exhibit)."""
    escaped = step.replace("%", "%25").replace("/", "%2F")
    return f"{parent}/{escaped}" if parent else escaped


def split(path: str) -> tuple[str, ...]:
    """Return the unescaped steps of `path`, outermost first; () for ""."""
    return tuple(step.replace("%2F", "/").replace("%25", "%") for step in path.split("/")) if path else ()
