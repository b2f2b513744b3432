"""Structure: lines, headings, tables and footnotes of pages, up to blocks."""
