"""Properties by name, and the sets that named ones belong to ([MS-OXPROPS])."""

from typing import Final
from uuid import UUID

from saasbackup_desktop.providers.files.pst.model import Named, Tag, Type


def _set(number: int) -> UUID:
    return UUID(f"{number:08x}-0000-0000-c000-000000000046")


PUBLIC_STRINGS: Final = _set(0x00020329)
INTERNET_HEADERS: Final = _set(0x00020386)
APPOINTMENT: Final = _set(0x00062002)
TASK: Final = _set(0x00062003)
ADDRESS: Final = _set(0x00062004)
COMMON: Final = _set(0x00062008)
LOG: Final = _set(0x0006200A)
NOTE: Final = _set(0x0006200E)
MEETING: Final = UUID("6ed8da90-450b-101b-98da-00aa003f1305")

# Every item
MESSAGE_CLASS: Final = Tag(0x001A, Type.STRING)
IMPORTANCE: Final = Tag(0x0017, Type.INTEGER32)
PRIORITY: Final = Tag(0x0026, Type.INTEGER32)
SENSITIVITY: Final = Tag(0x0036, Type.INTEGER32)
SUBJECT: Final = Tag(0x0037, Type.STRING)
"""The whole of it; how a store marks where its prefix ends is the store's."""
SUBJECT_PREFIX: Final = Tag(0x003D, Type.STRING)
NORMALIZED_SUBJECT: Final = Tag(0x0E1D, Type.STRING)
CONVERSATION_TOPIC: Final = Tag(0x0070, Type.STRING)
CONVERSATION_INDEX: Final = Tag(0x0071, Type.BINARY)
SEARCH_KEY: Final = Tag(0x300B, Type.BINARY)
CREATED: Final = Tag(0x3007, Type.TIME)
MODIFIED: Final = Tag(0x3008, Type.TIME)
ICON: Final = Tag(0x1080, Type.INTEGER32)
CODE_PAGE: Final = Tag(0x3FDE, Type.INTEGER32)
"""PidTagInternetCodepage: what the HTML body is written in."""
BODY: Final = Tag(0x1000, Type.STRING)
HTML: Final = Tag(0x1013, Type.BINARY)
NATIVE_BODY: Final = Tag(0x1016, Type.INTEGER32)
KEYWORDS: Final = Tag(Named(PUBLIC_STRINGS, "Keywords"), Type.MANY_STRING)
"""Categories."""

# Mail: times and state
SUBMITTED: Final = Tag(0x0039, Type.TIME)
DELIVERED: Final = Tag(0x0E06, Type.TIME)
MESSAGE_FLAGS: Final = Tag(0x0E07, Type.INTEGER32)
LAST_VERB: Final = Tag(0x1081, Type.INTEGER32)
LAST_VERB_TIME: Final = Tag(0x1082, Type.TIME)
FLAG_STATUS: Final = Tag(0x1090, Type.INTEGER32)
FLAG_COLOUR: Final = Tag(0x1095, Type.INTEGER32)
TO_DO_FLAGS: Final = Tag(0x0E2B, Type.INTEGER32)
FLAG_REQUEST: Final = Tag(Named(COMMON, 0x8530), Type.STRING)
FLAG_COMPLETED: Final = Tag(0x1091, Type.TIME)
TO_DO_TITLE: Final = Tag(Named(COMMON, 0x85A4), Type.STRING)
READ_RECEIPT: Final = Tag(0x0029, Type.BOOLEAN)
DELIVERY_RECEIPT: Final = Tag(0x0023, Type.BOOLEAN)

# Mail: headers
TRANSPORT_HEADERS: Final = Tag(0x007D, Type.STRING)
MESSAGE_ID: Final = Tag(0x1035, Type.STRING)
REFERENCES: Final = Tag(0x1039, Type.STRING)
IN_REPLY_TO: Final = Tag(0x1042, Type.STRING)
LIST_HELP: Final = Tag(0x1043, Type.STRING)
LIST_SUBSCRIBE: Final = Tag(0x1044, Type.STRING)
LIST_UNSUBSCRIBE: Final = Tag(0x1045, Type.STRING)

# Mail: people
SENT_REPRESENTING_ENTRY: Final = Tag(0x0041, Type.BINARY)
SENT_REPRESENTING_NAME: Final = Tag(0x0042, Type.STRING)
SENT_REPRESENTING_TYPE: Final = Tag(0x0064, Type.STRING)
SENT_REPRESENTING_ADDRESS: Final = Tag(0x0065, Type.STRING)
SENT_REPRESENTING_KEY: Final = Tag(0x003B, Type.BINARY)
SENT_REPRESENTING_SMTP: Final = Tag(0x5D02, Type.STRING)
SENDER_ENTRY: Final = Tag(0x0C19, Type.BINARY)
SENDER_NAME: Final = Tag(0x0C1A, Type.STRING)
SENDER_TYPE: Final = Tag(0x0C1E, Type.STRING)
SENDER_ADDRESS: Final = Tag(0x0C1F, Type.STRING)
SENDER_KEY: Final = Tag(0x0C1D, Type.BINARY)
SENDER_SMTP: Final = Tag(0x5D01, Type.STRING)
REPLY_ENTRIES: Final = Tag(0x004F, Type.BINARY)
REPLY_NAMES: Final = Tag(0x0050, Type.STRING)

# Reports
REPORT_TEXT: Final = Tag(0x1001, Type.STRING)
REPORT_TIME: Final = Tag(0x0032, Type.TIME)
ORIGINAL_SUBJECT: Final = Tag(0x0049, Type.STRING)
ORIGINAL_MESSAGE_ID: Final = Tag(0x1046, Type.STRING)
REPORTING_AGENT: Final = Tag(0x6820, Type.STRING)

# Recipients
RECIPIENT_TYPE: Final = Tag(0x0C15, Type.INTEGER32)
DISPLAY_NAME: Final = Tag(0x3001, Type.STRING)
ADDRESS_TYPE: Final = Tag(0x3002, Type.STRING)
EMAIL_ADDRESS: Final = Tag(0x3003, Type.STRING)
SMTP_ADDRESS: Final = Tag(0x39FE, Type.STRING)
SEVEN_BIT_NAME: Final = Tag(0x39FF, Type.STRING)
ENTRY_ID: Final = Tag(0x0FFF, Type.BINARY)
RECORD_KEY: Final = Tag(0x0FF9, Type.BINARY)
OBJECT_TYPE: Final = Tag(0x0FFE, Type.INTEGER32)
DISPLAY_TYPE: Final = Tag(0x3900, Type.INTEGER32)
RESPONSIBILITY: Final = Tag(0x0E0F, Type.BOOLEAN)
RICH_INFO: Final = Tag(0x3A40, Type.BOOLEAN)

# Attachments
ATTACH_DATA: Final = Tag(0x3701, Type.BINARY)
ATTACH_ENCODING: Final = Tag(0x3702, Type.BINARY)
ATTACH_EXTENSION: Final = Tag(0x3703, Type.STRING)
ATTACH_SHORT_NAME: Final = Tag(0x3704, Type.STRING)
ATTACH_METHOD: Final = Tag(0x3705, Type.INTEGER32)
ATTACH_LONG_NAME: Final = Tag(0x3707, Type.STRING)
ATTACH_POSITION: Final = Tag(0x370B, Type.INTEGER32)
ATTACH_MEDIA_TYPE: Final = Tag(0x370E, Type.STRING)
ATTACH_CONTENT_ID: Final = Tag(0x3712, Type.STRING)
ATTACH_LOCATION: Final = Tag(0x3713, Type.STRING)
ATTACH_FLAGS: Final = Tag(0x3714, Type.INTEGER32)
ATTACH_HIDDEN: Final = Tag(0x7FFE, Type.BOOLEAN)
ATTACH_CONTACT_PHOTO: Final = Tag(0x7FFF, Type.BOOLEAN)

# Tasks, and mail that is one
TASK_STATUS: Final = Tag(Named(TASK, 0x8101), Type.INTEGER32)
TASK_PERCENT: Final = Tag(Named(TASK, 0x8102), Type.FLOATING64)
TASK_START: Final = Tag(Named(TASK, 0x8104), Type.TIME)
TASK_DUE: Final = Tag(Named(TASK, 0x8105), Type.TIME)
TASK_COMPLETED: Final = Tag(Named(TASK, 0x810F), Type.TIME)
TASK_COMPLETE: Final = Tag(Named(TASK, 0x811C), Type.BOOLEAN)
COMMON_START: Final = Tag(Named(COMMON, 0x8516), Type.TIME)
COMMON_END: Final = Tag(Named(COMMON, 0x8517), Type.TIME)

# Contacts
TITLE: Final = Tag(0x3A45, Type.STRING)
"""PidTagDisplayNamePrefix: what stands before a name."""
GIVEN_NAME: Final = Tag(0x3A06, Type.STRING)
MIDDLE_NAME: Final = Tag(0x3A44, Type.STRING)
SURNAME: Final = Tag(0x3A11, Type.STRING)
GENERATION: Final = Tag(0x3A05, Type.STRING)
INITIALS: Final = Tag(0x3A0A, Type.STRING)
NICKNAME: Final = Tag(0x3A4F, Type.STRING)
COMPANY: Final = Tag(0x3A16, Type.STRING)
JOB_TITLE: Final = Tag(0x3A17, Type.STRING)
DEPARTMENT: Final = Tag(0x3A18, Type.STRING)
OFFICE: Final = Tag(0x3A19, Type.STRING)
PROFESSION: Final = Tag(0x3A46, Type.STRING)
MANAGER: Final = Tag(0x3A4E, Type.STRING)
ASSISTANT: Final = Tag(0x3A30, Type.STRING)
SPOUSE: Final = Tag(0x3A48, Type.STRING)
CHILDREN: Final = Tag(0x3A58, Type.MANY_STRING)
BUSINESS_PAGE: Final = Tag(0x3A51, Type.STRING)
BIRTHDAY: Final = Tag(0x3A42, Type.TIME)
BUSINESS_PHONE: Final = Tag(0x3A08, Type.STRING)
BUSINESS_PHONE_2: Final = Tag(0x3A1B, Type.STRING)
HOME_PHONE: Final = Tag(0x3A09, Type.STRING)
HOME_PHONE_2: Final = Tag(0x3A2F, Type.STRING)
MOBILE_PHONE: Final = Tag(0x3A1C, Type.STRING)
POSTAL_ADDRESS: Final = Tag(0x3A15, Type.STRING)
MAILING: Final = tuple(Tag(number, Type.STRING) for number in (0x3A29, 0x3A27, 0x3A28, 0x3A2A, 0x3A26))
"""Street, city, state, postal code and country, as in the three that follow."""
HOME: Final = tuple(Tag(number, Type.STRING) for number in (0x3A5D, 0x3A59, 0x3A5C, 0x3A5B, 0x3A5A))
OTHER: Final = tuple(Tag(number, Type.STRING) for number in (0x3A63, 0x3A5F, 0x3A62, 0x3A61, 0x3A60))
WORK: Final = tuple(Tag(Named(ADDRESS, number), Type.STRING) for number in range(0x8045, 0x804A))
FILE_UNDER: Final = Tag(Named(ADDRESS, 0x8005), Type.STRING)
FILE_UNDER_RULE: Final = Tag(Named(ADDRESS, 0x8006), Type.INTEGER32)
CONTACT_ITEM_DATA: Final = Tag(Named(ADDRESS, 0x8007), Type.MANY_INTEGER32)
HAS_PICTURE: Final = Tag(Named(ADDRESS, 0x8015), Type.BOOLEAN)
HOME_ADDRESS: Final = Tag(Named(ADDRESS, 0x801A), Type.STRING)
WORK_ADDRESS: Final = Tag(Named(ADDRESS, 0x801B), Type.STRING)
OTHER_ADDRESS: Final = Tag(Named(ADDRESS, 0x801C), Type.STRING)
MAILING_ADDRESS: Final = Tag(Named(ADDRESS, 0x8022), Type.INTEGER32)
EMAILS: Final = Tag(Named(ADDRESS, 0x8028), Type.MANY_INTEGER32)
EMAILS_MASK: Final = Tag(Named(ADDRESS, 0x8029), Type.INTEGER32)
WEB_PAGE: Final = Tag(Named(ADDRESS, 0x802B), Type.STRING)
YOMI_GIVEN_NAME: Final = Tag(Named(ADDRESS, 0x802C), Type.STRING)
YOMI_SURNAME: Final = Tag(Named(ADDRESS, 0x802D), Type.STRING)
YOMI_COMPANY: Final = Tag(Named(ADDRESS, 0x802E), Type.STRING)
CHAT_ADDRESS: Final = Tag(Named(ADDRESS, 0x8062), Type.STRING)
BIRTHDAY_LOCAL: Final = Tag(Named(ADDRESS, 0x80DE), Type.TIME)


def contact_email(number: int, offset: int, type: Type) -> Tag:
    """A property of a contact's mail address, the first one being 0: its name, type, address and so on by offset."""
    return Tag(Named(ADDRESS, 0x8080 + 0x10 * number + offset), type)
