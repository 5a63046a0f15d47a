from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from comity.parsers.reading import BATCH_BYTES, BATCH_EXHIBITS, Job, Limits, plan

sizes = st.lists(st.one_of(st.integers(0, 100), st.integers(0, 2 * BATCH_BYTES)), max_size=60)


def jobs_of(lengths: list[int]) -> list[Job]:
    return [
        Job(number=str(number), name="x", path=Path("x"), offset=0, length=length, modified=None)
        for number, length in enumerate(lengths, 1)
    ]


@given(sizes)
def test_batches_hold_all_in_order_within_bounds(lengths: list[int]) -> None:
    jobs = jobs_of(lengths)
    batches = plan(jobs)
    assert [job for batch in batches for job in batch.jobs] == jobs
    assert [batch.id for batch in batches] == [f"{number:04d}" for number in range(1, len(batches) + 1)]
    for batch in batches:
        assert batch.jobs
        assert len(batch.jobs) == 1 or sum(job.length for job in batch.jobs) <= BATCH_BYTES


@given(sizes, sizes)
def test_further_exhibits_change_at_most_the_last_batch(first: list[int], further: list[int]) -> None:
    before, after = plan(jobs_of(first)), plan(jobs_of(first + further))
    assert after[: max(0, len(before) - 1)] == before[:-1]


def test_many_small_exhibits() -> None:
    assert [len(batch.jobs) for batch in plan(jobs_of([1] * (2 * BATCH_EXHIBITS + 1)))] == [BATCH_EXHIBITS, BATCH_EXHIBITS, 1]


def test_limits_grow_with_the_exhibit() -> None:
    limits = Limits(seconds=10, seconds_per_mebibyte=2, expansion=100, expansion_floor=1000, decoded_bytes=10**6)
    assert limits.allowed_seconds(3 * 2**20) == 16
    assert [limits.allowed_decoding(size) for size in (1, 50, 10**9)] == [1000, 5000, 10**6]
