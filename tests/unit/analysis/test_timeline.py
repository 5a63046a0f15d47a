from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from comity.analysis import timeline
from comity.analysis.timeline import COLUMNS, activity, slices, untimed
from comity.observables import FILE, MESSAGE, PAYMENT, Table
from event_factory import TYPES, events, every, login, request

START = datetime(2026, 9, 1, 8, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def rows(table: Table, given: list[dict]) -> pl.LazyFrame:
    kinds = {
        field.name: TYPES.get(str(field.type), pl.Boolean if str(field.type) == "bool" else pl.List(pl.String)) for field in table.schema
    }
    place = {"trace.exhibit": "1", "trace.member": "", "trace.offset": 0, "trace.length": 9}
    return pl.DataFrame([{**place, **row} for row in given], schema=kinds).lazy()


def whole_timeline(tables: dict[str, pl.LazyFrame], *, most: int = 1000) -> pl.DataFrame:
    return pl.concat(slices(tables, most=most))


def everything() -> dict[str, pl.LazyFrame]:
    return {
        "event": events(
            [
                request(START + HOUR, "192.0.2.1", "/a?b=1", 404),
                login(START + 2 * HOUR, "192.0.2.2", "root"),
                login(None, "192.0.2.2", "root"),
                {"@timestamp": START, "event.category": "host", "event.action": None, "message": "started"},
            ]
        ),
        "message": rows(
            MESSAGE,
            [
                {"date": START + 3 * HOUR, "subject": "Invoice", "from.address": "a@x.example", "to.address": ["b@y.example", "c@y.example"]},
                {"date": None, "subject": "x"},
            ],
        ),
        "payment": rows(
            PAYMENT,
            [
                {
                    "booking_date": START + DAY, "booking_date.precision": "day", "direction": "debit", "amount_minor": 1205, "currency": "EUR",
                    "debtor.account": "D", "creditor.account": "C", "remittance": "r" * 500,
                },
                {"booking_date": START + DAY, "direction": "credit", "amount_minor": 1205, "currency": "JPY"},
                {"booking_date": START + DAY, "direction": "credit", "amount_minor": 5, "currency": "QQQ"},
            ],
        ),
        "file": rows(FILE, [{"modified": START + 4 * HOUR, "name": "doc.pdf", "number": "1.1"}]),
    }  # fmt: skip


def test_one_order_over_all_sources() -> None:
    whole = whole_timeline(everything())
    assert whole.schema == pl.Schema(dict(COLUMNS))
    assert whole["kind"].to_list() == ["system", "web", "login", "mail", "file", "payment", "payment", "payment"]
    assert whole["@timestamp"].is_sorted()
    assert whole["what"].to_list()[:5] == [
        "started",
        "GET /a?b=1 answered 404",
        "ssh login (failure)",
        "Mail: Invoice",
        "File changed: doc.pdf",
    ]
    login_row = whole.row(2, named=True)
    assert (login_row["actor"], login_row["object"], login_row["address"], login_row["clock"]) == ("root", "web1", "192.0.2.2", "year+zone")
    assert whole.row(3, named=True)["object"] == "b@y.example, c@y.example"
    assert whole["what"].str.len_chars().max() < 260


def test_amounts_follow_their_currency() -> None:
    said = whole_timeline(everything()).filter(pl.col("kind") == "payment")["what"]
    assert sorted(text.split(":")[0] for text in said) == ["Credit of JPY 1205", "Credit of QQQ 5 minor units", "Debit of EUR 12.05"]


def test_what_has_no_time_is_counted_not_lost() -> None:
    assert dict(untimed(everything()).iter_rows()) == {"event": 1, "message": 1, "payment": 0, "file": 0}
    assert whole_timeline(everything()).height + 2 == 10


def test_two_orders_of_rows_give_one_timeline() -> None:
    tables = everything()
    shuffled = {name: table.collect().sample(fraction=1, shuffle=True, seed=3).lazy() for name, table in tables.items()}
    assert whole_timeline(tables).equals(whole_timeline(shuffled))


def test_activity_chooses_its_buckets_by_the_span() -> None:
    for step, width in ((HOUR, "1h"), (DAY, "1d"), (DAY * 60, "1mo")):
        entries = whole_timeline({"event": events([request(at, "192.0.2.1", "/") for at in every(START, step, 40)])}).lazy()
        counted = activity(entries)
        assert set(counted["width"]) == {width}
        assert counted["count"].sum() == 40
        assert counted["start"].is_sorted()


def test_nothing_gives_nothing() -> None:
    assert [frame.schema for frame in slices({})] == [pl.Schema(dict(COLUMNS))]
    assert whole_timeline({}).is_empty()
    assert activity(whole_timeline({}).lazy()).is_empty()
    assert untimed({}).is_empty()


def crowded() -> dict[str, pl.LazyFrame]:
    """Some hours nearly empty, one full, one second full of microseconds, one instant full of places."""
    times = [START + n * HOUR for n in range(8)]
    times += [START + 9 * HOUR + timedelta(seconds=n) for n in range(300)]
    times += [START + 11 * HOUR + timedelta(microseconds=7 * n) for n in range(300)]
    times += [START + 12 * HOUR] * 400
    logged = [
        {**request(at, "192.0.2.1", f"/{n}"), "trace.exhibit": str(n % 3 + 1), "trace.offset": n * timeline.BLOCK // 4}
        for n, at in enumerate(times)
    ]
    return {"event": events(logged).collect().sample(fraction=1, shuffle=True, seed=5).lazy(), "file": everything()["file"]}


@pytest.mark.parametrize("most", [1, 7, 100, 1000])
def test_however_it_is_cut_the_timeline_is_the_same(most: int) -> None:
    frames = list(slices(crowded(), most=most))
    whole = pl.concat(frames)
    assert whole.height == 8 + 300 + 300 + 400 + 1
    assert whole.equals(whole_timeline(crowded(), most=10_000))
    assert whole.equals(whole.sort("@timestamp", "trace.exhibit", "trace.member", "trace.offset"))
    assert max(frame.height for frame in frames) <= max(most, 2)  # two records of one exhibit and instant share a block


def test_few_frames_when_few_are_needed() -> None:
    assert len(list(slices(crowded(), most=250))) <= 9
    assert len(list(slices(crowded(), most=2000))) == 1
