"""Structure: finds the lines, headings, tables and footnotes of pages, and builds blocks from them."""
