"""Other people's formats: documents, the report, CASE/UCO, STIX, the bundle.

`case_view.CaseView` is what casework fills; `report.render`, `case_uco.graph` and `stix.bundle` write it out.
`letter.Letterhead` with a request goes to `document.pdf` and `text_document.docx`. `bundle` seals a case for a court.
"""
