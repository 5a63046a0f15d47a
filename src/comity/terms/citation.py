"""Where a legal datum is written: instrument, article, paragraph."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A place in an instrument, such as ETS 185, Article 29(2).

    `instrument` is the corpus identifier ("ets-185"); `paragraph` is empty for a whole article.
    """

    instrument: str
    article: str
    paragraph: str = ""

    def __str__(self) -> str:
        suffix = f"({self.paragraph})" if self.paragraph else ""
        return f"{self.instrument} Art. {self.article}{suffix}"
