"""Exchange mail: a mailbox's messages and folders, read and written through Graph."""
