"""Real mail read beside the standard library's `email`: the same parts, the same bytes, the same subjects."""

import email
import email.header
import io
import mailbox as standard_mailbox
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

import pytest

from comity.parsers.contract import Source
from comity.parsers.mail.message import find_header
from comity.parsers.mail.part import decode_part, read_parts
from comity.parsers.mailbox import messages


def real_messages(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.glob("phishing_pot/*.eml")):
        yield path.name, path.read_bytes()
    for path in sorted(folder.glob("spamassassin/*.mbox")):
        for key, message in standard_mailbox.mbox(path, create=False).items():
            yield f"{path.name} {key}", message.as_bytes()


def leaves(message: Message) -> list[Message]:
    """Leaves as we count them: a message inside a message is one."""
    if message.is_multipart() and message.get_content_maintype() == "multipart":
        return [leaf for part in message.get_payload() for leaf in leaves(part)]
    return [message]


def test_parts_content_and_subjects_agree(shared_data: Path):
    compared = 0
    for name, data in real_messages(shared_data / "mail"):
        theirs = email.message_from_bytes(data)
        if any(part.defects for part in theirs.walk()):
            continue
        header, _ = find_header(data)
        root, defects = read_parts(data, header, len(data))
        if defects:  # what we find malformed and they do not is looked at by hand, not here
            continue
        ours = list(root.leaves())
        expected = leaves(theirs)
        assert [part.kind for part in ours] == [leaf.get_content_type() for leaf in expected], name
        assert [part.name for part in ours] == [(leaf.get_filename() or "") for leaf in expected], name
        for part, leaf in zip(ours, expected, strict=True):
            content, fault = decode_part(data, part, quoted=False)
            if leaf.get_content_maintype() != "message" and not fault:  # of faulty base64 the library gives nothing decoded
                assert content.rstrip() == (leaf.get_payload(decode=True) or b"").rstrip(), name
        subject = theirs["Subject"]
        if isinstance(subject, str) and "=?" in subject:
            read = str(email.header.make_header(email.header.decode_header(subject)))
            # the library puts spaces of its own between words, so white space is left out of the comparison
            assert "".join((header.decoded("subject")[0] or "").split()) == "".join(read.split()), name
        compared += 1
    assert compared > 650


@pytest.mark.parametrize("folder", ["ham", "spam"])
def test_mailboxes_are_split_at_the_same_places(shared_data: Path, folder: str):
    path = shared_data / "mail" / "spamassassin" / f"{folder}.mbox"
    data = path.read_bytes()
    source = Source(stream=io.BytesIO(data), size=len(data), name=path.name)
    assert len(list(messages(source, []))) == len(standard_mailbox.mbox(path, create=False)) == {"ham": 250, "spam": 120}[folder]
