"""The columns of tables, in the order in which Outlook adds them to a new file ([MS-PST] 2.4.4.4 to 2.4.6.1)."""

from saasbackup_desktop.providers.files.pst.contexts import Layout, layout

_INTEGER, _BOOLEAN, _LONG, _STRING, _TIME, _BINARY, _INTEGERS = 0x0003, 0x000B, 0x0014, 0x001F, 0x0040, 0x0102, 0x1003

HIERARCHY = layout(
    (
        (0x3001, _STRING),
        (0x3602, _INTEGER),
        (0x3603, _INTEGER),
        (0x360A, _BOOLEAN),
        (0x0E30, _BINARY),
        (0x0E33, _LONG),
        (0x0E34, _BINARY),
        (0x0E38, _INTEGER),
        (0x3613, _STRING),
        (0x6635, _INTEGER),
        (0x6636, _INTEGER),
    )
)
CONTENTS = layout(
    (
        (0x0E17, _INTEGER),
        (0x001A, _STRING),
        (0x0E07, _INTEGER),
        (0x0017, _INTEGER),
        (0x0042, _STRING),
        (0x0037, _STRING),
        (0x0E06, _TIME),
        (0x0039, _TIME),
        (0x0E08, _INTEGER),
        (0x0E04, _STRING),
        (0x0E03, _STRING),
        (0x0057, _BOOLEAN),
        (0x0058, _BOOLEAN),
        (0x0036, _INTEGER),
        (0x1097, _INTEGER),
        (0x0070, _STRING),
        (0x0071, _BINARY),
        (0x3013, _BINARY),
        (0x65C6, _INTEGER),
        (0x3008, _TIME),
        (0x0E30, _BINARY),
        (0x0E33, _LONG),
        (0x0E34, _BINARY),
        (0x0E3D, _BINARY),
        (0x0E3C, _BINARY),
        (0x0E38, _INTEGER),
    )
)
ASSOCIATED = layout(
    (
        (0x0E17, _INTEGER),
        (0x001A, _STRING),
        (0x0E07, _INTEGER),
        (0x3001, _STRING),
        (0x7003, _INTEGER),
        (0x7004, _BINARY),
        (0x7005, _BINARY),
        (0x7006, _STRING),
        (0x7007, _INTEGER),
        (0x6800, _STRING),
        (0x6803, _BOOLEAN),
        (0x6805, _INTEGERS),
        (0x682F, _STRING),
    )
)
SEARCH_CONTENTS = layout(
    (
        (0x67F1, _INTEGER),
        (0x0E05, _STRING),
        (0x0E17, _INTEGER),
        (0x001A, _STRING),
        (0x0E07, _INTEGER),
        (0x0017, _INTEGER),
        (0x0042, _STRING),
        (0x0037, _STRING),
        (0x0E06, _TIME),
        (0x0E08, _INTEGER),
        (0x0E04, _STRING),
        (0x0E03, _STRING),
        (0x0057, _BOOLEAN),
        (0x0058, _BOOLEAN),
        (0x0036, _INTEGER),
        (0x0E2A, _BOOLEAN),
        (0x3008, _TIME),
    )
)
RECEIVE_FOLDERS = layout(((0x6605, _INTEGER), (0x001A, _STRING)))
OUTGOING = layout(((0x0E14, _INTEGER), (0x0E10, _INTEGER), (0x0039, _TIME)))
ATTACHMENTS = layout(((0x370B, _INTEGER), (0x0E20, _INTEGER), (0x3705, _INTEGER), (0x3704, _STRING)))
RECIPIENT_COLUMNS = (
    (0x0E0F, _BOOLEAN),
    (0x3002, _STRING),
    (0x3003, _STRING),
    (0x0FFF, _BINARY),
    (0x3001, _STRING),
    (0x0C15, _INTEGER),
    (0x300B, _BINARY),
    (0x0FF9, _BINARY),
    (0x0FFE, _INTEGER),
    (0x3900, _INTEGER),
    (0x3A40, _BOOLEAN),
    (0x39FF, _STRING),
)
RECIPIENTS = layout(RECIPIENT_COLUMNS)
CONTENTS_INDEX = layout(((0x0E33, _LONG), (0x0E37, _BINARY), (0x0E38, _INTEGER)))
SEARCH_INDEX = layout(
    (
        (0x0E3E, _BINARY),
        (0x0E31, _BINARY),
        (0x0E30, _BINARY),
        (0x0E38, _INTEGER),
        (0x0E34, _BINARY),
        (0x0E33, _LONG),
        (0x001A, _STRING),
    )
)
ATTACHMENT_INDEX = layout(((0x3007, _TIME), (0x0E33, _LONG)))

TEMPLATES: tuple[tuple[int, Layout], ...] = (
    (0x60D, HIERARCHY),
    (0x60E, CONTENTS),
    (0x60F, ASSOCIATED),
    (0x610, SEARCH_CONTENTS),
    (0x64C, OUTGOING),
    (0x671, ATTACHMENTS),
    (0x692, RECIPIENTS),
    (0x6B6, CONTENTS_INDEX),
    (0x6D7, SEARCH_INDEX),
    (0x6F8, ATTACHMENT_INDEX),
)
"""Tables without rows that every file has, by node."""
