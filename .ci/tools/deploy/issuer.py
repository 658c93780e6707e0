"""An issuer of its own: a key that lives as long as this process, its public half over TLS, and tokens that it signs with RS256."""

import base64
import datetime
import http.server
import ipaddress
import json
import ssl
import threading
import time

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

AUDIENCE = "customer-master-dev"
KEY_ID = "key-1"


def certificate(folder):
    """A certificate for the loopback address, and the file that holds it: whoever trusts that file trusts the issuer."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "issuer on this machine")])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    trusted, secret = folder / "issuer.pem", folder / "issuer-key.pem"
    trusted.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    return trusted, secret


class Issuer:
    """The issuer; it answers from when it is made until the process ends."""

    def __init__(self, folder):
        self.trusted, secret = certificate(folder)
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.other_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.trusted, secret)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        self.base = f"https://127.0.0.1:{server.server_port}"
        # With a slash at its end, as many providers have it: it must be in the token exactly so.
        self.name = f"{self.base}/dev/"
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def handler(issuer):
        def number(value):
            return base64.urlsafe_b64encode(value.to_bytes((value.bit_length() + 7) // 8, "big")).rstrip(b"=").decode()

        public = issuer.key.public_key().public_numbers()
        keys = {"keys": [{"kty": "RSA", "kid": KEY_ID, "use": "sig", "alg": "RS256", "n": number(public.n), "e": number(public.e)}]}

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                pages = {
                    "/dev/.well-known/openid-configuration": lambda: {"issuer": issuer.name, "jwks_uri": f"{issuer.base}/dev/keys"},
                    "/dev/keys": lambda: keys,
                }
                page = pages.get(self.path)
                body = json.dumps(page() if page else {}).encode()
                self.send_response(200 if page else 404)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        return Handler

    def token(self, scope="", key=None, **claims):
        """A good token with these scopes and claims, unless a claim or another key makes it a bad one."""
        now = int(time.time())
        told = {"iss": self.name, "aud": AUDIENCE, "sub": "deployment-check", "iat": now, "exp": now + 1800, "scope": scope, **claims}
        return jwt.encode(told, key or self.key, algorithm="RS256", headers={"kid": KEY_ID})

    def bad_tokens(self):
        """Tokens that no door may take, each with what is wrong."""
        now = int(time.time())
        everything = "dealer customers steward privacy"
        return {
            "of another key": self.token(everything, key=self.other_key),
            "of another issuer": self.token(everything, iss="https://other.example/"),
            "for another audience": self.token(everything, aud="other"),
            "expired": self.token(everything, exp=now - 60),
            "not yet good": self.token(everything, nbf=now + 600),
        }
