"""The real `exec-cli run` with real compilers and boxes, as a person or a script meets it."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "cli"]
HEEDFUL = ["env", "--default-signal=INT,TERM,HUP"]
"""Whatever these tests were started by, nohup or a shell's &, may have them ignored."""
ECHO = "import sys; sys.stdout.write(sys.stdin.read())"
HOSTILE = "\\x1b[2J\\x1b]0;owned\\x07[red]"


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("cache"))


@pytest.fixture
def environment(cache: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(REPOSITORY), "XDG_CACHE_HOME": cache}


@pytest.fixture
def exec_cli(environment: dict[str, str]) -> Any:
    def call(*args: str | Path, stdin: bytes = b"", **extra: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [*COMMAND, *args], env={**environment, **extra}, input=stdin, capture_output=True, timeout=90, check=False
        )

    return call


def program(folder: Path, code: str, name: str = "a.py") -> Path:
    path = folder / name
    path.write_text(code)
    return path


def folder_of(folder: Path, **cases: str) -> Path:
    """A folder in which every case expects its own input."""
    tests = folder / "tests"
    tests.mkdir()
    for name, text in cases.items():
        (tests / f"{name}.in").write_text(text)
        (tests / f"{name}.out").write_text(text)
    return tests


def test_an_accepted_program_ends_with_status_0_and_the_summary(exec_cli: Any, tmp_path: Path) -> None:
    done = exec_cli("run", program(tmp_path, ECHO), "--tests", folder_of(tmp_path, c1="1\n", c2="2\n", c10="10\n"))
    assert (done.returncode, done.stderr) == (0, b"")
    lines = done.stdout.decode().splitlines()
    assert sorted(line.split()[1] for line in lines[:3]) == ["c1", "c10", "c2"]
    assert lines[-1] == "AC 3/3"


def test_a_run_leaves_nothing_that_python_would_complain_about(exec_cli: Any, tmp_path: Path) -> None:
    source, tests = program(tmp_path, ECHO), folder_of(tmp_path, c1="1\n", c2="2\n")
    said = exec_cli("run", source, "--tests", tests, PYTHONDEVMODE="1").stderr.splitlines()
    # On a loaded machine asyncio finds that something of ours took long.
    assert [line for line in said if not re.fullmatch(rb"exec-cli: Executing .* took [0-9.]+ seconds", line)] == []


def test_a_wrong_answer_ends_with_status_1_and_a_diff_of_the_first_wrong_case(exec_cli: Any, tmp_path: Path) -> None:
    source = program(tmp_path, "print(min(int(input()), 2))")
    done = exec_cli("run", source, "--tests", folder_of(tmp_path, c1="1\n", c2="2\n", c3="3\n", c4="4\n"))
    said = done.stdout.decode()
    assert done.returncode == 1
    assert "first wrong case: c3" in said
    assert [line.split() for line in said.splitlines() if line.startswith(">")] == [[">", "1", "3", "1", "2"]]
    assert said.splitlines()[-1] == "WA 2/4"


@pytest.mark.parametrize(
    "name, code, verdict",
    [
        ("a.cpp", "#include <iostream>\nint main() { int n; std::cin >> n; std::cout << n; }", "AC"),
        ("a.c", "int main(void) { return undeclared; }", "CE"),
        ("a.c", "int main(void) { for (;;); }", "TLE"),
        ("a.py", "import time; time.sleep(60)", "WTL"),
        ("a.py", "x = bytearray(200 << 20)", "MLE"),
        ("a.py", "import sys\nwhile True: sys.stdout.write('x' * 65536)", "OLE"),
        ("a.c", "int main(void) { return 3; }", "RTE"),
        ("a.c", "int main(void) { __builtin_trap(); }", "RTE"),
    ],
)
def test_json_is_one_object_with_the_verdict(exec_cli: Any, tmp_path: Path, name: str, code: str, verdict: str) -> None:
    limits = ["--time-limit=500ms", "--wall-limit=4s", "--memory-limit=64MiB", "--output-limit=1MiB"]
    done = exec_cli("run", program(tmp_path, code, name), "--tests", folder_of(tmp_path, one="1\n"), "--json", *limits)
    told = json.loads(done.stdout)
    assert (told["verdict"], done.returncode, done.stderr) == (verdict, 0 if verdict == "AC" else 1, b"")
    assert told["total"] == 1
    assert told["passed"] == (verdict == "AC")
    assert told["compile"]["verdict"] == ("CE" if verdict == "CE" else "AC")
    assert [case["verdict"] for case in told["cases"]] == ([] if verdict == "CE" else [verdict])


def test_json_keeps_the_cases_in_natural_order_whatever_finishes_first(exec_cli: Any, tmp_path: Path) -> None:
    source = program(tmp_path, "import time; n = input(); time.sleep(0.5 if n == '1' else 0); print(n)")
    done = exec_cli("run", source, "--tests", folder_of(tmp_path, c1="1\n", c2="2\n", c10="10\n"), "--json")
    assert [case["name"] for case in json.loads(done.stdout)["cases"]] == ["c1", "c2", "c10"]


def test_the_log_of_a_failed_compilation_is_shown(exec_cli: Any, tmp_path: Path) -> None:
    done = exec_cli(
        "run", program(tmp_path, "int main() { return x; }", "a.cpp"), "--tests", folder_of(tmp_path, a="1")
    )
    assert done.returncode == 1
    assert b"compiler (CE)" in done.stdout
    assert b"error: " in done.stdout
    assert done.stdout.splitlines()[-1] == b"CE 0/1"


def test_without_tests_the_output_is_passed_on_byte_for_byte(exec_cli: Any, tmp_path: Path) -> None:
    code = "import sys; d = sys.stdin.buffer.read(); sys.stdout.buffer.write(d[::-1]); sys.stderr.write('note')"
    data = bytes(range(256)) * 1000
    done = exec_cli("run", program(tmp_path, code), stdin=data)
    assert done.returncode == 0
    assert done.stdout == data[::-1]
    assert done.stderr.startswith(b"note")
    assert done.stderr.splitlines()[-1].startswith((b"AC  cpu ", b"noteAC  cpu "))


def test_without_tests_a_crash_ends_with_status_1_and_says_how(exec_cli: Any, tmp_path: Path) -> None:
    done = exec_cli("run", program(tmp_path, "import sys; print('before'); sys.exit(3)"))
    assert (done.returncode, done.stdout) == (1, b"before\n")
    assert done.stderr.startswith(b"RTE")
    assert b"exit status 3" in done.stderr.splitlines()[-1]


def test_the_input_may_come_from_a_file(exec_cli: Any, tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(b"from a file")
    done = exec_cli("run", program(tmp_path, ECHO), "--stdin", tmp_path / "in", stdin=b"piped")
    assert done.stdout == b"from a file"


def test_the_source_may_be_piped(exec_cli: Any) -> None:
    done = exec_cli("run", "-", "--runtime", "python", stdin=b"print('piped', len(input.__name__))")
    assert (done.returncode, done.stdout) == (0, b"piped 5\n")


def test_json_without_tests_carries_the_output(exec_cli: Any, tmp_path: Path) -> None:
    told = json.loads(exec_cli("run", program(tmp_path, ECHO), "--json", stdin=b"h\xc3\xa9").stdout)
    assert told["cases"][0]["stdout"] == "hé"


def test_several_files_keep_their_folders(exec_cli: Any, tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    helper = program(tmp_path / "lib", "#pragma once\ninline int two() { return 2; }\n", "two.h")
    main = program(
        tmp_path, '#include "lib/two.h"\n#include <cstdio>\nint main() { printf("%d", two()); }\n', "main.cpp"
    )
    done = exec_cli("run", helper, main, "--entry", "main.cpp")
    assert (done.returncode, done.stdout) == (0, b"2"), done.stderr


def test_a_folder_is_judged_with_all_its_files(exec_cli: Any, tmp_path: Path) -> None:
    source = tmp_path / "src"
    (source / "lib").mkdir(parents=True)
    program(source / "lib", "def two():\n    return 2\n", "two.py")
    program(source, "from lib.two import two\nprint(two())", "main.py")
    program(source, "not a program", "README.md")
    done = exec_cli("run", source)
    assert (done.returncode, done.stdout) == (0, b"2\n"), done.stderr


def test_flags_go_to_the_compiler_and_arguments_to_the_program(exec_cli: Any, tmp_path: Path) -> None:
    code = "#include <stdio.h>\nint main(int c, char **v) { for (int i = 1; i < c; i++) puts(v[i]); return VALUE; }"
    source = program(tmp_path, code, "a.c")
    done = exec_cli("run", source, "--flag=-DVALUE=0", "--arg=-x", "--arg", "two words", "--arg", "größe")
    assert (done.returncode, done.stdout.decode()) == (0, "-x\ntwo words\ngröße\n"), done.stderr


def test_allowances_are_told_with_the_limits_that_they_make(exec_cli: Any, tmp_path: Path) -> None:
    source = program(tmp_path, "print(1)")
    plain, allowed = (
        json.loads(exec_cli("run", source, "--json", *options).stdout) for options in ([], ["--allowances"])
    )
    assert (plain["allowances"], allowed["allowances"]) == (False, True)
    assert allowed["limits"]["cpu_ms"] >= plain["limits"]["cpu_ms"]


def test_a_checker_decides_what_is_right(exec_cli: Any, tmp_path: Path) -> None:
    source, tests = program(tmp_path, "print(float(input()) + 1e-9)"), folder_of(tmp_path, half="0.5\n")
    assert exec_cli("run", source, "--tests", tests).returncode == 1
    assert exec_cli("run", source, "--tests", tests, "--checker", "float:1e-6").returncode == 0


def test_the_exit_checker_needs_no_expected_outputs(exec_cli: Any, tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "1.in").write_text("assert True\n")
    (tmp_path / "tests" / "2.in").write_text("assert False\n")
    done = exec_cli("run", program(tmp_path, "exec(input())"), "--tests", tmp_path / "tests", "--checker", "exit")
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == b"RTE 1/2"


def test_no_case_begins_after_the_first_failure_if_so_asked(exec_cli: Any, tmp_path: Path) -> None:
    tests = folder_of(tmp_path, **{f"c{n}": f"{n}\n" for n in range(20)})
    done = exec_cli(
        "run", program(tmp_path, "print('no')"), "--tests", tests, "--stop-at-first-failure", "--jobs=1", "--json"
    )
    told = json.loads(done.stdout)
    assert len(told["cases"]) == 1
    assert told["total"] == 20


def test_a_second_run_uses_the_compilation_of_the_first(exec_cli: Any, tmp_path: Path) -> None:
    source = program(tmp_path, f"int main() {{ return 0; }} // {tmp_path}", "a.cpp")
    cached = [json.loads(exec_cli("run", source, "--json").stdout)["compile"]["cached"] for _ in range(2)]
    assert cached == [False, True]


def test_hostile_output_and_names_never_reach_the_terminal_raw(exec_cli: Any, tmp_path: Path) -> None:
    source = program(tmp_path, f"import sys; print('{HOSTILE}'); sys.stderr.write('{HOSTILE}'); sys.exit(int(input()))")
    tests = folder_of(tmp_path, **{"\x1b[2J[red]": "0\n", "\x1b]0;owned\x07": "1\n"})
    said = exec_cli("run", source, "--tests", tests).stdout
    assert b"\x1b" not in said
    assert b"\x07" not in said
    assert rb"\x1b[2J[red]" in said


@pytest.mark.parametrize("encoding", ["ascii", "utf-8", "latin-1"])
def test_names_that_are_not_utf_8_work_whatever_the_terminal_can_show(
    exec_cli: Any, tmp_path: Path, encoding: str
) -> None:
    tests = folder_of(tmp_path, **{os.fsdecode(b"caf\xe9"): "é日\n"})
    source = program(tmp_path, "print('日本')")
    done = exec_cli("run", source, "--tests", tests, LC_ALL="C", PYTHONIOENCODING=encoding)
    assert done.returncode == 1, done.stderr
    assert b"Traceback" not in done.stderr
    assert rb"caf\xe9" in done.stdout


def on_a_terminal(args: list[str], environment: dict[str, str]) -> tuple[int, str]:
    """Exit status and everything written when a command runs with a terminal as its standard output and error."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, *args],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**environment, "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "40"},
    )
    os.close(theirs)
    written = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # a terminal that nobody holds any more
            part = b""
        if not part:
            break
        written += part
    os.close(ours)
    return process.wait(timeout=30), written.decode()


def test_on_a_terminal_the_table_is_drawn_with_colours(environment: dict[str, str], tmp_path: Path) -> None:
    source, tests = program(tmp_path, ECHO), folder_of(tmp_path, one="1\n", two="2\n")
    status, written = on_a_terminal(["run", str(source), "--tests", str(tests)], environment)
    assert status == 0
    assert "\x1b[32mAC" in written
    assert "verdict" in written
    assert "\x1b[?25h" in written, "the cursor comes back"


def test_on_a_terminal_hostile_output_is_escaped(environment: dict[str, str], tmp_path: Path) -> None:
    source = program(tmp_path, f"print('{HOSTILE}')")
    _, written = on_a_terminal(["run", str(source), "--tests", str(folder_of(tmp_path, one="1\n"))], environment)
    assert r"\x1b]0;owned" in written
    assert "\x1b]0;owned" not in written


def live_processes(marker: str) -> list[int]:
    """Processes of this machine whose command line or environment names the marker."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and int(process.name) != os.getpid():
            try:
                text = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
            except OSError:
                continue
            if marker.encode() in text:
                found.append(int(process.name))
    return found


@pytest.mark.parametrize("number, status", [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
@pytest.mark.parametrize("whole_group", [False, True])
def test_an_interruption_kills_everything_and_leaves_no_traceback(
    environment: dict[str, str], tmp_path: Path, number: signal.Signals, status: int, whole_group: bool
) -> None:
    source = program(tmp_path, "while True: pass")
    process = subprocess.Popen(
        [*HEEDFUL, *COMMAND, "run", source, "--tests", folder_of(tmp_path, a="1", b="2"), "--time-limit=60s"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    deadline = time.monotonic() + 30
    while not children.read_text().split() and time.monotonic() < deadline:
        time.sleep(0.05)
    started = [int(pid) for pid in children.read_text().split()]
    time.sleep(1)
    (os.killpg if whole_group else os.kill)(process.pid, number)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (status, b""), out
    assert started
    assert not [pid for pid in started if Path(f"/proc/{pid}").exists()]


def test_nobody_reading_the_output_is_no_traceback(environment: dict[str, str], tmp_path: Path) -> None:
    tests = folder_of(tmp_path, **{f"c{n}": f"{n}\n" for n in range(50)})
    arguments = [*COMMAND, "run", str(program(tmp_path, ECHO)), "--tests", str(tests)]
    with subprocess.Popen(arguments, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
        assert process.wait(timeout=30) == 141


def test_a_full_disk_or_a_closed_output_is_no_traceback(environment: dict[str, str], tmp_path: Path) -> None:
    arguments = [*COMMAND, "run", str(program(tmp_path, ECHO)), "--json"]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(arguments, env=environment, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 3
    assert done.stderr == b"exec-cli: the judge failed: [Errno 28] No space left on device\n"
    shell = shutil.which("sh")
    assert shell
    closed = subprocess.run([shell, "-c", 'exec "$@" <&- >&-', "sh", *arguments], env=environment, check=False)
    assert closed.returncode == 0


def test_help_and_completion_import_neither_the_engine_nor_rich(environment: dict[str, str]) -> None:
    heavy = ("rich.console", "pydantic", "asyncio", "executor.engine")
    asked = f"import sys, cli.main; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", asked], env=environment, capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"


@pytest.mark.parametrize(
    "words, expected",
    [
        ("exec-cli run a.py --runtime py", {"python"}),
        ("exec-cli run a.py --checker un", {"unordered"}),
        ("exec-cli run a.py --checker f", {"float", "float:1e-6"}),
        ("exec-cli runtimes check c", {"c", "cpp"}),
        ("exec-cli runtimes install pyt", {"python"}),
        ("exec-cli runtimes install --extras human", {"humaneval-x"}),
        ("exec-cli doc", {"doctor"}),
    ],
)
def test_the_shell_completes_commands_languages_and_checkers(
    environment: dict[str, str], words: str, expected: set[str]
) -> None:
    completing = {"_EXEC_CLI_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}
    done = subprocess.run(COMMAND, env={**environment, **completing}, capture_output=True, text=True, check=False)
    assert expected <= set(done.stdout.split())


def test_the_version_is_shown(exec_cli: Any) -> None:
    assert exec_cli("--version").stdout.startswith(b"exec-cli")
