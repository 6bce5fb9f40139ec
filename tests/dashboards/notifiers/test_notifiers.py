"""The family of notifiers, against a receiver on this machine."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from dashboards.notifiers import Message, NotDelivered, notifier_for

MESSAGE = Message("r|t:cs|fire|1", "预警：客服组", "high", {"notice": "fire", "rule": "r"})


class Receiver(HTTPServer):
    """Keeps what is posted; answers with `status`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.status = 200
        self.posts: list[tuple[dict[str, str], dict[str, object]]] = []


class Handler(BaseHTTPRequestHandler):
    """Takes a POST."""

    def do_POST(self) -> None:
        receiver = self.server
        assert isinstance(receiver, Receiver)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        receiver.posts.append((dict(self.headers.items()), json.loads(body)))
        self.send_response(receiver.status)
        if receiver.status == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        """Tests are quiet."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that runs for the test."""
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_webhook_posts_the_notice(receiver: Receiver) -> None:
    """The receiver gets the fields, the sentence and the stable id as Idempotency-Key."""
    notifier_for(f"http://127.0.0.1:{receiver.server_port}/hook").send(MESSAGE)
    ((headers, body),) = receiver.posts
    assert body == {"notice": "fire", "rule": "r", "text": "预警：客服组"}
    assert headers["Idempotency-Key"] == "r|t:cs|fire|1"


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_webhook_that_is_refused_says_so(receiver: Receiver, status: int) -> None:
    """Anything but acceptance is a failure; a redirect is not followed; the address is not in the message."""
    receiver.status = status
    with pytest.raises(NotDelivered) as caught:
        notifier_for(f"http://127.0.0.1:{receiver.server_port}/secret").send(MESSAGE)
    assert str(status) in str(caught.value)
    assert "secret" not in str(caught.value)
    assert len(receiver.posts) == 1


def test_a_receiver_that_is_away_is_a_failure(receiver: Receiver) -> None:
    """A refused connection is reported as not delivered."""
    with pytest.raises(NotDelivered, match="could not be reached"):
        notifier_for("http://127.0.0.1:9/hook").send(MESSAGE)


def test_a_service_address_goes_through_apprise(receiver: Receiver) -> None:
    """The generic json:// service of apprise delivers the sentence."""
    notifier_for(f"json://127.0.0.1:{receiver.server_port}/hook").send(MESSAGE)
    assert receiver.posts[0][1]["message"] == "预警：客服组"
    receiver.status = 500
    with pytest.raises(NotDelivered):
        notifier_for(f"json://127.0.0.1:{receiver.server_port}/hook").send(MESSAGE)


def test_without_an_address_the_log_gets_it(caplog: pytest.LogCaptureFixture) -> None:
    """No address and log: write to the log which rule it was, without names and numbers of people."""
    with caplog.at_level(logging.WARNING, "scoreline.notices"):
        notifier_for("").send(MESSAGE)
        notifier_for("log:").send(MESSAGE)
    assert caplog.text.count(MESSAGE.id) == 2
    assert MESSAGE.text not in caplog.text


@pytest.mark.parametrize("address", ["gopher://x", "hook.example", "mailto://"])
def test_an_address_that_cannot_work_is_refused(address: str) -> None:
    """An unknown scheme or an unreadable address is refused at the start, with what is known."""
    with pytest.raises(ValueError, match=r"notify\.url"):
        notifier_for(address)
