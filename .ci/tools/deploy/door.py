"""Requests to a deployed stage through its front door."""

import concurrent.futures
import http.client
import json
import time
import urllib.parse

BUSY_FOR = 60


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    def __str__(self):
        return f"{self.status} {self.body[:300].decode(errors='replace')}"


def ask(stage, method, path, token=None, body=None, headers=None):
    """One request and its answer, whatever it is."""
    base = urllib.parse.urlsplit(stage.url)
    connection = http.client.HTTPConnection(base.hostname, base.port, timeout=60)
    sent = {"accept": "application/json", **(headers or {})}
    if token:
        sent["authorization"] = f"Bearer {token}"
    if body is not None:
        sent["content-type"] = "application/json"
    try:
        connection.request(method, base.path + path, json.dumps(body) if body is not None else None, sent)
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())
    finally:
        connection.close()


def ask_until_decided(*arguments, **named):
    """The same, again while the answer is that the master is busy, as its callers are told to."""
    until = time.monotonic() + BUSY_FOR
    while True:
        answer = ask(*arguments, **named)
        if answer.status not in (429, 503) or time.monotonic() > until:
            return answer
        time.sleep(0.2)


def all_at_once(requests):
    """The answers of requests, each a function, that are sent at the same moment."""
    with concurrent.futures.ThreadPoolExecutor(len(requests)) as crowd:
        return [under_way.result() for under_way in [crowd.submit(request) for request in requests]]
