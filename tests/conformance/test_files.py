"""Files that go into a box and come out of it, and what a reset leaves of them: nothing."""

from __future__ import annotations

import asyncio
import hashlib
import os
import resource
import time
from pathlib import Path

import pytest

from executor.errors import BoxFailure
from executor.model import MIB, Command, File
from executor.sandbox.box import Box, Place
from tests.conformance.support import (
    LIMITS,
    Start,
    assert_runs_nothing,
    assert_says_why,
    assert_usable,
    python,
    shell,
    stdout_of,
)

LIST = "cd /artifact && find . -type f | LC_ALL=C sort"

each_place = pytest.mark.parametrize("place", list(Place), ids=lambda place: place.name.lower())


# --- load


@each_place
async def test_files_arrive_byte_for_byte(box: Box, tmp_path: Path, place: Place) -> None:
    """Content may be bytes or a path, of any size that fits."""
    big = os.urandom(MIB) * 50
    (tmp_path / "big").write_bytes(big)
    files = [File("bytes", bytes(range(256))), File("file", tmp_path / "big"), File("empty", b""), File("large", big)]
    await box.load(files, place)
    code = """
        import hashlib, os, sys
        for name in ("bytes", "file", "empty", "large"):
            print(hashlib.sha256(open(os.path.join(sys.argv[1], name), "rb").read()).hexdigest())
        """
    expected = [hashlib.sha256(content).hexdigest() for content in (bytes(range(256)), big, b"", big)]
    assert stdout_of(await box.run(python(code, place.value), LIMITS)).decode().split() == expected


@each_place
async def test_directories_are_made(box: Box, place: Place) -> None:
    """Names may have directories, which need not be loaded themselves."""
    names = ["a/b/c/d/e", "a/b/x", "a/y", "z", "b/" * 40 + "deep"]
    await box.load([File(name, name.encode()) for name in names], place)
    script = f"cd {place.value} && cat a/b/c/d/e a/b/x a/y z {'b/' * 40}deep"
    assert stdout_of(await box.run(shell(script), LIMITS)).decode() == "".join(names)


@each_place
async def test_strange_names(box: Box, place: Place) -> None:
    """A name may hold anything that the kernel allows in one."""
    names = [
        "a b",
        " ",
        "new\nline",
        "-rf",
        "größe",
        os.fsdecode(b"\xff\x80"),
        "x" * 255,
        "...",
        "*",
        "a\\b",
        ".hidden",
    ]
    await box.load([File(name, os.fsencode(name)) for name in names], place)
    code = "import os, sys; print([open(n, 'rb').read() == n for n in map(os.fsencode, os.listdir('.'))])"
    command = python(f"import os, sys; os.chdir({place.value!r})\n{code}")
    assert stdout_of(await box.run(command, LIMITS)).decode().strip() == str([True] * len(names))


@each_place
async def test_only_executable_files_can_be_executed(box: Box, place: Place) -> None:
    """The executable bit is that of the file."""
    script = b"#!/bin/sh\necho ran\n"
    await box.load([File("yes", script, executable=True), File("no", script)], place)
    outcome = await box.run(shell(f"test ! -x {place.value}/no && {place.value}/yes"), LIMITS)
    assert stdout_of(outcome) == b"ran\n"


async def test_a_thousand_files(box: Box) -> None:
    """A thousand files arrive, each with its own content."""
    files = [File(f"{i % 10}/{i}", str(i).encode()) for i in range(1000)]
    await box.load(files, Place.ARTIFACT)
    code = "import os; print(sum(open(f'/artifact/{i % 10}/{i}').read() == str(i) for i in range(1000)))"
    assert stdout_of(await box.run(python(code), LIMITS)) == b"1000\n"


async def test_the_artifact_is_read_only(box: Box) -> None:
    """A program can neither change the artifact nor add to it, and it is there for every run of the job."""
    await box.load([File("folder/file", b"content")], Place.ARTIFACT)
    code = """
        import os
        changes = {
            "write": lambda: os.open("/artifact/folder/file", os.O_WRONLY),
            "create": lambda: os.open("/artifact/folder/new", os.O_CREAT | os.O_WRONLY),
            "unlink": lambda: os.unlink("/artifact/folder/file"),
            "rename": lambda: os.rename("/artifact/folder", "/artifact/other"),
            "chmod": lambda: os.chmod("/artifact/folder/file", 0o777),
            "times": lambda: os.utime("/artifact/folder/file"),
            "link": lambda: os.link("/artifact/folder/file", "/artifact/link"),
        }
        for name, change in changes.items():
            try:
                change()
                print(name)
            except OSError:
                pass
        print(open("/artifact/folder/file").read())
        """
    for _ in range(2):
        assert stdout_of(await box.run(python(code), LIMITS)) == b"content\n"


async def test_an_empty_artifact_is_read_only_too(box: Box) -> None:
    """Loading no file is a way to say that there is none."""
    await box.load([], Place.ARTIFACT)
    assert (await box.run(shell("echo 1 > /artifact/new"), LIMITS)).exit_code != 0


async def test_the_artifact_is_loaded_once(box: Box) -> None:
    """A second artifact in the same job is refused and changes nothing; the next job has its own."""
    await box.load([File("first", b"1")], Place.ARTIFACT)
    with pytest.raises(BoxFailure):
        await box.load([File("second", b"2")], Place.ARTIFACT)
    assert stdout_of(await box.run(shell(LIST), LIMITS)) == b"./first\n"
    await box.reset()
    await box.load([File("third", b"3")], Place.ARTIFACT)
    assert stdout_of(await box.run(shell(LIST), LIMITS)) == b"./third\n"


async def test_loaded_work_is_the_programs_own(box: Box) -> None:
    """What is loaded into the work directory can be changed and removed, folders included."""
    await box.load([File("folder/file", b"before"), File("top", b"1")], Place.WORK)
    script = "echo after >> folder/file && cat folder/file && touch folder/new && rm -r folder top && ls -A"
    assert stdout_of(await box.run(shell(script), LIMITS)) == b"beforeafter\n"


async def test_work_can_be_loaded_in_parts(box: Box) -> None:
    """Files may be added to the work directory between kept runs."""
    await box.load([File("folder/a", b"a")], Place.WORK)
    await box.load([File("folder/b", b"b")], Place.WORK)
    assert stdout_of(await box.run(shell("cat folder/a folder/b; echo c > folder/c"), LIMITS, keep_work=True)) == b"ab"
    await box.load([File("folder/d", b"d")], Place.WORK)
    assert stdout_of(await box.run(shell("cat folder/*"), LIMITS)) == b"abc\nd"


@pytest.mark.parametrize("script", ["true", "echo 1 > /tmp/file", "echo 1 > /work/file"])
async def test_work_that_is_loaded_after_a_run_is_there_for_the_next(box: Box, script: str) -> None:
    """Whatever an earlier run left, files that are loaded now are found, and what it left is not."""
    stdout_of(await box.run(shell(script), LIMITS))
    await box.load([File("loaded", b"1")], Place.WORK)
    assert stdout_of(await box.run(shell("ls -A /work /tmp"), LIMITS)) == b"/tmp:\n\n/work:\nloaded\n"


async def test_a_sweep_leaves_the_artifact_and_nothing_else_of_kept_runs(box: Box) -> None:
    """What a compiler left anywhere, links and closed folders included, is not there when the program runs."""
    await box.load([File("source", b"1")], Place.WORK)
    script = (
        "mkdir -p /tmp/a /dev/shm/b && echo 1 > /tmp/a/file && ln -s /etc /work/link && chmod 0 /tmp/a && echo 2 > left"
    )
    stdout_of(await box.run(shell(script), LIMITS, keep_work=True))
    await box.sweep()
    await box.load([File("program", b"3")], Place.ARTIFACT)
    look = "find /work /tmp /dev/shm -mindepth 1; cat /artifact/program"
    for _ in range(2):
        assert stdout_of(await box.run(shell(look), LIMITS, keep_work=True)) == b"3"
    stdout_of(await box.run(shell(script), LIMITS, keep_work=True))
    await box.sweep()
    assert stdout_of(await box.run(shell(look), LIMITS)) == b"3"


async def test_a_sweep_ends_what_a_kept_run_left_behind(box: Box) -> None:
    """A process that a compiler sends into the background does not see the program."""
    stdout_of(await box.run(shell("setsid sleep 60 >/dev/null 2>&1 & echo 1 > left"), LIMITS, keep_work=True))
    await box.sweep()
    await assert_runs_nothing(box)


BAD_NAMES = ["", "/", "/abs", "//", "a//b", "a/", "./a", "a/./b", ".", "..", "../a", "a/../b", "a/..", "nul\0", "\0"]


@each_place
@pytest.mark.parametrize("name", BAD_NAMES, ids=repr)
async def test_bad_names_are_refused_before_anything_is_written(box: Box, name: str, place: Place) -> None:
    """A name that is no plain relative path is a ValueError, and no file of the list is written."""
    with pytest.raises(ValueError, match=r"."):
        await box.load([File("good", b"1"), File(name, b"2")], place)
    assert stdout_of(await box.run(shell(f"ls -A {place.value}"), LIMITS)) == b""
    await box.load([File("good", b"1")], place)


@each_place
@pytest.mark.parametrize(
    "files",
    [
        pytest.param([File("x" * 256, b"")], id="name-too-long"),
        pytest.param([File("a/" * 2100 + "b", b"")], id="path-too-long"),
        pytest.param([File("twice", b"1"), File("twice", b"2")], id="twice"),
        pytest.param([File("a", b"1"), File("a/b", b"2")], id="file-as-directory"),
        pytest.param([File("a/b", b"1"), File("a", b"2")], id="directory-as-file"),
    ],
)
async def test_files_that_cannot_be_placed(box: Box, files: list[File], place: Place) -> None:
    """What the file system refuses is an exception, and after a reset the box is as good as new."""
    with pytest.raises((BoxFailure, ValueError)):
        await box.load(files, place)
    await assert_usable(box)


@each_place
@pytest.mark.parametrize("length", [1000, 3000, 3200, 3400, 3900])
async def test_many_files_with_long_names(box: Box, place: Place, length: int) -> None:
    """A hundred names as long as the kernel allows arrive or are refused with an exception; the box works on."""
    folders = ("d" * 200 + "/") * (length // 201)
    files = [File(f"{folders}{number:03}", b"") for number in range(100)]
    try:
        await box.load(files, place)
    except (BoxFailure, ValueError) as refusal:
        assert_says_why(refusal)
    else:
        script = f"cd {place.value} && find . -type f | wc -l"
        assert stdout_of(await box.run(shell(script), LIMITS)) == b"100\n"
    await assert_usable(box)


@each_place
async def test_files_that_do_not_fit(start: Start, place: Place) -> None:
    """Files larger than the directory are the box's failure, and after a reset the box is as good as new."""
    box = await start(writable_bytes=4 * MIB)
    with pytest.raises(BoxFailure):
        await box.load([File("small", b"1"), File("large", bytes(5 * MIB))], place)
    await assert_usable(box)
    await box.load([File("fits", bytes(3 * MIB))], place)


async def test_a_file_that_is_not_there(box: Box, tmp_path: Path) -> None:
    """A path that cannot be read is the judge's failure, and the box still works."""
    with pytest.raises((OSError, BoxFailure)):
        await box.load([File("good", b"1"), File("missing", tmp_path / "missing")], Place.ARTIFACT)
    await assert_usable(box)


# --- collect


async def after(box: Box, script: str) -> None:
    """Run a shell script in a work directory that is kept."""
    stdout_of(await box.run(shell(script), LIMITS, keep_work=True))


async def names(box: Box, *patterns: str, max_bytes: int = MIB) -> list[str]:
    return [file.name for file in await box.collect(patterns, max_bytes)]


async def test_files_come_out_as_they_are(box: Box) -> None:
    """Name, content and executable bit are those that the program left, sorted by name."""
    await after(box, "mkdir -p b/c; printf 'a\\0b' > b/c/two; echo 1 > one; printf '' > b/none; chmod 755 one; umask 0")
    assert await box.collect(["*"], MIB) == (
        File("b/c/two", b"a\0b"),
        File("b/none", b""),
        File("one", b"1\n", executable=True),
    )


async def test_patterns_choose(box: Box) -> None:
    """A pattern is matched against the whole path; `*` crosses directories, and one match is enough."""
    await after(box, "mkdir -p p/q; touch Main.class p/A.class p/q/B.class p/q/B.java a.out; touch 'a[1]'")
    assert await names(box, "*.class") == ["Main.class", "p/A.class", "p/q/B.class"]
    assert await names(box, "p/?.class", "a.out", "*.out") == ["a.out", "p/A.class"]
    assert await names(box, "[!p]*.class") == ["Main.class"]
    assert await names(box, "*.CLASS") == []
    assert await names(box) == []


async def test_what_was_loaded_can_be_collected(box: Box) -> None:
    """Loaded files and those that a run made are the same to collect."""
    await box.load([File("loaded", b"1", executable=True)], Place.WORK)
    await after(box, "echo 2 > made")
    assert await box.collect(["*"], MIB) == (File("loaded", b"1", executable=True), File("made", b"2\n"))


async def test_strange_names_come_out(box: Box) -> None:
    """Names that are no text, or hold line ends, come out as they went in."""
    strange = [os.fsdecode(b"\xff\x80"), "new\nline", "-", "x" * 255, "größe"]
    await box.load([File(name, b"1") for name in strange], Place.WORK)
    await after(box, "true")
    assert await names(box, "*") == sorted(strange)


async def test_only_plain_files_come_out(box: Box) -> None:
    """Links of any kind, directories, FIFOs and sockets are never opened nor followed."""
    code = """
        import os, socket
        os.symlink("/etc/passwd", "link-to-host")
        os.symlink("/artifact", "link-to-folder")
        os.symlink("plain", "link-to-plain")
        os.symlink("/dev/zero", "link-to-device")
        os.symlink("loop", "loop")
        os.mkfifo("fifo")
        os.mkdir("directory")
        socket.socket(socket.AF_UNIX).bind("socket")
        open("linked", "w").write("secret")
        os.link("linked", "linked-again")
        open("plain", "w").write("plain")
        """
    await box.load([File("inside", b"artifact")], Place.ARTIFACT)
    stdout_of(await box.run(python(code), LIMITS, keep_work=True))
    assert await box.collect(["*"], MIB) == (File("plain", b"plain"),)


async def test_a_work_directory_that_is_a_trap(box: Box) -> None:
    """The work directory's own mode and that of its folders do not hinder the box."""
    await after(box, "mkdir closed; echo 1 > closed/file; chmod 0 closed/file closed . || true")
    assert await names(box, "*") == ["closed/file"]


async def test_the_size_of_what_comes_out_is_bounded(box: Box) -> None:
    """As many bytes as asked for come out; one byte more is a ValueError, and the box still works."""
    await after(box, "head -c 1000 /dev/zero > a; head -c 1000 /dev/zero > b; head -c 5000 /dev/zero > other")
    assert await names(box, "?", max_bytes=2000) == ["a", "b"]
    with pytest.raises(ValueError, match="1999"):
        await box.collect(["?"], 1999)
    assert await names(box, "?", max_bytes=2000) == ["a", "b"]
    await assert_usable(box)


async def test_a_sparse_file_counts_with_its_whole_size(box: Box) -> None:
    """A file that takes no space is still refused when it is too large to read."""
    await after(box, "truncate -s 200M sparse")
    with pytest.raises(ValueError, match=r"."):
        await box.collect(["*"], MIB)


async def make_files(box: Box, number: int) -> None:
    code = f"for i in range({number}): open(f'{{i:05}}', 'w').close()"
    stdout_of(await box.run(python(code), LIMITS, keep_work=True))


async def test_ten_thousand_files_come_out(box: Box) -> None:
    """Ten thousand files are not too many."""
    await make_files(box, 10_000)
    assert await names(box, "*") == [f"{i:05}" for i in range(10_000)]


async def test_a_busy_judge_loses_no_file(start: Start) -> None:
    """Files wait until the judge has time for them, also where few descriptors are allowed."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    try:
        box = await start()
        await make_files(box, 5000)
        collecting = asyncio.create_task(names(box, "*"))
        await asyncio.sleep(0)
        time.sleep(0.5)  # noqa: ASYNC251 - the event loop is to be busy
        assert len(await collecting) == 5000
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def test_more_than_ten_thousand_files_are_refused(box: Box) -> None:
    """One more is a ValueError, unless the patterns leave it out; the box still works."""
    await make_files(box, 10_001)
    with pytest.raises(ValueError, match=r"."):
        await box.collect(["*"], MIB)
    assert await names(box, "0000?") == [f"{i:05}" for i in range(10)]
    await assert_usable(box)


async def test_files_in_a_thousand_directories_come_out(box: Box) -> None:
    """Directories are no files: a thousand of them with a file each are a thousand files."""
    stdout_of(
        await box.run(
            python("import os\nfor i in range(1000): os.mkdir(f'{i:03}'); open(f'{i:03}/file', 'w').close()"),
            LIMITS,
            keep_work=True,
        )
    )
    assert await names(box, "*") == [f"{i:03}/file" for i in range(1000)]


@pytest.mark.parametrize("length", [1000, 3000, 3300, 3900])
async def test_files_with_long_paths_come_out(box: Box, length: int) -> None:
    """Paths may be as long as the kernel allows; none is lost on the way."""
    code = """
        import os, sys
        for _ in range(int(sys.argv[1]) // 201):
            os.mkdir("d" * 200)
            os.chdir("d" * 200)
        for i in range(100):
            open(f"{i:03}", "w").close()
        """
    stdout_of(await box.run(python(code, str(length)), LIMITS, keep_work=True))
    found = await names(box, "*")
    assert [name.rpartition("/")[2] for name in found] == [f"{i:03}" for i in range(100)]


async def test_files_below_a_very_deep_directory(box: Box) -> None:
    """A file whose path no system call takes is collected or refused, and the box still works."""
    code = "import os\nfor _ in range(1000): os.mkdir('d' * 50); os.chdir('d' * 50)\nopen('file', 'w').close()"
    stdout_of(await box.run(python(code), LIMITS, keep_work=True))
    try:
        assert len(await names(box, "*")) == 1
    except (ValueError, BoxFailure) as refusal:
        assert_says_why(refusal)
    await assert_usable(box)


# --- reset


async def test_a_reset_leaves_nothing(box: Box) -> None:
    """Files, processes, shared memory, links in /tmp: the next job finds an empty box."""
    await box.load([File("file", b"1")], Place.ARTIFACT)
    await box.load([File("file", b"1")], Place.WORK)
    code = """
        import mmap, os, time
        for place in ("/work", "/tmp", "/dev/shm"):
            open(place + "/left", "w").write("1")
        if os.fork() == 0:
            os.setsid()
            time.sleep(60)
        """
    stdout_of(await box.run(python(code), LIMITS, keep_work=True))
    await box.reset()
    listing = stdout_of(await box.run(shell("ls -A /work /tmp /dev/shm /artifact"), LIMITS))
    assert listing == b"/artifact:\n\n/dev/shm:\n\n/tmp:\n\n/work:\n"
    await assert_runs_nothing(box)
    assert await names(box, "*") == []


async def test_an_artifact_of_one_job_is_not_run_in_the_next(box: Box) -> None:
    """After a reset the program of the last job is gone."""
    await box.load([File("program", b"#!/bin/sh\n", executable=True)], Place.ARTIFACT)
    stdout_of(await box.run(Command(argv=("/artifact/program",)), LIMITS))
    await box.reset()
    assert (await box.run(Command(argv=("/artifact/program",)), LIMITS)).exit_code is None


async def test_two_hundred_resets(box: Box) -> None:
    """A box serves two hundred jobs, and the last one finds it as the first did."""
    for number in range(200):
        await box.reset()
        await box.load([File("number", str(number).encode())], Place.ARTIFACT)
        if number % 20 == 0:
            outcome = await box.run(shell("ls -A /work /tmp; cat /artifact/number; echo 1 > left"), LIMITS)
            assert stdout_of(outcome) == b"/tmp:\n\n/work:\n" + str(number).encode()


async def test_a_reset_before_anything_was_done(box: Box) -> None:
    """A new box may be reset, and twice."""
    await box.reset()
    await box.reset()
    await assert_usable(box)
