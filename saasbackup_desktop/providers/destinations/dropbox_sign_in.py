"""Letting this application into somebody's Dropbox: by a code that Dropbox shows (OAuth 2 with PKCE, RFC 7636)."""

from typing import Any

import requests

from saasbackup_desktop.core.errors import Misconfigured, SignInNeeded, Unreachable

_HOST = "api.dropboxapi.com"


class DropboxSignIn:
    """One attempt; the code fits the address that it was shown for only."""

    def __init__(self, app_key: str, session: requests.Session | None = None) -> None:
        """Raises Misconfigured if there is no application's key."""
        if not app_key or not app_key.isalnum():
            raise Misconfigured("not an application's key", what="destination-lacks", name="app-key")
        from dropbox.oauth import DropboxOAuth2FlowNoRedirect

        self._flow: Any = DropboxOAuth2FlowNoRedirect(app_key, use_pkce=True, token_access_type="offline")
        if session is not None:
            self._flow.requests_session = session
        self.address: str = self._flow.start()

    def finish(self, code: str) -> str:
        """Give the refresh token. Blocks. Raises SignInNeeded, Unreachable."""
        try:
            found = self._flow.finish(code)
        except requests.HTTPError as error:
            raise SignInNeeded(type(error).__name__, what="dropbox-code") from None
        except requests.RequestException as error:
            raise Unreachable(type(error).__name__, host=_HOST, what="store") from None
        return str(found.refresh_token)
