"""The protected homepage as the article composes it, in Flask: who is this, and may they?

Connections to Kratos and Keto are kept, which the article does not do.
"""

import os

import requests
from flask import Flask, redirect, request

KRATOS = os.environ["KRATOS_EXTERNAL_API_URL"]
KETO = os.environ["KETO_API_READ_URL"]
UI = os.environ["KRATOS_UI_URL"]
COOKIE = "ory_kratos_session"
LIMIT = (2, 5)

app = Flask(__name__)
http = requests.Session()


@app.get("/")
def home():
    cookie = request.cookies.get(COOKIE)
    if cookie is None:
        return redirect(f"{UI}/login")
    answer = http.get(
        f"{KRATOS}/sessions/whoami",
        headers={"Cookie": f"{COOKIE}={cookie}"},
        allow_redirects=False,
        timeout=LIMIT,
    )
    if answer.status_code != 200:
        return redirect(f"{UI}/login")
    session = answer.json()
    if not session.get("active"):
        return "not active", 403
    subject = session["identity"]["id"]
    answer = http.get(
        f"{KETO}/relation-tuples/check/openapi",
        params={
            "namespace": "app",
            "object": "homepage",
            "relation": "read",
            "subject_id": subject,
        },
        allow_redirects=False,
        timeout=LIMIT,
    )
    if answer.status_code != 200 or not answer.json().get("allowed"):
        return "not allowed", 403
    return f"<!doctype html><title>Homepage</title><h1>Homepage</h1><p>Welcome, {subject}.</p>"
