"""Interpreters that wait for the next runs: nothing that a program does may reach those who are forked from them."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from executor.model import MIB, MS, SECOND, Command, Excess, File, Fork, HeldAt, Limits, Outcome, Submission, Verdict
from executor.runtime import Runtimes
from executor.sandbox.box import Place
from executor.sandbox.native import NativeBox
from executor.verdict import verdict_of
from tests.docker.chosen import ON_DOCKER
from tests.security.support import ALL_REFUSED, SECRET, compiled, descendants, executable

pytestmark = pytest.mark.skipif(ON_DOCKER, reason="a container has no templates")

LIMITS = Limits(cpu_ns=300 * MS, wall_ns=20 * SECOND, memory_bytes=64 * MIB, processes=16)
PROGRAM = "/artifact/main.py"
HONEST = b"""
import builtins, gc, os, resource, signal, sys
print(sorted(sys.modules), sys.path, sys.argv, sys.flags, sorted(os.environ.items()), sys.getrecursionlimit())
print(os.getcwd(), os.listdir(), os.listdir('/tmp'), os.listdir('/dev/shm'), sorted(os.listdir('/proc/self/fd')))
print([str(signal.getsignal(n)) for n in sorted(signal.valid_signals())][:20], os.umask(0o22), dir(builtins))
print(os.getpriority(os.PRIO_PROCESS, 0), os.sched_getscheduler(0), os.sched_getaffinity(0))
print(os.getsid(0) == os.getpid())
print([resource.getrlimit(n) for n in range(16)], gc.isenabled(), gc.get_threshold(), os.getuid(), os.getresgid())
print(open('/proc/self/oom_score_adj').read(), open('/proc/self/comm').read(), sys.stdin.read())
"""


ENDS: dict[str, tuple[bytes, set[Verdict | None]]] = {
    "burns": (b"while True: pass", {Verdict.TLE}),
    "sleeps": (b"import time\ntime.sleep(60)", {Verdict.WTL}),
    "stops itself": (b"import os\nos.kill(os.getpid(), 19)", {Verdict.WTL}),
    "hoards": (b"x = [bytearray(1 << 20) for _ in range(500)]", {Verdict.MLE}),
    "hoards in a child": (
        b"import os\nif os.fork() == 0:\n    x = bytearray(200 << 20)\nos.wait()",
        {Verdict.MLE},
    ),
    "daemon": (
        b"import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0: time.sleep(60)",
        {None},
    ),
    "child that ignores signals": (
        (
            b"import os, signal\nfor n in range(1, 65):\n    try: signal.signal(n, 1)\n"
            b"    except (OSError, ValueError): pass\nif os.fork() == 0:\n    while True: pass"
        ),
        {None},
    ),
    "fork bomb": (
        b"import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
        {Verdict.TLE, Verdict.MLE},
    ),
    "adopts orphans": (
        (
            b"import ctypes, os, time\nctypes.CDLL(None).prctl(36, 1)\nif os.fork() == 0:\n"
            b"    if os.fork() == 0: time.sleep(60)"
        ),
        {None},
    ),
    "siblings": (
        b"import ctypes, time\nif ctypes.CDLL(None).syscall(56, 0x8000 | 17, 0, 0, 0, 0) == 0: time.sleep(60)",
        {None},
    ),
    "siblings of no known kind": (
        b"import ctypes, time\nif ctypes.CDLL(None).syscall(56, 0x8000, 0, 0, 0, 0) == 0: time.sleep(60)",
        {None},
    ),
}
"""Programs that do not end, or not alone, and what they get."""


class Forks:
    """Runs Python programs in one box, each a fork of one template, and honest ones in between."""

    def __init__(self, box: NativeBox) -> None:
        self.box = box
        self.has_another = False
        """Whether the template has been replaced, as a test says that it must be."""
        self._expected = b""

    async def run(self, source: bytes, limits: Limits = LIMITS, *, cold: bool = False, stdin: bytes = b"") -> Outcome:
        """As the only run of a job."""
        await self.box.reset()
        await self.box.load([File("main.py", source)], Place.ARTIFACT)
        return await self.again(limits, cold=cold, stdin=stdin)

    async def again(self, limits: Limits = LIMITS, *, cold: bool = False, stdin: bytes = b"") -> Outcome:
        fork = None if cold else Fork(PROGRAM, HeldAt.TOUCH)
        env = {"PATH": "/usr/bin:/bin", "HOME": "/tmp", "LANG": "C.UTF-8", "PYTHONHASHSEED": "0"}
        argv = ("/usr/bin/python3", "-B", "-s", PROGRAM)
        return await self.box.run(Command(argv=argv, env=env, stdin=stdin, fork=fork), limits)

    async def execute(self, source: str) -> Outcome:
        """An attack in C, executed."""
        program = await compiled(self.box, source)
        await self.box.load([executable(source, program)], Place.ARTIFACT)
        return await self.box.run(Command(argv=(f"/artifact/{Path(source).stem}",)), LIMITS)

    async def begin(self) -> None:
        self._expected = (await self.run(HONEST, cold=True, stdin=b"in")).stdout
        await self.run(HONEST)
        await self.inspect()

    async def inspect(self) -> None:
        """An honest program is forked, and finds what one that is executed found."""
        before = self.box.forking.runs
        outcome = await self.run(HONEST, stdin=b"in")
        assert self.box.forking.runs == before + 1, "the template is still there"
        assert outcome.stdout == self._expected, outcome.stderr

    @property
    def template(self) -> int:
        """Its process id, as this process sees it: the one child of init that is stopped for us."""
        assert self.box.pid is not None
        (pid,) = (pid for pid in descendants(self.box.pid) if _field(pid, "State")[0] == "t")
        return pid


def _field(pid: int, name: str) -> list[str]:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return line.split()[1:]
    raise AssertionError(name)


@pytest.fixture
async def forks(box: NativeBox) -> AsyncIterator[Forks]:
    """A box that has a template; when the test is over, it is the same, and whoever is forked from it is untouched."""
    if not box.forking.is_possible:
        pytest.skip("runs are forked by root, with cgroup v1")
    forks = Forks(box)
    await forks.begin()
    template = forks.template
    yield forks
    await forks.inspect()
    assert (forks.template == template) is not forks.has_another, "the same template served them all"


async def test_no_program_reaches_a_template(forks: Forks) -> None:
    outcome = await forks.execute("attacks_templates.c")
    assert outcome.stdout == ALL_REFUSED, outcome


async def test_no_fork_reaches_its_template_either(forks: Forks) -> None:
    program = await compiled(forks.box, "attacks_templates.c")
    await forks.box.load(
        [File("main.py", b"import os\nos.execv('/artifact/x', ['x'])"), File("x", program, executable=True)],
        Place.ARTIFACT,
    )
    outcome = await forks.again()
    assert outcome.stdout == ALL_REFUSED, outcome


async def test_a_fork_cannot_signal_or_stop_its_parent(forks: Forks) -> None:
    outcome = await forks.run(
        b"import os\nfor n in range(1, 65):\n    try:\n        os.kill(os.getppid(), n)\n        print('ESCAPED')\n"
        b"    except PermissionError: pass\nprint('all refused')"
    )
    assert outcome.stdout == ALL_REFUSED, outcome


@pytest.mark.parametrize("source", ["kills_everybody.c", "fork_bomb.c", "daemon.c", "takes_every_descriptor.c"])
async def test_an_executed_attack_leaves_templates_alone(forks: Forks, source: str) -> None:
    await forks.execute(source)


async def test_killing_everybody_kills_the_own_supervisor_and_no_template(forks: Forks) -> None:
    """The supervisor's death takes the template of the run with it; that is the end of the fixture's promise."""
    before = forks.template
    outcome = await forks.run(b"import os\nos.kill(-1, 9)\nprint('alive')")
    assert verdict_of(outcome, LIMITS) is Verdict.RTE, outcome
    assert not Path(f"/proc/{before}").exists(), "with nobody to say whether the run is over, all are killed"
    await forks.run(HONEST)
    await forks.inspect()
    forks.has_another = True


@pytest.mark.parametrize("name", ENDS)
async def test_a_fork_is_held_to_its_limits_and_leaves_nobody(forks: Forks, name: str) -> None:
    source, verdicts = ENDS[name]
    limits = replace(LIMITS, wall_ns=SECOND) if Verdict.WTL in verdicts else LIMITS
    outcome = await forks.run(source, limits)
    assert verdict_of(outcome, limits) in verdicts, outcome


async def test_what_a_fork_changes_stays_with_it(forks: Forks) -> None:
    """Its memory, environment, directories, limits, streams and everything else that processes inherit."""
    outcome = await forks.run(
        b"""
import builtins, fcntl, gc, os, resource, signal, sys
builtins.print = lambda *_: None
sys.path[:] = ['/work']; sys.modules.clear(); gc.disable(); sys.setrecursionlimit(77)
os.environ['LEFT'] = 'behind'; os.umask(0); os.chdir('/tmp'); os.setpriority(os.PRIO_PROCESS, 0, 19)
os.sched_setaffinity(0, {0}); os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
for kind in range(16):
    try: resource.setrlimit(kind, (1 << 16, 1 << 16))
    except (OSError, ValueError): pass
for fd in range(3): fcntl.fcntl(fd, fcntl.F_SETFL, os.O_NONBLOCK | os.O_APPEND | os.O_ASYNC)
for path in ('/work/x', '/tmp/x', '/dev/shm/x'): open(path, 'w').close()
signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))
os.write(1, b'done')
"""
    )
    assert outcome.stdout == b"done", outcome


async def test_a_template_knows_nothing_of_a_submission(forks: Forks) -> None:
    """Neither of the one in whose job it was started nor of those that were forked from it."""
    marker = os.urandom(8).hex().encode()
    await forks.run(b"# " + marker + b"\nx = input()", stdin=marker)
    memory = _memory(forks.template)
    assert marker not in memory
    assert b"sys.getrecursionlimit" not in memory, "the program of the job in which it was started"
    assert SECRET.encode() not in memory


def _memory(pid: int) -> bytes:
    found = []
    with Path(f"/proc/{pid}/mem").open("rb", 0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            place, rights, *_ = line.split()
            if rights.startswith("rw"):
                begin, end = (int(part, 16) for part in place.split("-"))
                memory.seek(begin)
                found.append(memory.read(end - begin))
    return b"".join(found)


async def test_a_template_holds_nothing_but_empty_streams_and_a_socket(forks: Forks) -> None:
    links = [str(path.readlink()) for path in Path(f"/proc/{forks.template}/fd").iterdir()]
    kinds = sorted(link.partition(":")[0] for link in links)
    assert kinds == ["/memfd", "pipe", "pipe", "socket"], links
    assert str(Path(f"/proc/{forks.template}/cwd").readlink()) == "/"


async def test_a_template_is_another_user_without_rights_of_use(forks: Forks) -> None:
    """It may become the programs' user and nothing else, and its bounding set lets no exec bring anything back."""
    pid = forks.template
    fork = await forks.run(b"import os\nprint(os.getresuid())")
    assert fork.stdout == b"(1000, 1000, 1000)\n"
    uids = _field(pid, "Uid")
    assert len(set(uids)) == 1
    assert _field(pid, "CapBnd") == ["0" * 16]
    assert int(_field(pid, "CapEff")[0], 16) & ~0b1_1100_0000 == 0
    assert _field(pid, "NoNewPrivs") == ["1"]


async def test_a_fork_has_the_filter_of_every_program(forks: Forks) -> None:
    outcome = await forks.run(
        b"import ctypes\nc = ctypes.CDLL(None, use_errno=True)\n"
        b"for n, *a in ((101, 16, 1), (272, 0x10000000), (165, 0, 0), (310, 1), (425, 1), (61_000,), (105, 0)):\n"
        b"    assert c.syscall(n, *a) == -1, n\n    print(n, ctypes.get_errno())\n"
    )
    assert outcome.stdout == b"101 1\n272 1\n165 1\n310 1\n425 38\n61000 38\n105 1\n", outcome
    killed = await forks.run(b"import ctypes\nctypes.CDLL(None).syscall(0x40000000 | 39)")
    assert verdict_of(killed, LIMITS) is Verdict.SV, killed


@pytest.mark.parametrize("count", [1, 4])
async def test_a_fork_counts_as_one_process(forks: Forks, count: int) -> None:
    """A template and those that serve it are not the program's."""
    source = (
        b"import threading, time\nn = 1\ntry:\n    while True:\n"
        b"        threading.Thread(target=time.sleep, args=(9,), daemon=True).start()\n        n += 1\n"
        b"except RuntimeError: print(n, flush=True)"
    )
    limits = replace(LIMITS, processes=count)
    executed = await forks.run(source, limits, cold=True)
    before = forks.box.forking.runs
    forked = await forks.again(limits)
    assert forks.box.forking.runs == before + 1
    assert executed.stdout == forked.stdout == b"%d\n" % count, (executed, forked)
    assert Excess.PROCESSES in forked.exceeded


async def test_memory_that_is_shared_with_a_template_gives_no_room(forks: Forks) -> None:
    """What a program may hold at most is the same, but for a few MiB, and one that holds more fails either way."""
    most = [await _most_mib(forks, cold=cold) for cold in (True, False)]
    assert abs(most[0] - most[1]) <= 2, most


async def _most_mib(forks: Forks, *, cold: bool) -> int:
    low, high = 16, 96
    while low < high:
        middle = (low + high + 1) // 2
        outcome = await forks.run(b"import os\nx = bytearray(%d << 20)\nos._exit(0)" % middle, cold=cold)
        low, high = (middle, high) if outcome.exit_code == 0 else (low, middle - 1)
    return low


async def test_the_time_of_a_fork_is_its_own(forks: Forks) -> None:
    outcome = await forks.run(b"import time\nwhile time.process_time() < .2: pass")
    assert 200 * MS <= outcome.usage.cpu_ns <= 300 * MS, outcome


async def test_a_template_that_is_killed_from_outside_is_replaced(forks: Forks) -> None:
    """By a host that is short of memory, say. The next program is executed, and the one after that forked."""
    os.kill(forks.template, signal.SIGKILL)
    before = forks.box.forking.runs
    for _ in range(3):
        outcome = await forks.run(b"print('fine')")
        assert outcome.stdout == b"fine\n"
    assert forks.box.forking.runs >= before + 1
    forks.has_another = True


async def test_a_template_that_is_killed_during_its_run_costs_only_that_run(forks: Forks) -> None:
    await forks.box.reset()
    await forks.box.load([File("main.py", b"import time\ntime.sleep(1)\nprint('end')")], Place.ARTIFACT)
    template = forks.template
    run = asyncio.create_task(forks.again())
    await asyncio.sleep(0.3)
    os.kill(template, signal.SIGKILL)
    assert verdict_of(await run, LIMITS) is Verdict.RTE
    await forks.run(HONEST)
    await forks.inspect()
    forks.has_another = True


async def test_a_cancelled_fork_is_gone(forks: Forks) -> None:
    for pause in (0.0, 0.001, 0.005, 0.02, 0.1):
        await forks.box.reset()
        await forks.box.load([File("main.py", b"import time\ntime.sleep(60)")], Place.ARTIFACT)
        run = asyncio.create_task(forks.again())
        await asyncio.sleep(pause)
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run
        assert forks.box.pid is not None


def test_what_a_submission_can_add_to_a_command_line_is_never_seen_by_a_template() -> None:
    """It is an interpreter's start, with its options, that runs with a template's rights."""
    runtime = Runtimes.load().get("python")
    main = File("main.py", b"")
    for submission, forked in [
        (Submission(files=(main,), runtime="python"), True),
        (Submission(files=(main,), runtime="python", flags=("-c", "evil")), False),
        (Submission(files=(main,), runtime="python", args=("x",)), False),
        (Submission(files=(main, File("other.py", b"")), runtime="python", entry="other.py"), False),
    ]:
        _, layout = runtime.arrange(submission)
        assert (runtime.run_command(layout, LIMITS).fork is not None) is forked
