"""Records in JSON documents of any layout are those that decoding the whole gives, at the places where they stand."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.parsers import json_documents
from comity.parsers.contract import Defect
from comity.parsers.json_documents import Between, Element, elements
from comity.parsers.json_records import records
from comity.parsers.json_text import UnreadableError, canonical_texts, decode, written
from comity.terms.canonical import canonical
from log_reading import source

values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(1 - 2**53, 2**53 - 1), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=8), st.sampled_from(['}{"', "\\", '\\"', "[", '":', "\n"])),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)),
    max_leaves=8,
)  # fmt: skip
objects = st.dictionaries(st.text(max_size=4), values, max_size=4).map(lambda each: {"k": 1} | each)
layouts = st.tuples(
    st.sampled_from(["lines", "list", "answer", "run"]), st.sampled_from([None, 1]), st.sampled_from([None, (",", ":")]), st.booleans()
)


def laid_out(found: list[dict[str, Any]], layout: tuple[str, int | None, tuple[str, str] | None, bool]) -> bytes:
    kind, indent, separators, plain = layout
    options: dict[str, Any] = {"indent": None if kind == "lines" else indent, "separators": separators, "ensure_ascii": plain}
    if kind == "list":
        return json.dumps(found, **options).encode()
    if kind == "answer":
        return json.dumps({"kind": "x [{", "n": 1, "Records": found, "next": "}]"}, **options).encode()
    return "\n".join(json.dumps(each, **options) for each in found).encode()


@settings(max_examples=150, deadline=None)
@given(found=st.lists(objects, max_size=5), layout=layouts, window=st.sampled_from([1, 2, 3, 7, 64, 2**20]))
def test_records_are_what_the_whole_decodes_to(found: list[dict[str, Any]], layout: tuple[Any, ...], window: int) -> None:
    data = laid_out(found, layout)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_documents, "_WINDOW", window)
        taken = []
        beside = list(
            records(source(data), lambda record, offset, length: taken.append((record, data[offset : offset + length])), answers=True)
        )
        parts = list(elements(source(data), answers=True))
    assert [record for record, _ in taken] == found
    assert [json.loads(text) for _, text in taken] == found
    assert not [item for item in beside if isinstance(item, Defect)]
    assert b"".join(part.data for part in parts) == data
    assert all(part.regular for part in parts if isinstance(part, Between))


@settings(max_examples=300, deadline=None)
@given(
    data=st.one_of(st.binary(max_size=60), st.text('{}[]":,\\ntf1 \n', max_size=60).map(str.encode)), window=st.sampled_from([1, 3, 2**20])
)
def test_any_bytes_are_parted_without_loss(data: bytes, window: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_documents, "_WINDOW", window)
        parts = list(elements(source(data), answers=True))
        assert b"".join(part.data for part in parts) == data
        list(records(source(data), lambda record, offset, length: None, answers=True))
    assert all(part.data for part in parts if isinstance(part, Element))


@settings(max_examples=200, deadline=None)
@given(value=objects)
def test_what_is_written_is_canonical(value: dict[str, Any]) -> None:
    decoded, irregular = decode(json.dumps(value).encode())
    assert (decoded, irregular) == (value, "")
    texts, cut = canonical_texts([written(decoded)])
    assert (texts[0], cut) == (canonical(value).decode(), [])


@pytest.mark.parametrize(
    ("text", "value", "word"),
    [
        (b'{"a":1,"a":2}', {"a": 2}, "'a'"),
        (b'{"a":{"b":1,"\\u0062":2}}', {"a": {"b": 2}}, "'b'"),
        (b'{"x":"\\u0022:","a":1,"a":2}', {"x": '":', "a": 2}, "'a'"),
        (b'{"a" : 1 , "a" : 2}', {"a": 2}, "'a'"),
        (b'{"a":NaN,"b":-Infinity}', {"a": "NaN", "b": "-Infinity"}, "NaN"),
        (b'{"a":"\xff"}', {"a": "\\xff"}, "UTF-8"),
        (b'{"a":"\\ud800"}', {"a": "\\ud800"}, ""),
        (b'{"a":123456789012345678901234567890}', {"a": 123456789012345678901234567890}, ""),
    ],
)
def test_irregular_text(text: bytes, value: dict[str, Any], word: str) -> None:
    decoded, irregular = decode(text)
    assert decoded == value
    assert word in irregular
    assert bool(word) == bool(irregular)


@pytest.mark.parametrize(
    "text", [b"", b"1", b"[]", b"{", b'{"a":1} x', b'{"a":1e999}', b'{"a":01}', b'{"a":"\x01"}', b'{"a":' + b"[" * 5_000, b'{"a":' + b"9" * 5_000 + b"}", b"\xef\xbb\xbf{}x"],
)  # fmt: skip
def test_what_is_no_object_says_why(text: bytes) -> None:
    with pytest.raises(UnreadableError):
        decode(text)
