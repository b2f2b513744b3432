"""Names of files in running text: "in lease.pdf", "the Office Lease 2024.docx"."""

ENDINGS = tuple(
    "pdf md markdown txt text png jpg jpeg tif tiff gif bmp webp docx docm dotx dotm doc rtf odt ott xlsx xlsm xltx "
    "xltm xls xlt ods ots csv tsv pptx pptm ppsx potx ppt odp otp eml msg html htm xhtml zip".split()
)
"""Endings of the files that can be taken in, and of old Office files, without the dot."""

ENDING = rf"\.(?:{'|'.join(sorted(ENDINGS, key=len, reverse=True))})\b"
"""A pattern of an ending, for use with re.IGNORECASE."""
