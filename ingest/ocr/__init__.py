"""Reading pictures of text: Tesseract on this machine, its language data from packages.

`languages` knows what is installed, `tesseract` the library, `straight` how a page lies, `recognise` what to try,
`text` how words become a page's text, `pages` many pages at once. None of them knows a file format.
"""
