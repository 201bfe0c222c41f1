"""A lesson in a real browser: JupyterLab as `rnn-tf lab` starts it, Run All, outputs looked at."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from rnn_tf.course import catalogue, notebooks

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
BROWSER = next(filter(None, map(shutil.which, BROWSERS)), None)
TOKEN = "a-token-of-this-test"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(BROWSER is None, reason=f"no browser found; looked for {BROWSERS}"),
]


@pytest.fixture
def laboratory(tmp_path):
    """`rnn-tf lab` on unexecuted lessons; gives the address of a Chinese notebook."""
    part = catalogue.lessons()[0].main
    target = part.notebook("zh", tmp_path)
    notebooks.save(notebooks.from_source(part, "zh"), target)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "rnn_tf", "lab", "--lang", "zh", "--no-browser"]
    command += ["--folder", str(tmp_path), "--", "--allow-root", f"--ServerApp.port={port}"]
    command += [f"--IdentityProvider.token={TOKEN}", "--LabApp.expose_app_in_browser=True"]
    private = {name: str(tmp_path / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")}
    log = tmp_path / "server.log"
    with log.open("w", encoding="utf-8") as lines:
        server = subprocess.Popen(
            command, env=os.environ | private, stdout=lines, stderr=subprocess.STDOUT
        )
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(f"{address}/api/status?token={TOKEN}", server, log)
        yield f"{address}/lab/tree/{part.lesson}/{target.name}?token={TOKEN}"
    finally:
        end(server)


def wait_for(address, server, log, seconds=90):
    limit = time.monotonic() + seconds
    while True:
        try:
            return urllib.request.urlopen(address, timeout=10).close()
        except (urllib.error.URLError, ConnectionError):
            said = log.read_text(encoding="utf-8")
            assert server.poll() is None and time.monotonic() < limit, said
            time.sleep(0.3)


def end(server):
    """End the command and what it started."""
    import psutil

    family = [*psutil.Process(server.pid).children(recursive=True), server]
    for process in family:
        process.terminate()
    for process in family:
        try:
            process.wait(20)
        except (psutil.TimeoutExpired, subprocess.TimeoutExpired):
            process.kill()


CELLS = """() => {
    const widget = window.jupyterapp && jupyterapp.shell.currentWidget;
    return widget && widget.content.model ? widget.content.model.toJSON().cells : [];
}"""
ALL_RUN = f"""() => {{
    const code = ({CELLS})().filter(cell => cell.cell_type == "code");
    const failed = code.some(cell => cell.outputs.some(output => output.output_type == "error"));
    const busy = jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status != "idle";
    return failed || (code.length > 0 && !busy && code.every(cell => cell.execution_count));
}}"""
READY = """() => window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel
    ?.status == "idle" """


@pytest.mark.timeout(600)
def test_a_chinese_lesson_runs_in_jupyterlab(laboratory):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=BROWSER,
            args=["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
        )
        page = browser.new_page(viewport={"width": 1200, "height": 900})
        page.goto(laboratory, timeout=120_000)
        page.wait_for_function(READY, timeout=120_000)
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        page.wait_for_function(ALL_RUN, timeout=300_000)
        cells = page.evaluate(CELLS)
        picture = page.locator(".jp-OutputArea img").last
        picture.scroll_into_view_if_needed()
        shown = picture.evaluate("image => image.complete && image.naturalWidth")
        asked = page.locator(".jp-Dialog, .Toastify__toast").all_inner_texts()
        browser.close()

    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    assert [o["evalue"] for o in outputs if o["output_type"] == "error"] == []
    said = "".join("".join(o["text"]) for o in outputs if o["output_type"] == "stream")
    assert "课堂模式" in said  # the language comes from the folder the notebook lies in
    assert "达到" in said and "未达到" not in said
    assert shown > 300
    assert asked == []  # no question about news, updates or errors
