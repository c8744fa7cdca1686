"""The HTML page without a browser: what is in it, what is left out, and that nothing of it can be code."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from executor.model import MIB, MS, SECOND, Verdict
from scorer.about import JudgeAbout, LimitsAbout, MachineAbout, Range
from scorer.model import CaseResult, Form, Sample
from scorer.report import charts
from scorer.report.causes import Causes, cause_of
from scorer.report.details import Usage
from scorer.report.page import facts_of, page_of
from scorer.report.runs import report_of
from scorer.report.safe import script_json, visible
from scorer.scores import scores_of
from tests.unit.scored import about, judgement, judgements, problem, problems, write_run

PAYLOAD = "</script><script>alert(1)</script><img src=x onerror=alert(1)>'\"><!-- \u202eevil\u2066 &lt;"


class Elements(HTMLParser):
    """The elements of a page, with the text of scripts and styles."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self._inside: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside = tag if tag in {"script", "style"} else None

    def handle_endtag(self, tag: str) -> None:
        self._inside = None

    def handle_data(self, data: str) -> None:
        tag, attributes = self.tags[-1] if self.tags else ("", {})
        if tag == self._inside:
            name = attributes.get("id") or tag
            self.texts[name] = self.texts.get(name, "") + data


def page(tmp_path: Path, *runs: Any, room: int = MIB) -> tuple[str, Elements]:
    html = page_of(report_of(list(runs)), details_bytes=room).html
    return html, Elements(html)


def failing_case(**changes: Any) -> CaseResult:
    return CaseResult(**{"name": "1", "verdict": Verdict.WA, "cpu_ns": MS, "memory_bytes": MIB, **changes})


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A run in which every text there is tries to be code."""
    asked = problem(
        PAYLOAD,
        title=PAYLOAD,
        statement=PAYLOAD,
        category=PAYLOAD,
        difficulty=PAYLOAD,
        language=PAYLOAD,
        defect=PAYLOAD,
    )
    texts = {"stdin": PAYLOAD, "stdout": PAYLOAD, "stderr": PAYLOAD, "expected": "x", "detail": PAYLOAD}
    found = judgement(
        PAYLOAD,
        0,
        total=1,
        program=PAYLOAD,
        log=PAYLOAD,
        detail=PAYLOAD,
        notes=(PAYLOAD,),
        method=PAYLOAD,
        cases=(failing_case(name=PAYLOAD, **texts),),
    )
    other = problem("b", category="plain", language="C")
    sample = Sample(problem=PAYLOAD, index=0, text=PAYLOAD, form=Form.ANSWER, prompt=PAYLOAD)
    return write_run(
        tmp_path / "<img src=x>", [asked, other], [found, judgement("b")], [sample], toolchains={"cpp": PAYLOAD}
    )


def test_no_text_becomes_an_element_or_ends_one(tmp_path: Path, hostile: Path) -> None:
    html, elements = page(tmp_path, hostile, hostile)
    assert "alert(1)" in html, "the texts are there"
    assert not [tag for tag, _ in elements.tags if tag == "img"]
    scripts = [attributes for tag, attributes in elements.tags if tag == "script"]
    assert [each for each in scripts if each.get("type") != "application/json"] == [{}]
    assert not [name for _, attributes in elements.tags for name in attributes if name.startswith("on")]
    assert "\u202e" not in html
    assert "\\u202e" in html


def test_details_decode_to_what_was_said(tmp_path: Path, hostile: Path) -> None:
    _, elements = page(tmp_path, hostile)
    details = json.loads(elements.texts["p0"])
    assert (details["statement"], details["prompts"]) == (PAYLOAD, {"0": PAYLOAD})
    sample = details["samples"]["0/0"]
    assert (sample["program"], sample["log"], sample["answer"], sample["notes"]) == (PAYLOAD,) * 3 + ([PAYLOAD],)
    assert sample["cases"][0][6:] == [PAYLOAD, "x", PAYLOAD, PAYLOAD]
    assert json.loads(elements.texts["index"])["problems"][0]["id"] == PAYLOAD


def test_the_policy_allows_this_script_and_this_style_alone(tmp_path: Path, hostile: Path) -> None:
    _, elements = page(tmp_path, hostile)
    policy = next(each["content"] for tag, each in elements.tags if each.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    digests = {
        name: base64.b64encode(hashlib.sha256(elements.texts[name].encode()).digest()).decode()
        for name in ("script", "style")
    }
    assert policy == (
        f"default-src 'none'; script-src 'sha256-{digests['script']}'; style-src 'sha256-{digests['style']}'; "
        "base-uri 'none'; form-action 'none'"
    )


def test_the_page_names_nothing_outside_itself(tmp_path: Path) -> None:
    html, elements = page(tmp_path, write_run(tmp_path / "run", [problem("a")], [judgement("a")]))
    for _, attributes in elements.tags:
        assert not {"src", "action", "srcset", "style"} & set(attributes)
        assert (attributes.get("href") or "#").startswith("#")
    assert not re.findall(r"https?://|@import|url\(", html)


@given(st.text(alphabet=st.characters(), max_size=50))
def test_json_in_a_script_decodes_to_the_same_and_cannot_end_it(text: str) -> None:
    encoded = script_json({"text": text})
    assert json.loads(encoded) == {"text": text}
    assert "<" not in encoded
    encoded.encode()


def test_half_of_a_surrogate_pair_does_not_break_the_page() -> None:
    assert json.loads(script_json("a\ud800b")) == "a\ud800b"
    assert visible("a\ud800\x1b\u200bé\u202e") == "a\\ud800\\x1b\\u200bé\\u202e"
    assert visible(3) == 3


def test_failures_come_first_where_there_is_no_room_for_all(tmp_path: Path) -> None:
    asked = problems(*(f"p{i}" for i in range(20)))
    found = [judgement(id_, 4 if i % 2 else 0, program=f"program of {id_} " * 100) for i, id_ in enumerate(asked)]
    run = write_run(tmp_path / "run", asked.values(), found)
    whole, part, none = (page_of(report_of([run]), details_bytes=room) for room in (MIB, 12 * 1024, 0))
    assert (whole.kept, whole.left_out) == (20, 0)
    assert (none.kept, none.left_out) == (0, 20)
    assert 4 <= part.kept <= 8
    assert part.left_out == 20 - part.kept
    kept = [i for i in range(20) if f"program of p{i} " in part.html]
    assert len(kept) == part.kept
    assert all(i % 2 == 0 for i in kept), "accepted samples took the place of failures"
    assert f"those of {part.left_out} are left out" in part.html
    # Every sample is in the index all the same, and counts.
    index = json.loads(Elements(none.html).texts["index"])
    assert sum(len(each["samples"]) for each in index["problems"]) == 20
    assert "left out" not in whole.html.split("<script", 1)[0]


def test_a_shared_sample_names_the_one_that_was_judged(tmp_path: Path) -> None:
    found = [
        judgement("a", 0, digest="x", program="p", cases=(failing_case(),)),
        judgement("a", 0, sample=3, digest="x", shared=True),
    ]
    _, elements = page(tmp_path, write_run(tmp_path / "run", [problem("a")], found))
    assert json.loads(elements.texts["p0"])["samples"]["0/3"] == {"same": 0}


def test_a_prompt_that_several_runs_share_is_kept_once(tmp_path: Path) -> None:
    sample = Sample(problem="a", index=0, text="t", prompt="the very same question")
    runs = [write_run(tmp_path / name, [problem("a")], [judgement("a", 0)], [sample]) for name in ("x", "y")]
    html, elements = page(tmp_path, *runs)
    assert html.count("the very same question") == 1
    assert set(json.loads(elements.texts["p0"])["samples"]) == {"0/0", "1/0"}


def test_facts_say_how_a_run_was_judged() -> None:
    facts = dict(
        facts_of(
            about(
                commit="abcdef0123456789",
                limits=LimitsAbout(
                    used={"cpu_ns": Range(least=SECOND, most=2 * SECOND), "memory_bytes": Range(least=MIB, most=MIB)}
                ),
                judge=JudgeAbout(slots=2, meter="cgroup-v2"),
                machine=MachineAbout(python="3.12", kernel="Linux 6", architecture="x86_64", cores=2),
                toolchains={"cpp": "g++ 12"},
            )
        )
    )
    assert facts["Limits"] == "CPU 1 to 2 s, memory 1 MiB"
    assert facts["Judge"] == "here, 2 at once"
    assert facts["Machine"] == "x86_64, 2 cores, Linux 6"
    assert facts["Ennead"] == "0.1.0, commit abcdef012345"
    assert "Model" not in facts


# ---- why samples fail


GCC = "main.cpp: In function 'int main()':\nmain.cpp:7:5: error: 'x' was not declared\n"
JAVAC = "Main.java:12: error: ';' expected\n   int x\n"
PYTHON = 'Traceback (most recent call last):\n  File "m.py", line 8\n    x\nIndexError: list index out of range\n'


@pytest.mark.parametrize(
    "verdict, log, stderr, expected",
    [
        (Verdict.CE, GCC, "", "error: '…' was not declared"),
        (Verdict.CE, JAVAC, "", "error: '…' expected"),
        (Verdict.CE, "# _/work\n./main.go:7:2: x declared and not used\n", "", "x declared and not used"),
        (Verdict.CE, '  File "main.py", line 3\n    if\nSyntaxError: bad input\n', "", "SyntaxError: bad input"),
        (Verdict.RTE, "", PYTHON, "IndexError: list index out of range"),
        (Verdict.RTE, "", "", "exit status N"),
        (Verdict.AC, "warning: unused", "", ""),
    ],
)
def test_causes_are_lines_without_names_numbers_and_places(
    verdict: Verdict, log: str, stderr: str, expected: str
) -> None:
    case = failing_case(verdict=verdict, stderr=stderr, detail="exit status 3")
    assert cause_of(judgement("a", 0, verdict=verdict, log=log, cases=(case,))) == expected


def test_causes_are_counted_and_a_flood_of_different_ones_is_bounded() -> None:
    causes = Causes()
    for i in range(6_000):
        word = "".join(chr(97 + int(digit)) for digit in str(i))
        causes.add(judgement("a", 0, verdict=Verdict.CE, log=f"error: {word}"))
    for name in ("x", "y", "zz"):
        causes.add(judgement(name, 0, verdict=Verdict.CE, log=f"a.c:1:2: error: '{name}' undeclared"))
    assert len(causes.most_common(10_000)) == 5_000
    few = Causes()
    for name in ("x", "y", "zz"):
        few.add(judgement(name, 0, verdict=Verdict.CE, log=f"a.c:1:2: error: '{name}' undeclared"))
    (found,) = few.most_common(5)
    assert (found.samples, found.example, found.text) == (3, "x", "error: '…' undeclared")


def test_a_hostile_line_takes_no_noticeable_time() -> None:
    assert cause_of(judgement("a", 0, verdict=Verdict.CE, log="a:1" * 100_000))


# ---- charts


def test_the_segments_of_a_bar_fill_it() -> None:
    found = judgements({"a": [4], "b": [0], "c": [0], "d": [4]})
    (bar,) = charts.verdict_bars(scores_of(problems("a", "b", "c", "d"), found))
    assert [(each.verdict, each.x, each.width) for each in bar.segments] == [
        (Verdict.AC, 0, 50),
        (Verdict.WA, 50, 50),
    ]


def test_the_curve_is_pass_at_k_of_every_k() -> None:
    scores = scores_of(problems("a", "b"), judgements({"a": [4, 0, 0, 0], "b": [0, 0, 0, 0]}))
    curve = charts.curve_of(scores)
    assert curve is not None
    assert [(point.k, point.label) for point in curve.points] == [(1, "12.5"), (2, "25.0"), (3, "37.5"), (4, "50.0")]
    assert (curve.points[0].x, curve.points[-1].x, curve.points[-1].y) == (0, 100, 50)
    assert charts.curve_of(scores_of(problems("a"), judgements({"a": [4]}))) is None


def test_a_histogram_counts_every_program_once() -> None:
    usage = Usage()
    for i in range(1, 101):
        case = failing_case(cpu_ns=i * MS, memory_bytes=i * MIB)
        usage.add(judgement("a", 4 if i % 4 else 0, cases=(case, failing_case(cpu_ns=0, memory_bytes=None))))
    for found in (charts.times(usage), charts.memories(usage)):
        assert found is not None
        assert sum(column.counts[0] for column in found.columns) == 75
        assert sum(column.counts[1] for column in found.columns) == 25
        assert max(column.accepted + column.others for column in found.columns) == pytest.approx(100)
        assert found.programs == 100
        assert all(0 <= tick.at <= 100 for tick in found.ticks)
    times = charts.times(usage)
    assert times is not None
    assert (times.median, times.largest) == ("50.5 ms", "100 ms")
    assert charts.times(Usage()) is None
