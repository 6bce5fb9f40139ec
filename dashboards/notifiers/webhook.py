"""Posts messages as JSON to an http or https address."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

from dashboards.notifiers.base import Message, NotDelivered

TIMEOUT_SECONDS = 10


class _Straight(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """A redirect is not followed: it would carry the message to an address that nobody has configured."""


class Webhook:
    """One POST per message: the notice's fields and its sentence as `text`; the id also as Idempotency-Key."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._opener = urllib.request.build_opener(_Straight)

    def send(self, message: Message) -> None:
        body = json.dumps({**message.fields, "text": message.text}, ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": message.id.encode("ascii", "backslashreplace").decode(),
            "User-Agent": "scoreline",
        }
        request = urllib.request.Request(self._address, data=body, headers=headers, method="POST")
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS):
                return
        except urllib.error.HTTPError as error:
            raise NotDelivered(f"the receiver answered {error.code}") from error
        except OSError as error:
            raise NotDelivered(f"the receiver could not be reached: {getattr(error, 'reason', error)}") from error
