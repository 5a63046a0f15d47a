"""Every error code has a page that says what it means and what to do."""

from pathlib import Path

from comity.terms import errors

PAGE = (Path(__file__).parents[2] / "docs" / "errors.md").read_text("utf-8")


def test_every_error_is_in_the_catalogue() -> None:
    classes = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, errors.ComityError)]
    assert len(classes) >= 8
    for kind in classes:
        assert f"`{kind.code}`" in PAGE, kind.__name__
        assert kind.__doc__
