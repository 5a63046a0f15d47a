"""Coverage-guided attack on the parsers: `just fuzz [PARSER] [SECONDS]`; without a parser each of the registry in turn.

What is held: tests/hostile_law.py. Each parser is fuzzed in a child of its own, because what a native library does wrong ends the
process. It starts from the tests' samples and what earlier runs found interesting (fuzz/corpus, not kept in git). An input that breaks the
law is left in fuzz/findings/PARSER; make it small (`--again FILE` tries one input), mend the parser, and keep the input as a test in
tests/attack.
"""
# ruff: noqa: INP001 - a script, no package

import argparse
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

_MEBIBYTES = 2_500
_SECONDS_PER_INPUT = 25
_LONGEST = 60_000


def fuzz_all(names: list[str], seconds: int) -> int:
    """Fuzz each parser named for `seconds`; return 1 when something was found."""
    failed = []
    for name in names:
        sys.stdout.write(f"{name}: {seconds} seconds\n")
        sys.stdout.flush()
        command = [sys.executable, __file__, name, str(seconds), "--child"]
        done = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # noqa: S603 - this very script
        told = done.stdout.decode("utf-8", "replace").splitlines()
        sys.stdout.write("".join(f"  {line}\n" for line in told if line.startswith("stat::")))
        if done.returncode:
            failed.append(name)
            sys.stdout.write(f"  ended with {done.returncode}\n")
            sys.stdout.write("\n".join(f"  {line}" for line in told[-60:]) + "\n")
        sys.stdout.flush()
    sys.stdout.write(f"found something in: {', '.join(failed)}; see fuzz/findings\n" if failed else "nothing found\n")
    return 1 if failed else 0


def fuzz_one(name: str, seconds: int) -> None:
    """Fuzz one parser in this process; does not return."""
    import atheris  # noqa: PLC0415 - the instrumentation comes before what it instruments

    with atheris.instrument_imports(include=["comity", "pypdf", "olefile"]):
        from comity.parsers.registry import PARSERS  # noqa: PLC0415
        from hostile_law import hold, material  # noqa: PLC0415
    (parser,) = [one for one in PARSERS if one.name == name]
    corpus, findings = HERE / "corpus" / name, HERE / "findings" / name
    for folder in (corpus, findings):
        folder.mkdir(parents=True, exist_ok=True)
    for sample in material(name):
        (corpus / sha256(sample).hexdigest()[:16]).write_bytes(sample)
    options = [
        f"-max_total_time={seconds}", f"-timeout={_SECONDS_PER_INPUT}", f"-rss_limit_mb={_MEBIBYTES}", f"-max_len={_LONGEST}",
        f"-artifact_prefix={findings}/", "-print_final_stats=1",
    ]  # fmt: skip
    atheris.Setup([sys.argv[0], *options, str(corpus)], lambda data: hold(parser, bytes(data)))
    atheris.Fuzz()


def main() -> int:
    """Carry out the command line; return its exit status."""
    from comity.parsers.registry import PARSERS  # noqa: PLC0415 - not before a child instruments it

    names = [parser.name for parser in PARSERS]
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("parser", nargs="?", default="all", choices=["all", *names])
    arguments.add_argument("seconds", nargs="?", type=int, default=60)
    arguments.add_argument("--again", type=Path, help="try this one input and show what it breaks")
    given = arguments.parse_args()
    if given.again is not None:
        from hostile_law import hold  # noqa: PLC0415

        (parser,) = [one for one in PARSERS if one.name == given.parser]
        hold(parser, given.again.read_bytes())
        return 0
    return fuzz_all(names if given.parser == "all" else [given.parser], given.seconds)


if __name__ == "__main__":
    if sys.argv[-1] == "--child":
        os.nice(10)
        fuzz_one(sys.argv[1], int(sys.argv[2]))
    sys.exit(main())
