"""A server inside a sandbox whose state is in its memory only."""

import os

from files import fetch
from kit import mode, until

PROGRAM = """
import http.server
count = 0

class Counter(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        global count
        count += 1
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"%d" % count)

    def log_message(self, *words):
        pass

http.server.HTTPServer(("127.0.0.1", 8000), Counter).serve_forever()
"""


def _ask(sandbox):
    headers = {"E2b-Sandbox-Id": sandbox.sandbox_id, "E2b-Sandbox-Port": "8000"}
    return fetch(os.environ["E2B_SANDBOX_URL"] + "/", headers=headers)


def start_counter(sandbox):
    """Starts the server, which has been asked once when this returns."""
    sandbox.files.write("counter.py", PROGRAM)
    mode.background(sandbox, "python3 counter.py", timeout=0)
    until(lambda: _ask(sandbox)[0] == 200, "the counter")


def count(sandbox):
    """How often the server has been asked, this time included."""
    status, body = _ask(sandbox)
    if status != 200:
        raise AssertionError(f"the counter answers {status}: {body}")
    return int(body)
