"""Where the files of an export lie while it runs: below a folder, or in ZIP archives."""
