"""The blocks of docs/operating.md for nginx and Caddy, served by them: the folder, and the daemon behind them."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme

from tests.fakes.newsroom import Newsroom
from tests.fakes.servers import free_port
from tests.fakes.serving import ask, served, sized

pytestmark = pytest.mark.heavy
ROOT = Path(__file__).parent.parent.parent
GUIDE = (ROOT / "docs" / "operating.md").read_text("utf-8")
PROXY, FOLDER = 0, 1
CONFIG = """
[fetch]
allow_private = true
[store]
url = "tinydb:store"
[publish]
folder = "site"
[[source]]
url = "http://127.0.0.1:{port}/rss"
[[topic]]
id = "water"
title = "Water"
match = ["water"]
"""


def block(language: str, number: int) -> str:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)[number]


@pytest.fixture
def site(tmp_path):
    with served(Newsroom(["High water at the pier"])) as port:
        (tmp_path / "config.toml").write_text(CONFIG.format(port=port), "utf-8")
        once = [sys.executable, "-m", "aggregator", "once", "--config", str(tmp_path / "config.toml")]
        subprocess.run(once, cwd=ROOT, check=True, capture_output=True, timeout=300)
    for folder in (tmp_path, *tmp_path.parents[:2]):  # nginx's workers may be somebody else
        folder.chmod(0o755)
    return tmp_path / "site"


@contextmanager
def running(*command: str, port: int):
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert process.poll() is None, process.stderr.read()
                assert time.monotonic() < deadline
                time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(60)
        process.stderr.close()


def nginx(folder: Path, server: str):
    types = next(path for path in ("/etc/nginx/mime.types", "/usr/local/etc/nginx/mime.types") if Path(path).exists())
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; events {{}} http {{ include {types}; access_log off; {server} }}", "utf-8"
    )
    return ("nginx", "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf"))


def caddy(folder: Path, site: str):
    text = f"{{\n admin off\n auto_https off\n storage file_system {folder}/caddy\n}}\n{site}"
    (folder / "Caddyfile").write_text(text, "utf-8")
    return ("caddy", "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile")


def serves_the_folder(port: int) -> None:
    feed = ask(port, "/feeds/water.atom")
    assert (feed.status, feed.headers["content-type"]) == (200, "application/atom+xml; charset=utf-8")
    assert b"High water at the pier" in feed.body
    assert ask(port, "/feeds/water.rss").headers["content-type"] == "application/rss+xml; charset=utf-8"
    assert ask(port, "/feeds/water.json").headers["content-type"] == "application/feed+json"
    packed = ask(port, "/feeds/water.atom", headers={"Accept-Encoding": "gzip"})
    assert (packed.headers["content-encoding"], packed.headers["content-type"]) == (
        "gzip",
        "application/atom+xml; charset=utf-8",
    )
    unchanged = ask(port, "/feeds/water.atom", headers={"If-None-Match": feed.headers["etag"]})
    assert unchanged.status == 304
    page = ask(port, "/topics/water")
    assert (page.status, page.headers["content-type"].partition(";")[0]) == (200, "text/html")
    missing = ask(port, "/feeds/nothing.atom")
    assert (missing.status, b"<html" in missing.body) == (404, True)


@pytest.mark.skipif(not shutil.which("nginx"), reason="needs nginx")
def test_nginx_serves_the_folder(site, tmp_path):
    port = free_port()
    server = block("nginx", FOLDER).replace("/srv/topicwire/site", str(site))
    server = server.replace("server {", f"server {{ listen 127.0.0.1:{port};")
    with running(*nginx(tmp_path, server), port=port):
        serves_the_folder(port)


@pytest.mark.skipif(not shutil.which("caddy"), reason="needs Caddy")
def test_caddy_serves_the_folder(site, tmp_path):
    port = free_port()
    text = block("caddyfile", FOLDER).replace("/srv/topicwire/site", str(site))
    with running(*caddy(tmp_path, text.replace("feeds.example.org", f"http://127.0.0.1:{port}")), port=port):
        serves_the_folder(port)


@pytest.mark.skipif(not shutil.which("nginx"), reason="needs nginx")
def test_nginx_stands_in_front_of_the_daemon(tmp_path):
    port, own = free_port(), trustme.CA().issue_cert("feeds.example")
    own.private_key_and_cert_chain_pem.write_to_path(tmp_path / "own.pem")
    with served(lambda asked: sized(200, {}, asked.target.encode())) as behind:
        server = re.sub(r"/etc/ssl/feeds.example/\w+.pem", str(tmp_path / "own.pem"), block("nginx", PROXY))
        server = server.replace("listen 443 ssl", f"listen 127.0.0.1:{port}").replace(":8080", f":{behind}")
        with running(*nginx(tmp_path, server), port=port):
            assert ask(port, "/feeds/t0ken/water.atom?x=1").body == b"/feeds/t0ken/water.atom?x=1"


@pytest.mark.skipif(not shutil.which("caddy"), reason="needs Caddy")
def test_caddy_stands_in_front_of_the_daemon(tmp_path):
    port = free_port()
    with served(lambda asked: sized(200, {}, asked.target.encode())) as behind:
        text = block("caddyfile", PROXY).replace("feeds.example", f"http://127.0.0.1:{port}")
        with running(*caddy(tmp_path, text.replace(":8080", f":{behind}")), port=port):
            assert ask(port, "/feeds/t0ken/water.atom?x=1").body == b"/feeds/t0ken/water.atom?x=1"
