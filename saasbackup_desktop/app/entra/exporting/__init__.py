"""Comparisons of a directory as files: for programs, for spreadsheets, and for people."""
