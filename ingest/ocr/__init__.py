"""OCR with Tesseract on this machine, using language data from packages. Takes pictures; file formats are parsed
elsewhere.

`languages` lists the installed languages, `tesseract` wraps the library, `deskew` straightens a page, `columns` finds
its columns, `recognition` decides what to try, `rows` joins pieces of lines, `page_text` makes a page's text from
words, `pages` processes many pages at once.
"""
