"""The pages of the service: assets, content security policy, where they are served, and how a browser shows them."""

import json
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.runtime.conftest import Shop, Starter
from tests.support.tools import INSTALLED, not_run, tool

LOOK = Path(__file__).parents[1] / "pages" / "look.cjs"


@pytest.mark.postgres
def test_pages_are_served_in_development_only_and_under_a_strict_policy(
    starter: Starter, running: Shop
) -> None:
    html = {"accept": "text/html"}
    with httpx.Client(base_url=running.backend.url, headers=html) as client:
        for path in ("/docs", "/graphql", "/docs/graphiql/graphiql.js", "/docs/swagger-ui.css"):
            answer = client.get(path)
            policy = answer.headers["content-security-policy"]
            assert answer.status_code == 200 and "unsafe" not in policy and "default-src 'none'" in policy
            assert answer.headers.get("content-encoding", "") == ("gzip" if "." in path else "")
        for page in (client.get("/docs").text, client.get("/graphql").text):
            assert "://" not in page and "<style" not in page and " style=" not in page
            assert page.count("<script") == page.count("<script src=")
        plain = client.get("/docs/graphiql/react.js", headers={"accept-encoding": "identity"})
        assert "content-encoding" not in plain.headers and plain.text.startswith("/**")
        assert client.get("/graphql?query={__typename}").headers["content-type"] == "application/json"
        assert client.get("/graphql", headers={"accept": "*/*"}).headers["content-type"] != "text/html"
    silent = starter.start(PAGES_SERVE="false")
    with httpx.Client(base_url=silent.backend.url, headers=html) as client:
        for path in ("/docs", "/docs/swagger-ui.js", "/docs/graphiql/page.js"):
            assert client.get(path).status_code == 404
        assert client.get("/graphql").headers["content-type"] != "text/html; charset=utf-8"
        assert client.get("/openapi.json").status_code == 200
    for environment in ("staging", "production"):
        assert "[pages]\nserve = false\n" in (
            running.out / "config" / environment / "service.toml"
        ).read_text("utf-8")


@pytest.mark.postgres
@pytest.mark.tool
def test_a_browser_shows_both_pages(running: Shop, tmp_path: Path) -> None:
    """At 1280 and 390 pixels, light and dark: a request and a query are answered, nothing is asked from another place, axe-core
    reports nothing serious, nothing is wider than the screen."""
    chromium = shutil.which("chromium")
    if tool("browser") is None or chromium is None:
        pytest.skip(not_run("browser") if chromium else "not run: chromium is not installed")
    token = running.client("acme.ann", "member").headers["authorization"].removeprefix("Bearer ")
    modules = INSTALLED / "browser" / "node_modules"
    command = ["node", LOOK, running.backend.url, token, chromium, modules, tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {}
    assert len(list(tmp_path.glob("*.png"))) == 12
