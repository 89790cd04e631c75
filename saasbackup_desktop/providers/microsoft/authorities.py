"""Whose word on certificates counts: the system's authorities, or those of a file that was named."""

import ssl

from saasbackup_desktop.core.errors import Misconfigured


def authorities(ca_file: str) -> ssl.SSLContext | bool:
    """Read a file with certificates in PEM form; True for the system's own if none is named. Raises Misconfigured."""
    if not ca_file:
        return True
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        raise Misconfigured(type(error).__name__, file=ca_file, reason="authority-file") from None
