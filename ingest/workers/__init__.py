"""Worker processes that parse files, so that a file which crashes or hangs a parser costs that file alone."""
