"""Objects of a directory as files, with scripts that would bring them back by hand."""
