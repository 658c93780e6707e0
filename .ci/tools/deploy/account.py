"""An emulated account on this machine: a process that listens on the loopback device alone, and the clients that ask it.

Nothing here knows what is deployed.
"""

import os
import socket
import subprocess
import time
import urllib.request

import boto3
from botocore.config import Config

# Where the database client of the tests looks; an emulated table is found under its region.
REGION = "us-east-1"
STARTS_WITHIN = 60


class Account:
    """The emulated account; `with` starts it and stops it."""

    def __init__(self, emulator, folder, trusted):
        self.emulator = emulator
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "account.log"
        modules = os.path.join(os.path.dirname(__file__), "functions")
        self.environment = {
            **os.environ,
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self.port),
            "MINISTACK_REGION": REGION,
            # It listens on every interface, for a service that is not used here.
            "IOT_MTLS_ENABLED": "0",
            # The authorizer fetches the issuer's keys over TLS.
            "SSL_CERT_FILE": str(trusted),
            # What Lambda gives an inline function to import.
            "PYTHONPATH": modules,
        }
        self.process = None

    def __enter__(self):
        with self.log.open("wb") as log:
            self.process = subprocess.Popen([self.emulator, "-m", "ministack"], cwd=self.folder, env=self.environment, stdout=log, stderr=log)
        deadline = time.monotonic() + STARTS_WITHIN
        while True:
            try:
                with urllib.request.urlopen(f"{self.url}/_ministack/health", timeout=5):
                    return self
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    self.__exit__()
                    raise SystemExit(f"The emulated account does not start:\n{self.log.read_text()[-4000:]}") from None
                time.sleep(0.1)

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def complaints(self):
        """What the emulator complained of last."""
        lines = self.log.read_text(errors="replace").splitlines()
        return "\n".join([line[:2000] for line in lines if " ERROR " in line or "WARNING" in line and "unpublished metrics" not in line][-20:])

    def last_words(self):
        """What the functions logged last that is no information."""
        logs = self.client("logs")
        lines = []
        for group in logs.describe_log_groups()["logGroups"]:
            for event in logs.filter_log_events(logGroupName=group["logGroupName"]).get("events", []):
                if any(level in event["message"] for level in ("WARN", "ERROR", "panicked", "rror:")):
                    lines.append((event["timestamp"], f"{group['logGroupName']}: {event['message'].strip()[:2000]}"))
        return "\n".join(line for _, line in sorted(lines)[-20:])

    def asked_by(self):
        """The environment of a command that asks this account."""
        return {
            **os.environ,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "SAM_CLI_TELEMETRY": "0",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def client(self, service):
        """A client of one of its services. It asks once: what fails here is to be seen."""
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"total_max_attempts": 1}, max_pool_connections=128, read_timeout=60),
        )

    def emulator_says(self, expression):
        """What an expression comes to in the emulator's own Python: for what it does not tell over HTTP."""
        done = subprocess.run([self.emulator, "-c", f"print({expression})"], capture_output=True, text=True, check=True)
        return done.stdout.strip()
