"""
`exec-cli report` as a person uses it, and its page in a real browser.

The browser is Chromium without a window: it renders the page, its document is read back, and pictures are taken at the
widths of a desk and of a phone, in the light and in the dark.
"""

from __future__ import annotations

import html as escaping
import re
import shutil
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from executor.model import MS, Verdict
from scorer.model import CaseResult, Sample
from scorer.report.page import page_of
from scorer.report.runs import report_of
from tests.unit.scored import judgement, judgements, problem, problems, write_run

CLI = [sys.executable, "-m", "cli"]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SECONDS = 90
OWNED = "document.documentElement.dataset.owned = 1"
PAYLOAD = f"</script><script>{OWNED}</script><img src=x onerror='{OWNED}'><svg onload='{OWNED}'>\u202e"
Browse = Callable[..., str]

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="needs chromium: deploy/setup apt chromium")


def exec_cli(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*CLI, *map(str, arguments)], capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Three problems with two samples each; one of them is wrong in its second line."""
    asked = [
        problem("sum/a", title="Sums", statement="Add the numbers.", category="easy ones"),
        problem("sum/b", language="Go"),
        problem("sum/c", defect="has no input"),
    ]
    case = CaseResult(
        name="small",
        verdict=Verdict.WA,
        cpu_ns=3 * MS,
        wall_ns=4 * MS,
        memory_bytes=1 << 20,
        detail="line 2 differs",
        stdin="1 2\n",
        stdout="3\n70\n9\n",
        expected="3\n71\n9\n",
    )
    wrong = judgement("sum/a", 3, sample=1, program="print(1 + 2)\nprint(70)", cases=(case,))
    broken = judgement(
        "sum/b", 0, verdict=Verdict.CE, compiled=False, log="main.go:1:1: error: expected 'package'\n", program="x"
    )
    found = [judgement("sum/a"), wrong, broken, judgement("sum/b", sample=1), *judgements({"sum/c": [4, 4]})]
    sample = Sample(problem="sum/a", index=1, text="I think:\n```\nprint(1 + 2)\n```", prompt="Please add.")
    return write_run(tmp_path / "run", asked, found, [sample])


@pytest.fixture
def browse(tmp_path: Path) -> Browse:
    """Opens a page in Chromium and returns the document that scripts have made of it, or takes a picture."""

    def opened(page: Path, fragment: str = "", *flags: str) -> str:
        profile = tmp_path / "profile"
        command = [
            str(CHROMIUM),
            "--headless",
            "--no-sandbox",  # the tests run as root, and the page is our own
            "--disable-gpu",
            "--disable-background-networking",
            "--no-first-run",
            "--hide-scrollbars",
            "--virtual-time-budget=3000",
            f"--user-data-dir={profile}",
            *(flags or ("--dump-dom",)),
            f"file://{quote(str(page))}{fragment}",
        ]
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
        shutil.rmtree(profile, ignore_errors=True)
        assert done.returncode == 0, done.stderr.decode(errors="replace")[-2000:]
        return done.stdout.decode()

    return opened


def colours(png: Path) -> int:
    """How many different bytes the rows of a picture have: a blank page has few."""
    data, at, pixels = png.read_bytes(), 8, b""
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        if data[at + 4 : at + 8] == b"IDAT":
            pixels += data[at + 8 : at + 8 + length]
        at += length + 12
    return len(set(zlib.decompress(pixels)))


# ---- the command


def test_the_table_of_one_run_is_shown(run: Path) -> None:
    done = exec_cli("report", run)
    assert done.returncode == 0, done.stderr
    assert "6 samples of 3 problems:  AC 4  WA 1  CE 1" in done.stdout
    assert "note: 1 problem has a known defect." in done.stdout


def test_two_runs_are_compared(run: Path, tmp_path: Path) -> None:
    other = write_run(tmp_path / "other", problems("sum/a", "sum/b").values(), judgements({"sum/a": [4], "sum/b": [4]}))
    done = exec_cli("report", run, other)
    assert done.returncode == 0, done.stderr
    assert "other against run" in done.stdout
    assert "over the 2 problems that both have; p: paired bootstrap" in done.stdout


@pytest.mark.parametrize(
    "form, beginning", [("--markdown", "## run on toys"), ("--csv", "run,part,name"), ("--json", '{\n  "runs"')]
)
def test_a_run_is_written_in_other_forms(run: Path, form: str, beginning: str) -> None:
    done = exec_cli("report", run, form)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(beginning)


def test_the_page_is_written_to_a_file_or_to_standard_output(run: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    done = exec_cli("report", run, "--html", page)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert exec_cli("report", run, "--html", "-").stdout == page.read_text(encoding="utf-8")
    small = exec_cli("report", run, "--html", page, "--details", "0")
    assert "the details of 6 samples are left out, see --details" in small.stderr


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (["{tmp}"], "is no run directory: it has no run.toml"),
        (["{run}", "--csv", "--json"], "are different reports; ask for one at a time"),
        (["{run}", "--html", "{tmp}/none/x.html"], "cannot be written: No such file or directory"),
        (["{run}", "--pass-at", "0"], "--pass-at is 1 or more"),
    ],
)
def test_a_mistake_is_one_sentence(run: Path, tmp_path: Path, arguments: list[str], sentence: str) -> None:
    done = exec_cli("report", *(each.format(run=run, tmp=tmp_path) for each in arguments))
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


# ---- the page in a browser


@needs_chromium
def test_the_page_renders_and_opens_a_problem_with_its_difference(run: Path, tmp_path: Path, browse: Browse) -> None:
    page = tmp_path / "page.html"
    page.write_text(page_of(report_of([run])).html, encoding="utf-8")
    shown = browse(page, f"#problem={quote('sum/a', safe='')}")
    assert "1 of 3 problems." in shown
    assert '<span class="l minus">- 7<mark>1</mark>' in shown
    assert '<span class="l plus">+ 7<mark>0</mark>' in shown
    assert '<span class="l same">  3' in shown
    assert re.search(r'<span class="l">print\(1 \+ 2\)', shown)
    for text in ("Add the numbers.", "Please add.", "I think:", "line 2 differs"):
        assert text in shown.split('id="list"')[1].split("</section>")[0], text
    everything = browse(page)
    assert "3 problems." in everything
    assert everything.count('class="row"') == 3


@needs_chromium
def test_what_models_say_is_never_executed(tmp_path: Path, browse: Browse) -> None:
    case = CaseResult(
        name=PAYLOAD,
        verdict=Verdict.WA,
        detail=PAYLOAD,
        stdin=PAYLOAD,
        stdout=PAYLOAD,
        stderr=PAYLOAD,
        expected="other",
    )
    asked = problem(PAYLOAD, title=PAYLOAD, statement=PAYLOAD, category=PAYLOAD, language=PAYLOAD, defect=PAYLOAD)
    found = judgement(
        PAYLOAD, 0, program=PAYLOAD, log=PAYLOAD, detail=PAYLOAD, notes=(PAYLOAD,), method=PAYLOAD, cases=(case,)
    )
    said = Sample(problem=PAYLOAD, index=0, text=PAYLOAD + "!", prompt=PAYLOAD)
    other = problem("b", category="plain", language="C")
    run = write_run(tmp_path / "run", [asked, other], [found, judgement("b")], [said], toolchains={"cpp": PAYLOAD})
    page = tmp_path / "page.html"
    page.write_text(page_of(report_of([run])).html, encoding="utf-8")
    shown = browse(page, f"#problem={quote(PAYLOAD, safe='')}")
    listed = shown.split('id="list"')[1]
    assert listed.count("&lt;img src=x onerror=") >= 8, "the problem is not open, so nothing is proved"
    assert '<span class="esc">\\u202e</span>' in listed
    assert "data-owned" not in shown
    assert "<img" not in shown


@needs_chromium
def test_the_policy_stops_what_would_slip_through(run: Path, tmp_path: Path, browse: Browse) -> None:
    slipped = page_of(report_of([run])).html.replace("<main>", f"<main>{PAYLOAD}", 1)
    page = tmp_path / "page.html"
    page.write_text(slipped, encoding="utf-8")
    assert "data-owned" not in browse(page)
    # Without the policy the same page is taken over: so the payload works, and this test can fail.
    page.write_text(slipped.replace("Content-Security-Policy", "X-Nothing", 1), encoding="utf-8")
    assert "data-owned" in browse(page)


@needs_chromium
@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_a_picture_of_the_page_is_not_blank(run: Path, tmp_path: Path, browse: Browse, scheme: str) -> None:
    page, picture = tmp_path / "page.html", tmp_path / f"{scheme}.png"
    page.write_text(page_of(report_of([run, run])).html, encoding="utf-8")
    preferred = f"--blink-settings=preferredColorScheme={int(scheme == 'light')}"
    browse(page, "", f"--screenshot={picture}", "--window-size=1280,2000", preferred)
    assert colours(picture) > 60


@needs_chromium
def test_a_phone_scrolls_the_page_downwards_only(run: Path, tmp_path: Path, browse: Browse) -> None:
    """An iframe is as narrow as a phone; a window of Chromium is not."""
    inner = page_of(report_of([run, run])).html
    page = tmp_path / "frame.html"
    page.write_text(
        f'<iframe width="360" height="640" srcdoc="{escaping.escape(inner)}"></iframe><script>'
        'onload = () => { const root = document.querySelector("iframe").contentDocument.documentElement;'
        'document.title = "width " + root.scrollWidth + " of " + root.clientWidth + ", height " + root.scrollHeight; }'
        "</script>",
        encoding="utf-8",
    )
    measured = re.search(r"<title>width (\d+) of (\d+), height (\d+)</title>", browse(page))
    assert measured
    width, room, height = map(int, measured.groups())
    assert height > 2000, "the page in the frame is not rendered"
    assert width <= room
