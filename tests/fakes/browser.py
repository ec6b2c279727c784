"""Chromium, which nobody sees: opens a page of ours and tells what a script in it found."""

from __future__ import annotations

import json
import re
import subprocess
from html import escape, unescape
from pathlib import Path

_QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--allow-file-access-from-files"),
)
_SAID = re.compile(r'<pre id="said">(.*?)</pre>', re.DOTALL)
DARK = "--blink-settings=preferredColorScheme=0"


def told_by(page: bytes, script: str, *, folder: Path, width: int = 1000, dark: bool = False, load: Path | None = None):
    """What `script` gives to `tell` in `page`, which is shown `width` pixels wide.

    `load` is a script that is there before. The page is framed, since a window has a least width.
    """
    loaded = f'<script src="{load.as_uri()}"></script>' if load else ""
    say = "const tell = said => { parent.document.getElementById('said').textContent = JSON.stringify(said) };"
    whole = page.decode().replace("</body>", f"{loaded}<script>{say}{script}</script></body>")
    frame = folder / "frame.html"
    frame.write_text(
        '<!doctype html><meta name="color-scheme" content="light dark"><pre id="said"></pre>'
        f'<iframe width="{width}" height="900" srcdoc="{escape(whole)}"></iframe>',
        "utf-8",
    )
    flags = (*_QUIET, f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=60000", *([DARK] if dark else []))
    shown = subprocess.run(
        ["chromium", *flags, "--dump-dom", frame.as_uri()], capture_output=True, text=True, timeout=300, check=True
    )
    said = _SAID.search(shown.stdout)
    assert said, f"the page told nothing: {shown.stderr[-500:]}"
    return json.loads(unescape(said[1]))
