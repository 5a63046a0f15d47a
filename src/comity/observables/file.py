"""Files found inside exhibits: attachments and archive members, the child exhibits."""

import pyarrow as pa

from comity.observables.table import INSTANT, column, table

FILE = table(
    "file",
    "one child exhibit; trace.exhibit and trace.member name its parent, offset and length its encoded bytes there",
    [
        column("number", pa.string(), "exhibit number of the child, such as 12.3"),
        column("member", pa.string(), "its member path from the acquired exhibit"),
        column("name", pa.string(), "file name as written there"),
        column("declared_type", pa.string(), "media type the container claims; null when it claims none"),
        column("detected_type", pa.string(), "media type by content"),
        column("size", pa.int64(), "bytes after decoding"),
        column("sha256", pa.string(), "digest of the decoded bytes; null when they could not be decoded whole"),
        column("modified", INSTANT, "modification time written in the container; null when none or without zone"),
        column("parser", pa.string(), "parser that read it; empty when none did"),
    ],
)
