"""A stack that makes its identity provider itself: a person signs in as the console does, and the API takes the token."""

import base64
import hashlib
import http.client
import json
import secrets
import urllib.parse

import door
from stage import Failed

PERSON = "steward@example.com"


def redirected(account, method, path, form=None):
    """A request to the pool's sign-in pages: status, where it leads, body."""
    connection = http.client.HTTPConnection("127.0.0.1", account.port, timeout=30)
    try:
        body = urllib.parse.urlencode(form) if form else None
        connection.request(method, path, body, {"content-type": "application/x-www-form-urlencoded"} if form else {})
        answer = connection.getresponse()
        return answer.status, answer.headers.get("location", ""), answer.read()
    finally:
        connection.close()


def person(stage, groups, dealer_codes):
    """A person in these groups, made as an administrator makes one, and its password."""
    pool = stage.outputs["UserPoolId"]
    cognito = stage.account.client("cognito-idp")
    told = {"email": PERSON, "email_verified": "true", "custom:dealer_codes": dealer_codes}
    attributes = [{"Name": name, "Value": value} for name, value in told.items()]
    cognito.admin_create_user(UserPoolId=pool, Username=PERSON, UserAttributes=attributes, MessageAction="SUPPRESS")
    password = f"Aa1-{secrets.token_urlsafe(24)}"
    cognito.admin_set_user_password(UserPoolId=pool, Username=PERSON, Password=password, Permanent=True)
    for group in groups:
        cognito.admin_add_user_to_group(UserPoolId=pool, Username=PERSON, GroupName=group)
    return password


def token_of_the_console(stage, password):
    """The access token that the console gets: authorization code with PKCE, and with the scopes that the console asks for."""
    settings = stage.variables("FixError")
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "client_id": settings["CONSOLE_CLIENT_ID"],
        "redirect_uri": stage.outputs["ConsoleUrl"],
        "response_type": "code",
        "scope": settings["CONSOLE_SCOPES"],
        "state": "state",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    status, _, page = redirected(stage.account, "GET", f"/oauth2/authorize?{urllib.parse.urlencode(asked)}")
    if status != 200:
        raise Failed(f"The user pool does not let the console sign in: {status} {page[:500]}")
    status, back, page = redirected(stage.account, "POST", "/login", {**asked, "username": PERSON, "password": password})
    code = urllib.parse.parse_qs(urllib.parse.urlsplit(back).query).get("code")
    if not code or not back.startswith(stage.outputs["ConsoleUrl"]):
        raise Failed(f"Signing in leads nowhere: {status} {back} {page[:500]}")
    form = {"grant_type": "authorization_code", "code": code[0], "redirect_uri": asked["redirect_uri"], "client_id": asked["client_id"], "code_verifier": verifier}
    status, _, body = redirected(stage.account, "POST", "/oauth2/token", form)
    if status != 200:
        raise Failed(f"There is no token for the code: {status} {body[:500]}")
    return json.loads(body)["access_token"]


def gives_tokens(stage):
    token = token_of_the_console(stage, person(stage, ["steward", "dealer"], "TD68 TD69"))
    wanted = [
        ("GET", "/errors", token, 200),
        ("GET", "/dealer-customers/TD69", token, 200),
        # Let in, and nothing is there.
        ("GET", "/customers/000000001", token, 404),
        # Not one of its dealer codes, not one of its groups, and not a token of this issuer.
        ("GET", "/dealer-customers/TD70", token, 404),
        ("POST", "/customers/000000001/erase", token, 403),
        ("GET", "/errors", stage.issuer.token("steward"), 401),
    ]
    bad = []
    for method, path, bearer, status in wanted:
        answer = door.ask(stage, method, path, bearer, {} if method == "POST" else None)
        if answer.status != status:
            bad.append(f"{method} {path}: {answer}, and not {status}")
    if bad:
        raise Failed("A token of the user pool is not what it should be:\n  " + "\n  ".join(bad))
