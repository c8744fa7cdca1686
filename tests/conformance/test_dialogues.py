"""A program that stays and talks: what is said and heard arrives, and it never outlives its dialogue."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from executor.errors import BoxFailure
from executor.model import MIB, MS, SECOND, Command, Excess, File, Meter
from executor.sandbox.box import Box, Dialogue, Place
from tests.conformance.support import (
    LIMITS,
    Start,
    assert_runs_nothing,
    assert_usable,
    brief,
    python,
    stdout_of,
)

ECHO = """
    import os
    while data := os.read(0, 1 << 16):
        os.write(1, data)
    """
FLOOD = """
    import os
    while True:
        os.write(1, b"x" * 65536)
    """
SLEEPERS = """
    import os, time
    for _ in range(5):
        if os.fork() == 0:
            os.setsid()
            time.sleep(1000)
    os.write(1, b"ready")
    time.sleep(1000)
    """


@pytest.fixture
def talker(box: Box) -> Box:
    """A box that can hold a dialogue."""
    if not box.converses:
        pytest.skip("a box of this kind holds no dialogue")
    return box


async def ready(box: Box, command: Command) -> Dialogue:
    """A dialogue whose program has said that it is ready."""
    dialogue = await box.converse(command, LIMITS)
    async with asyncio.timeout(20):
        assert await dialogue.hear(5) == b"ready"
    return dialogue


async def test_what_is_said_is_answered(talker: Box) -> None:
    """A program answers each message before it hears the next, as often as one likes."""
    dialogue = await talker.converse(python(ECHO), LIMITS)
    for number in range(100):
        message = b"message %d" % number
        await dialogue.say(message)
        assert await dialogue.hear(len(message)) == message
    assert (await dialogue.end()).signal == 9
    await assert_usable(talker)


async def test_megabytes_both_ways_at_once(talker: Box) -> None:
    """A message of any size arrives, also while the answer to it comes back."""
    data = bytes(range(251)) * (3 * MIB // 251)
    dialogue = await talker.converse(python(ECHO), LIMITS)
    async with asyncio.TaskGroup() as group:
        group.create_task(dialogue.say(data))
        heard = group.create_task(dialogue.hear(len(data)))
    assert heard.result() == data
    await dialogue.end()


async def test_a_program_that_ends_by_itself(talker: Box) -> None:
    """What it said before is heard; then there is no more to hear or to say, and its end is as of any run."""
    dialogue = await talker.converse(
        python("import os; os.write(1, b'last') and os.write(2, b'why') and os._exit(3)"), LIMITS
    )
    assert await dialogue.hear(4) == b"last"
    with pytest.raises(EOFError):
        await dialogue.hear(1)
    with pytest.raises(EOFError):
        await dialogue.say(b"x" * MIB)
    outcome = await dialogue.end()
    assert (outcome.exit_code, outcome.stdout, outcome.stderr) == (3, b"", b"why"), brief(outcome)
    assert await dialogue.end() == outcome
    await assert_usable(talker)


async def test_a_cancelled_hearer_loses_nothing(talker: Box) -> None:
    """A caller may stop waiting and hear the same bytes later."""
    dialogue = await talker.converse(python(ECHO), LIMITS)
    await dialogue.say(b"half")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await dialogue.hear(8)
    await dialogue.say(b"more")
    assert await dialogue.hear(8) == b"halfmore"
    await dialogue.end()


@pytest.mark.parametrize("way", ["end", "reset", "close"])
async def test_nothing_outlives_a_dialogue(start: Start, way: str) -> None:
    """End, reset and close kill the program and all that it started."""
    box = await start()
    if not box.converses:
        pytest.skip("a box of this kind holds no dialogue")
    dialogue = await ready(box, python(SLEEPERS))
    async with asyncio.timeout(5):
        await (dialogue.end() if way == "end" else box.reset() if way == "reset" else box.close())
    with pytest.raises(EOFError):
        await dialogue.hear(1)
    if way != "close":  # then the fixture looks at what is left
        await assert_runs_nothing(box)
        await assert_usable(box)


async def test_a_box_does_nothing_else_during_a_dialogue(talker: Box) -> None:
    """Another run, another dialogue, loading and collecting are refused, and disturb nothing."""
    dialogue = await talker.converse(python(ECHO), LIMITS)
    for attempt in (
        lambda: talker.run(python("print(1)"), LIMITS),
        lambda: talker.converse(python(ECHO), LIMITS),
        lambda: talker.load([File("a", b"b")], Place.WORK),
        lambda: talker.collect(["*"], MIB),
    ):
        with pytest.raises(ValueError, match="has not ended"):
            await attempt()
    await dialogue.say(b"still there")
    assert await dialogue.hear(11) == b"still there"
    await dialogue.end()
    assert stdout_of(await talker.run(python("print(1)"), LIMITS)) == b"1\n"


async def test_dialogues_one_after_another(talker: Box) -> None:
    """Each begins in an empty box, whether the one before was ended or ended by itself."""
    for program in ("open('left', 'w').write('x'); os.write(1, b'ready')", "os.write(1, b'ready'); time.sleep(99)"):
        dialogue = await ready(talker, python(f"import os, time; assert not os.listdir('.'); {program}"))
        if "sleep" in program:
            await dialogue.end()
        else:
            with pytest.raises(EOFError):
                await dialogue.hear(1)
            await dialogue.end()
    await assert_usable(talker)


async def test_the_loaded_artifact_is_there(talker: Box) -> None:
    """Files loaded before a dialogue are seen in it."""
    await talker.load([File("code.py", b"import os; os.write(1, b'ready')")], Place.ARTIFACT)
    dialogue = await ready(talker, Command(argv=("/usr/bin/python3", "/artifact/code.py")))
    await dialogue.end()


async def test_a_flood_waits_until_it_is_heard(talker: Box) -> None:
    """A program that writes without end fills its pipe, not the judge's memory, and can still be ended."""
    dialogue = await talker.converse(python(FLOOD), LIMITS)
    assert await dialogue.hear(MIB) == b"x" * MIB
    await asyncio.sleep(0.2)
    outcome = await dialogue.end()
    assert not outcome.exceeded, brief(outcome)
    assert outcome.usage.cpu_ns < 2 * SECOND, brief(outcome)


async def test_a_program_that_does_not_read_can_be_ended(talker: Box) -> None:
    """Who waits to say something learns of the end."""
    dialogue = await ready(talker, python("import os, time; os.write(1, b'ready'); time.sleep(1000)"))
    saying = asyncio.create_task(dialogue.say(b"x" * MIB))
    await asyncio.sleep(0.1)
    await dialogue.end()
    with pytest.raises(EOFError):
        await saying


@pytest.mark.parametrize(
    "code, limit",
    [
        ("while True: pass", Excess.CPU),
        ("import time; time.sleep(1000)", Excess.WALL),
        ("data = b'x' * (1 << 30)", Excess.MEMORY),
        ("import os\nwhile True: os.write(2, b'x' * 65536)", Excess.OUTPUT),
    ],
)
async def test_limits_hold_for_the_whole_dialogue(talker: Box, code: str, limit: Excess) -> None:
    """A program over a limit is killed, its hearer is told, and the outcome says which limit it was."""
    wall_ns = 3 * SECOND if limit is Excess.WALL else LIMITS.wall_ns
    limits = replace(LIMITS, cpu_ns=SECOND, wall_ns=wall_ns, output_bytes=MIB)
    if limit is Excess.MEMORY and talker.meter is Meter.POLLING:
        pytest.skip("without a cgroup the allocation itself may fail")
    dialogue = await talker.converse(Command(argv=("/usr/bin/python3", "-I", "-S", "-c", code)), limits)
    with pytest.raises(EOFError):
        async with asyncio.timeout(40):
            await dialogue.hear(1)
    outcome = await dialogue.end()
    assert limit in outcome.exceeded, brief(outcome)
    await assert_usable(talker)


async def test_cpu_time_is_known_while_it_lasts(talker: Box) -> None:
    """What one message cost is the difference of two looks."""
    if talker.meter is Meter.POLLING:
        pytest.skip("without a cgroup only the supervisor knows")
    code = """
        import os, time
        while os.read(0, 1):
            began = time.process_time()
            while time.process_time() - began < 0.2: pass
            os.write(1, b"!")
        """
    dialogue = await talker.converse(python(code), LIMITS)
    await dialogue.say(b"x")
    await dialogue.hear(1)
    before = dialogue.cpu_ns
    await dialogue.say(b"x")
    await dialogue.hear(1)
    assert before is not None
    assert 190 * MS <= (dialogue.cpu_ns or 0) - before <= 400 * MS
    await dialogue.end()


async def test_who_kills_its_supervisor_ends_the_dialogue(talker: Box) -> None:
    """A program that kills everybody that it can reach harms itself alone."""
    dialogue = await talker.converse(python("import os, time; os.kill(-1, 9); time.sleep(100)"), LIMITS)
    with pytest.raises(EOFError):
        async with asyncio.timeout(20):
            await dialogue.hear(1)
    await dialogue.end()
    await assert_usable(talker)


async def test_a_missing_program_is_the_boxs_failure(talker: Box) -> None:
    """A toolchain that is not there ends the dialogue before it begins."""
    dialogue = await talker.converse(Command(argv=("/usr/bin/no-such-program",)), LIMITS)
    with pytest.raises(EOFError):
        await dialogue.hear(1)
    with pytest.raises(BoxFailure, match="no-such-program"):
        await dialogue.end()
    await assert_usable(talker)


async def test_a_cancelled_end_still_ends_it(talker: Box) -> None:
    """Whoever gives up while a dialogue is ended leaves nothing behind."""
    dialogue = await ready(talker, python(SLEEPERS))
    ending = asyncio.create_task(dialogue.end())
    await asyncio.sleep(0)
    ending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await ending
    await assert_runs_nothing(talker)
    await assert_usable(talker)


async def test_a_box_without_dialogues_says_so() -> None:
    """The contract has an answer for those who cannot."""
    with pytest.raises(BoxFailure, match="cannot hold a dialogue"):
        await Box.converse(None, Command(argv=("/bin/true",)), LIMITS)  # type: ignore[arg-type]
