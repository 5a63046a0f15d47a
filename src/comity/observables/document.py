"""Documents: what a PDF or Office file says of itself. Names follow Dublin Core and ISO 32000 / ECMA-376 properties."""

import pyarrow as pa

from comity.observables.table import INSTANT, column, table

DOCUMENT = table(
    "document",
    "one PDF or Office file; what it says of its author and times anyone could have written",
    [
        column("title", pa.string(), "title as written"),
        column("subject", pa.string(), "subject or description"),
        column("creator", pa.string(), "author as written (dc:creator, Info/Author)"),
        column("last_modified_by", pa.string(), "who saved it last, as written"),
        column("company", pa.string(), "company or manager property"),
        column("application", pa.string(), "program that made the content (Info/Creator, Application)"),
        column("producer", pa.string(), "program that wrote the file (Info/Producer)"),
        column("created", INSTANT, "creation time as written; null when absent or without zone"),
        column("modified", INSTANT, "modification time as written"),
        column("pages", pa.int32(), "pages, sheets or slides"),
        column("revision", pa.int32(), "revision number, or how often a PDF was updated in place"),
        column("encrypted", pa.bool_(), "whether it needs a password"),
        column(
            "active",
            pa.list_(pa.string()),
            "active content by kind: macro, javascript, launch, external_template, embedded_object, ole_link",
        ),
        column("signatures", pa.int32(), "digital signatures present, not checked"),
        column("text", pa.string(), "text as a reader sees it, at most 65,536 characters; null when it could not be read"),
        column("text.length", pa.int64(), "characters of the whole text"),
        column("links", pa.list_(pa.string()), "targets of hyperlinks, at most 1,000"),
        column("fields", pa.string(), "canonical JSON object of the other properties; null when none"),
    ],
)
