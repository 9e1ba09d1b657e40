"""A page as static/js/live.js is one: it listens, and asks over HTTP for what it may have missed."""

from __future__ import annotations

import json
import random
import threading
import time
from typing import Any

import requests
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import connect
from websockets.typing import Origin

from consortium.people.models import User
from tests.faults.stack import Stack


class LivePage:
    """One open page on one topic, on a thread of its own. `seen` are the entries shown, in the order of showing."""

    def __init__(self, stack: Stack, browser: requests.Session, topic: str) -> None:
        self.stack, self.topic = stack, topic
        self.browser = requests.Session()
        self.browser.cookies.update(browser.cookies)
        self.seen: list[int] = []
        self.delays: list[float] = []
        self.sockets = self.resyncs = 0
        self.listening = threading.Event()
        self._ends = threading.Event()
        # the page's own thread and the test may ask at once: who comes second asks after what the first has shown
        self._asking = threading.Lock()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def last(self) -> int:
        return self.seen[-1] if self.seen else 0

    def end(self) -> None:
        self._ends.set()
        self._thread.join(20)

    def _run(self) -> None:
        while not self._ends.is_set():
            try:
                self._listen()
            except (OSError, InvalidHandshake, ConnectionClosed, TimeoutError, requests.RequestException):
                self.listening.clear()
                self._ends.wait(random.uniform(0, 0.5))

    def _listen(self) -> None:
        cookies = "; ".join(f"{name}={value}" for name, value in self.browser.cookies.items())
        address = f"ws://localhost:{self.stack.port}/ws/"
        headers, origin = {"Cookie": cookies}, Origin(self.stack.url)
        with connect(address, additional_headers=headers, origin=origin, compression=None, open_timeout=5) as socket:
            self.sockets += 1
            socket.send(json.dumps({"do": "listen", "topic": self.topic}))
            while not self._ends.is_set():
                try:
                    self._heard(json.loads(socket.recv(timeout=0.2)))
                except TimeoutError:
                    continue

    def _heard(self, frame: dict[str, Any]) -> None:
        if frame.get("did") == "resync":
            self.resyncs += 1
            self.catch_up()
        elif frame.get("did") == "listen":
            self.catch_up()
            self.listening.set()
        elif frame.get("seq", 0) > self.last:
            self.catch_up()

    def catch_up(self) -> None:
        """All that is missing, in as many answers as it takes."""
        with self._asking:
            while self._asked_for_more():
                pass

    def _asked_for_more(self) -> bool:
        query: dict[str, Any] = {"topic": self.topic, "after": self.last}
        answer = self.browser.get(f"{self.stack.url}/live/catch-up/", params=query, timeout=30)
        if not answer.ok:
            return False
        told = answer.json()
        self.seen += [entry["seq"] for entry in told["entries"]]
        return bool(told["more"])


class Sender:
    """Writes into a case's thread over the API; `saved` are the messages that it was told are stored."""

    def __init__(self, stack: Stack, user: User, case_id: object) -> None:
        self.browser = stack.browser(user)
        self.browser.get(f"{stack.url}/notices/", timeout=30)
        self.browser.headers["X-CSRFToken"] = self.browser.cookies.get(f"csrf{stack.port}") or ""
        self.address = f"{stack.url}/api/v1/cases/{case_id}/messages/"
        self.saved: list[str] = []
        self.refused: list[int] = []
        self.seconds: list[float] = []

    def send(self, text: str = "She drinks a little.") -> None:
        begun = time.monotonic()
        answer = self.browser.post(self.address, json={"text": text}, timeout=30)
        self.seconds.append(time.monotonic() - begun)
        if answer.status_code == 201:
            self.saved.append(answer.json()["id"])
        elif answer.status_code == 429:  # one person may only write so fast
            time.sleep(float(answer.headers.get("Retry-After", 1)))
        else:
            self.refused.append(answer.status_code)
