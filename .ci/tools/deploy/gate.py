"""What stands between the deployed functions and the emulated database: it knows whose call comes in by the path, judges it by the role of that
function, and lets through what the role allows. Beside that it invokes a function for whoever has no client of Lambda.

It changes no call.
"""

import http.client
import http.server
import json
import threading

from rights import accesses

REFUSED = "com.amazon.coral.service#AccessDeniedException"


class Gate:
    """The gate; it answers from when it is made until the process ends."""

    def __init__(self, account):
        self.account = account
        self.roles = {}
        self.functions = {}
        self.refused = []
        self.calls = 0
        self.lock = threading.Lock()
        self.lambda_client = account.client("lambda")
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        server.daemon_threads = True
        self.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def database_of(self, stack, function):
        """Where a function's database is."""
        return f"{self.url}/database/{stack}/{function}"

    def open(self, stack, function, role):
        """From now on the calls of a function are judged by this role; what an earlier role was used for counts for it as well."""
        with self.lock:
            before = self.roles.get((stack, function))
            if before:
                role.used |= before.used
            self.roles[stack, function] = role

    def take_refused(self):
        with self.lock:
            refused, self.refused = self.refused, []
        return refused

    def judge(self, stack, function, action, body):
        """A sentence when the function has no right to the call."""
        with self.lock:
            self.calls += 1
            role = self.roles.get((stack, function))
            if role is None:
                denied = [f"{function} of {stack} has no role here"]
            else:
                denied = [f"{role.name} does not allow {access}" for access in accesses(action, body) if not role.allows(access)]
            self.refused.extend(denied)
        return denied[0] if denied else None

    def handler(gate):
        own = threading.local()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Small answers must not wait for one another.
            disable_nagle_algorithm = True

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                _, kind, stack, function = self.path.rstrip("/").split("/")
                if kind == "database":
                    self.database(stack, function, body)
                else:
                    self.invoke(stack, function, body)

            def database(self, stack, function, body):
                target = self.headers["x-amz-target"]
                why = gate.judge(stack, function, target.rsplit(".", 1)[-1], json.loads(body))
                if why:
                    told = json.dumps({"__type": REFUSED, "Message": why}).encode()
                    return self.answer(400, "application/x-amz-json-1.0", told)
                headers = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection")}
                for last in (False, True):
                    if not hasattr(own, "connection"):
                        own.connection = http.client.HTTPConnection("127.0.0.1", gate.account.port, timeout=30)
                    try:
                        own.connection.request("POST", "/", body, headers)
                        answer = own.connection.getresponse()
                        return self.answer(answer.status, answer.headers["content-type"], answer.read())
                    except (http.client.RemoteDisconnected, ConnectionError):
                        # An idle connection that was closed meanwhile; a new one is not.
                        del own.connection
                        if last:
                            raise

            def invoke(self, stack, function, body):
                name = gate.functions[stack, function]
                answer = gate.lambda_client.invoke(FunctionName=name, Qualifier="live", Payload=body)
                self.answer(502 if "FunctionError" in answer else 200, "application/json", answer["Payload"].read())

            def answer(self, status, content_type, body):
                try:
                    self.send_response(status)
                    self.send_header("content-type", content_type)
                    self.send_header("content-length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except ConnectionError:
                    # Who asked has given up, and asks again.
                    self.close_connection = True

            def log_message(self, *_):
                pass

        return Handler
