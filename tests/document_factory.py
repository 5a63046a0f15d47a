"""Documents for tests, written by other libraries than those that read them."""

import zipfile
from io import BytesIO

import pikepdf


def pdf(*, key: str | None = None) -> bytes:
    new = pikepdf.new()
    new.add_blank_page(page_size=(200, 200))
    page = new.pages[0]
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    page.Contents = new.make_stream(b"BT /F1 12 Tf 10 100 Td (Pay to DE89370400440532013000) Tj ET")
    action = pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://login.example/")
    page.Annots = pikepdf.Array([pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action)])
    new.attachments["invoice.txt"] = b"hello" * 10
    new.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    new.docinfo["/Author"] = "Eve"
    new.docinfo["/CreationDate"] = "D:20200101120000+01'00'"
    new.docinfo["/ModDate"] = "D:20200101120000"
    out = BytesIO()
    if key is None:
        new.save(out)
    else:
        new.save(out, encryption=pikepdf.Encryption(owner="o", user=key))
    return out.getvalue()


def office(parts: dict[str, str | bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content, zipfile.ZIP_STORED if name == "mimetype" else None)
    return out.getvalue()
