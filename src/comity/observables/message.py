"""Mail: messages, the hops they took, the links they hold. Names follow RFC 5322 and RFC 8601."""

import pyarrow as pa

from comity.observables.table import INSTANT, column, table

MESSAGE = table(
    "message",
    "one mail message; the trace spans all its bytes in the mailbox or file",
    [
        column("message_id", pa.string(), "Message-ID without angle brackets (RFC 5322, 3.6.4)"),
        column("date", INSTANT, "Date header in UTC; null when absent or unusable"),
        column("date.offset_minutes", pa.int32(), "zone offset as written; null for -0000 or none"),
        column("from.address", pa.string(), "author address, domain in lower case"),
        column("from.display_name", pa.string(), "author's display name, decoded (RFC 2047)"),
        column("from.count", pa.int32(), "number of From addresses; other than 1 is unusual"),
        column("sender.address", pa.string(), "Sender header"),
        column("reply_to.address", pa.list_(pa.string()), "Reply-To addresses"),
        column("return_path.address", pa.string(), "envelope sender as the last server recorded it"),
        column("to.address", pa.list_(pa.string()), "To addresses"),
        column("cc.address", pa.list_(pa.string()), "Cc addresses"),
        column("subject", pa.string(), "decoded subject"),
        column("in_reply_to", pa.string(), "In-Reply-To without angle brackets"),
        column("references", pa.list_(pa.string()), "References without angle brackets"),
        column("x_mailer", pa.string(), "X-Mailer or User-Agent header"),
        column("list_id", pa.string(), "List-Id header (RFC 2919)"),
        column("spf.result", pa.string(), "SPF result as recorded by the outermost receiver; null when none was recorded"),
        column("dkim.result", pa.string(), "DKIM result as recorded, the best of several"),
        column("dkim.domain", pa.string(), "signing domain d= of that result, or of the signature when no result was recorded"),
        column("dmarc.result", pa.string(), "DMARC result as recorded"),
        column("authentication.server", pa.string(), "authserv-id that recorded them (RFC 8601, 2.5)"),
        column("body.text", pa.string(), "text of the body as a reader sees it (HTML reduced to text), at most 65,536 characters"),
        column("body.html", pa.bool_(), "whether there is an HTML part"),
        column("body.html_only", pa.bool_(), "whether there is an HTML part and no plain one"),
        column("body.forms", pa.int32(), "HTML forms with a password or text field"),
        column("body.remote_images", pa.int32(), "images loaded from the network"),
        column("body.hidden_characters", pa.int32(), "zero-width and bidirectional control characters in the visible text"),
        column("attachment.count", pa.int32(), "parts kept as child exhibits"),
        column("attachment.names", pa.list_(pa.string()), "their file names, decoded"),
        column("hop.count", pa.int32(), "Received headers"),
        column("defects", pa.list_(pa.string()), "what is malformed in the message, in short words"),
    ],
)

HOP = table(
    "hop",
    "one Received header; the trace spans that header",
    [
        column("message_id", pa.string(), "of the message it belongs to"),
        column("message.offset", pa.int64(), "trace.offset of that message: the key within the exhibit"),
        column("position", pa.int32(), "0 is the outermost, added last"),
        column("from.domain", pa.string(), "name the sending host gave (HELO)"),
        column("from.ip", pa.string(), "address the receiving host saw; null when not recorded"),
        column("from.reverse", pa.string(), "reverse name the receiving host looked up"),
        column("by.domain", pa.string(), "receiving host"),
        column("with", pa.string(), "protocol, such as ESMTPS, ESMTPSA, HTTP"),
        column("@timestamp", INSTANT, "time of receipt; null when absent or without zone"),
        column("header", pa.string(), "the unfolded header text, at most 2,048 characters"),
    ],
)

LINK = table(
    "link",
    "one hyperlink or bare URL in a message body; the trace spans the message",
    [
        column("message_id", pa.string(), "of the message it belongs to"),
        column("message.offset", pa.int64(), "trace.offset of that message: the key within the exhibit"),
        column("url.full", pa.string(), "target as written, entities resolved"),
        column("url.domain", pa.string(), "host of the target in lower case, IDNA kept as written"),
        column("text", pa.string(), "what the reader sees, at most 256 characters; empty for an image without text"),
        column("source", pa.string(), "html_anchor, html_form, html_image_map or text"),
    ],
)
