"""Documents to read and to print: each message, event or contact a PDF file, made in a process of its own."""
