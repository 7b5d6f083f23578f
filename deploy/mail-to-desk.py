#!/usr/bin/env python3
"""Hand one message from standard input to the desk's hook (`mail.hook`), signed.

Python's standard library is all it needs. From the environment, or the file that is its one
argument, in lines NAME=value:

    COMMONPLACE_MAIL_HOOK_SECRET   the secret that the desk has too
    DESK_MAIL_HOOK                 such as http://127.0.0.1:8713/mail

Ends with 0 once the desk has committed the message, with 69 (EX_UNAVAILABLE) if it is too large,
and else with 75 (EX_TEMPFAIL), so that the mail server keeps the message and tries again.
"""

import hashlib
import hmac
import http.client
import os
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

DONE, TOO_LARGE, LATER = 0, 69, 75


def main() -> int:
    """Send it; return how to end."""
    given = dict(os.environ)
    for file in sys.argv[1:2]:
        lines = Path(file).read_text("utf-8").splitlines()
        given |= dict(line.split("=", 1) for line in lines if "=" in line and line[0] != "#")
    hook = urlsplit(given["DESK_MAIL_HOOK"])
    message = sys.stdin.buffer.read()
    stamp = str(int(time.time()))
    key = given["COMMONPLACE_MAIL_HOOK_SECRET"].encode()
    signature = hmac.digest(key, f"{stamp}.".encode() + message, hashlib.sha256).hex()
    kind = http.client.HTTPSConnection if hook.scheme == "https" else http.client.HTTPConnection
    connection = kind(hook.hostname or "", hook.port, timeout=60)
    headers = {
        "Content-Type": "message/rfc822",
        "X-Desk-Timestamp": stamp,
        "X-Desk-Signature": f"sha256={signature}",
    }
    try:
        connection.request("POST", hook.path or "/mail", message, headers)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return LATER
    finally:
        connection.close()
    return {200: DONE, 413: TOO_LARGE}.get(status, LATER)


if __name__ == "__main__":
    sys.exit(main())
