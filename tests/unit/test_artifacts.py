"""The artifact store: built once, found again, bounded, never half there."""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from executor.artifacts import Artifact, ArtifactStore, Built, Failure, artifact_key
from executor.model import MIB, File, Verdict

KEY = "ab" * 32
BINARY = Artifact((File("dir/main", b"\x7fELF", executable=True), File("data", b"1")), log="a warning\n")


def key(number: int) -> str:
    return artifact_key([], [str(number)])


def builder(built: Built, count: list[int] | None = None) -> Callable[[], Awaitable[Built]]:
    async def build() -> Built:
        if count is not None:
            count.append(1)
        await asyncio.sleep(0)
        return built

    return build


def contents(built: Built) -> dict[str, tuple[bytes, bool]]:
    assert isinstance(built, Artifact)
    return {
        file.name: (file.content if isinstance(file.content, bytes) else file.content.read_bytes(), file.executable)
        for file in built.files
    }


def stored_bytes(directory: Path) -> int:
    return sum(path.stat().st_size for path in directory.rglob("*") if path.is_file() and path.name != "manifest.json")


@pytest.fixture
def store(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(tmp_path / "store", 10 * MIB)


async def test_an_artifact_is_built_once_and_found_afterwards(store: ArtifactStore, tmp_path: Path) -> None:
    built, cached = await store.get_or_build(KEY, builder(BINARY))
    assert not cached
    for again in (store, ArtifactStore(tmp_path / "store", 10 * MIB)):
        found, cached = await again.get_or_build(KEY, builder(Failure(Verdict.CE, "must not be asked")))
        assert cached
        assert contents(found) == contents(built) == contents(BINARY)
        assert isinstance(found, Artifact)
        assert found.log == "a warning\n"
        assert all(isinstance(file.content, Path) for file in found.files)


async def test_only_the_owner_may_enter_the_store(store: ArtifactStore, tmp_path: Path) -> None:
    assert (tmp_path / "store").stat().st_mode & 0o777 == 0o700


async def test_identical_concurrent_builds_happen_once(store: ArtifactStore) -> None:
    count: list[int] = []
    results = await asyncio.gather(*(store.get_or_build(KEY, builder(BINARY, count)) for _ in range(20)))
    assert len(count) == 1
    assert [cached for _, cached in results].count(False) == 1
    assert all(contents(built) == contents(BINARY) for built, _ in results)


async def test_a_failure_is_shared_with_those_who_wait_but_never_stored(store: ArtifactStore) -> None:
    count: list[int] = []
    failure = Failure(Verdict.CE, "error")
    results = await asyncio.gather(*(store.get_or_build(KEY, builder(failure, count)) for _ in range(5)))
    assert [built for built, _ in results] == [failure] * 5
    assert len(count) == 1
    assert await store.get_or_build(KEY, builder(failure, count)) == (failure, False)
    assert len(count) == 2


async def test_when_the_builder_is_cancelled_one_of_those_who_wait_takes_over(store: ArtifactStore) -> None:
    begun = asyncio.Event()

    async def stuck() -> Built:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError

    first = asyncio.create_task(store.get_or_build(KEY, stuck))
    await begun.wait()
    count: list[int] = []
    waiting = [asyncio.create_task(store.get_or_build(KEY, builder(BINARY, count))) for _ in range(3)]
    await asyncio.sleep(0.01)
    first.cancel()
    results = await asyncio.gather(*waiting)
    assert len(count) == 1
    assert [cached for _, cached in results].count(False) == 1
    assert first.cancelled()


async def test_an_exception_concerns_its_own_caller_alone(store: ArtifactStore) -> None:
    async def broken() -> Built:
        await asyncio.sleep(0.01)
        raise OSError("my box broke")

    async def fails() -> str:
        with pytest.raises(OSError, match="my box broke"):
            await store.get_or_build(KEY, broken)
        return "failed"

    first = asyncio.create_task(fails())
    await asyncio.sleep(0.005)
    built, cached = await store.get_or_build(KEY, builder(BINARY))
    assert (await first, cached) == ("failed", False)
    assert contents(built) == contents(BINARY)


async def test_cancelling_one_who_waits_disturbs_nobody(store: ArtifactStore) -> None:
    release = asyncio.Event()

    async def slow() -> Built:
        await release.wait()
        return BINARY

    first = asyncio.create_task(store.get_or_build(KEY, slow))
    await asyncio.sleep(0.01)
    impatient = asyncio.create_task(store.get_or_build(KEY, slow))
    await asyncio.sleep(0.01)
    impatient.cancel()
    release.set()
    assert contents((await first)[0]) == contents(BINARY)
    assert impatient.cancelled() or impatient.cancelling()


@pytest.mark.parametrize("damage", ["missing", "shorter", "manifest", "nonsense", "no manifest"])
async def test_a_damaged_entry_is_a_miss_and_is_built_again(store: ArtifactStore, tmp_path: Path, damage: str) -> None:
    await store.get_or_build(KEY, builder(BINARY))
    entry = tmp_path / "store" / KEY[:2] / KEY
    if damage == "missing":
        (entry / "0").unlink()
    elif damage == "shorter":
        (entry / "0").write_bytes(b"")
    elif damage == "no manifest":
        (entry / "manifest.json").unlink()
    else:
        (entry / "manifest.json").write_text("{" if damage == "manifest" else '{"files": [3]}')
    count: list[int] = []
    built, cached = await store.get_or_build(KEY, builder(BINARY, count))
    assert (len(count), cached) == (1, False)
    assert contents(built) == contents(BINARY)
    assert (await store.get_or_build(KEY, builder(BINARY, count)))[1]


async def test_the_store_stays_under_its_bound_and_drops_what_was_used_least_recently(tmp_path: Path) -> None:
    store = ArtifactStore(tmp_path, 100_000)
    # What thousands of tests have left in this process makes a collection take seconds; only new garbage counts.
    gc.freeze()
    for number in range(50):
        await store.get_or_build(key(number), builder(Artifact((File("f", bytes(4_000)),))))
        os.utime(tmp_path / key(number)[:2] / key(number), (number, number))
        gc.collect()
        assert stored_bytes(tmp_path) <= 100_000
    gc.unfreeze()
    assert (await store.get_or_build(key(49), builder(BINARY)))[1]
    assert not (await store.get_or_build(key(0), builder(BINARY)))[1]


async def test_what_is_in_use_is_never_removed(tmp_path: Path) -> None:
    store = ArtifactStore(tmp_path, 50_000)
    used, _ = await store.get_or_build(key(0), builder(Artifact((File("f", b"x" * 4_000),))))
    os.utime(tmp_path / key(0)[:2] / key(0), (0, 0))
    for number in range(1, 40):
        await store.get_or_build(key(number), builder(Artifact((File("f", bytes(4_000)),))))
    assert contents(used) == {"f": (b"x" * 4_000, False)}
    del used
    for number in range(40, 60):
        await store.get_or_build(key(number), builder(Artifact((File("f", bytes(4_000)),))))
    assert not (await store.get_or_build(key(0), builder(BINARY)))[1]


async def test_an_artifact_larger_than_the_store_is_used_but_not_kept(tmp_path: Path) -> None:
    store = ArtifactStore(tmp_path, 1_000)
    large = Artifact((File("f", bytes(2_000)),))
    for _ in range(2):
        built, cached = await store.get_or_build(KEY, builder(large))
        assert (built, cached) == (large, False)


async def test_a_store_that_cannot_be_written_fails_no_job(tmp_path: Path) -> None:
    store = ArtifactStore(tmp_path / "store", MIB)
    (tmp_path / "store").rmdir()
    (tmp_path / "store").touch()
    built, cached = await store.get_or_build(KEY, builder(BINARY))
    assert (contents(built), cached) == (contents(BINARY), False)


async def test_an_artifact_that_could_not_be_written_leaves_nothing_behind(
    store: ArtifactStore, tmp_path: Path
) -> None:
    missing = Artifact((File("a", b"1"), File("b", tmp_path / "nowhere")))
    assert await store.get_or_build(KEY, builder(missing)) == (missing, False)
    assert list((tmp_path / "store").iterdir()) == []


async def test_two_stores_may_publish_the_same_artifact_at_once(tmp_path: Path) -> None:
    stores = [ArtifactStore(tmp_path, MIB) for _ in range(4)]
    results = await asyncio.gather(*(store.get_or_build(KEY, builder(BINARY)) for store in stores))
    assert all(contents(built) == contents(BINARY) for built, _ in results)
    assert [path.name for path in tmp_path.iterdir()] == [KEY[:2]]


async def test_what_a_crashed_process_left_is_removed_after_an_hour(tmp_path: Path) -> None:
    store = ArtifactStore(tmp_path, 1_600)
    for name, age in ((".new-old", 1), (".new-young", 2_000_000_000_000)):
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (age, age) if age == 1 else None)
    for number in range(3):
        await store.get_or_build(key(number), builder(Artifact((File("f", bytes(110)),))))
    assert not (tmp_path / ".new-old").exists()
    assert (tmp_path / ".new-young").exists()


@pytest.mark.parametrize(
    "files,context",
    [
        ([File("a", b"1"), File("b", b"3")], ["x", "y"]),
        ([File("a", b"1b")], ["x", "y"]),
        ([File("a", b"1"), File("b", b"2", executable=True)], ["x", "y"]),
        ([File("b", b"2"), File("a", b"1")], ["x", "y"]),
        ([File("a", b"1"), File("b", b"2")], ["xy"]),
        ([File("a", b"1"), File("b", b"2")], ["x", "y", ""]),
    ],
)
def test_everything_that_goes_into_a_build_changes_its_key(files: list[File], context: list[str]) -> None:
    assert artifact_key(files, context) != artifact_key([File("a", b"1"), File("b", b"2")], ["x", "y"])


def test_a_key_depends_on_content_not_on_where_it_lies(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"1")
    assert artifact_key([File("a", tmp_path / "f")], []) == artifact_key([File("a", b"1")], [])
