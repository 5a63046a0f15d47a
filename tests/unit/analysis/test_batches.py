import polars as pl
import pytest

from comity.analysis.batches import batches, records


def rows(offsets: list[int]) -> pl.LazyFrame:
    return pl.LazyFrame(
        [{"trace.exhibit": "1", "trace.member": "", "trace.offset": at, "trace.length": 5, "place": n} for n, at in enumerate(offsets)],
        schema={
            "trace.exhibit": pl.String,
            "trace.member": pl.String,
            "trace.offset": pl.Int64,
            "trace.length": pl.Int64,
            "place": pl.Int64,
        },
    )


@pytest.mark.parametrize("most", [1, 3, 10, 100])
def test_pieces_are_the_whole_in_order(most: int) -> None:
    pieces = list(batches(rows(list(range(10))), most=most))
    assert pl.concat(pieces)["place"].to_list() == list(range(10))
    assert max(piece.height for piece in pieces) <= most


@pytest.mark.parametrize("most", [1, 2, 3, 4, 100])
def test_a_record_is_never_parted(most: int) -> None:
    offsets = [0, 0, 0, 9, 20, 20, 31, 40, 40, 40, 40, 40]
    pieces = list(records(rows(offsets), most=most))
    assert pl.concat(pieces)["place"].to_list() == list(range(len(offsets)))
    seen = [offset for piece in pieces for offset in piece["trace.offset"].unique().to_list()]
    assert sorted(seen) == sorted(set(offsets))
    for piece in pieces:
        assert piece["record"].n_unique() == piece["trace.offset"].n_unique()


def test_nothing_gives_nothing() -> None:
    assert list(batches(rows([]))) == []
    assert list(records(rows([]))) == []
