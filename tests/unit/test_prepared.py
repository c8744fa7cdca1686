"""Prepared assets on disk: nothing half done or damaged is ever found, and nobody can list what is there."""

from __future__ import annotations

import os
import shutil
import tarfile
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from executor.model import File
from executor.prepared import About, Store, key_of

ABOUT = About(runtime="toy", toolchain="toy 1", what="assets")
KEY = key_of("a", "b")
FILES = (File("prefix.hpp", b"text"), File("deep/er/tool", b"binary", executable=True))


def opened(folder: Path, *, keyed: bool = True) -> Store:
    store = Store(folder / "prepared", "/prepared", keyed=keyed)
    store.open()
    return store


def place_of(store: Store) -> Path:
    (entry,) = store.entries()
    return store.directory / entry.name


def test_what_was_added_is_found_by_every_process_that_shares_the_folder(tmp_path: Path) -> None:
    opened(tmp_path).add(KEY, ABOUT, FILES)
    entry = opened(tmp_path).find(KEY)
    assert entry is not None
    assert (entry.about, entry.size_bytes, entry.folder) == (ABOUT, 10, f"/prepared/{entry.name}")
    place = place_of(opened(tmp_path))
    assert ((place / "prefix.hpp").read_bytes(), (place / "deep/er/tool").read_bytes()) == (b"text", b"binary")
    assert ((place / "prefix.hpp").stat().st_mode & 0o777, (place / "deep/er/tool").stat().st_mode & 0o777) == (
        0o444,
        0o555,
    )


def test_nothing_is_found_under_another_key_or_before_anything_was_added(tmp_path: Path) -> None:
    assert Store(tmp_path / "none", "/prepared", keyed=True).find(KEY) is None
    store = opened(tmp_path)
    assert store.find(KEY) is None
    store.add(KEY, ABOUT, FILES)
    assert store.find(key_of("ab")) is None
    assert key_of("a", "b") != key_of("ab")


@pytest.mark.parametrize("damage", ["cut", "changed", "gone", "no folder", "no sense", "another note"])
def test_a_damaged_asset_counts_as_missing_and_can_be_made_again(tmp_path: Path, damage: str) -> None:
    store = opened(tmp_path)
    store.add(KEY, ABOUT, FILES)
    place = place_of(store)
    note = tmp_path / "prepared-index" / f"{place.name}.json"
    file = place / "prefix.hpp"
    file.chmod(0o644)
    if damage == "cut":
        file.write_bytes(b"te")
    elif damage == "changed":
        file.write_bytes(b"TEXT")
    elif damage == "gone":
        file.unlink()
    elif damage == "no folder":
        shutil.rmtree(place)
    else:
        note.write_text("{" if damage == "no sense" else "[]")
    assert opened(tmp_path).find(KEY) is None
    again = opened(tmp_path)
    again.add(KEY, ABOUT, FILES)
    assert again.find(KEY) is not None
    assert (place / "prefix.hpp").read_bytes() == b"text"


def test_an_asset_whose_sources_have_changed_counts_as_missing(tmp_path: Path) -> None:
    header = tmp_path / "header.h"
    header.write_text("one")
    store = opened(tmp_path)
    store.add(KEY, ABOUT, FILES, [str(header)])
    assert opened(tmp_path).find(KEY) is not None
    header.write_text("two of them")
    assert opened(tmp_path).find(KEY) is None


def packed(folder: Path, *, into: Path) -> None:
    """What a layer of an image keeps: names, modes, contents, and times in whole seconds."""
    with tarfile.open(into / "layer", "w", format=tarfile.USTAR_FORMAT) as layer:
        layer.add(folder, ".")
    with tarfile.open(into / "layer") as layer:
        layer.extractall(into / "image")  # noqa: S202 - what was packed above


def test_an_asset_in_a_layer_of_an_image_is_sound_until_it_or_its_source_is_written_again(tmp_path: Path) -> None:
    source, built = tmp_path / "header", tmp_path / "built"
    built.mkdir()
    source.write_bytes(b"text")
    os.utime(source, ns=(0, 1_700_000_000_987_654_321))
    opened(built).add(KEY, ABOUT, FILES, [str(source)])
    packed(built, into=tmp_path)
    in_image = opened(tmp_path / "image")
    kept = place_of(in_image) / "prefix.hpp"
    assert kept.stat().st_mtime_ns % 10**9 == 0
    assert in_image.find(KEY) is not None
    os.utime(source, ns=(0, 1_700_000_000_000_000_000))
    assert opened(tmp_path / "image").find(KEY) is not None
    for other in (1_700_000_000_987_654_322, 1_700_000_001_000_000_000):
        os.utime(source, ns=(0, other))
        assert opened(tmp_path / "image").find(KEY) is None
    os.utime(source, ns=(0, 1_700_000_000_000_000_000))
    os.utime(kept, ns=(0, kept.stat().st_mtime_ns + 1))
    assert opened(tmp_path / "image").find(KEY) is None


def test_a_crash_while_it_is_written_leaves_nothing_that_is_found_and_nothing_for_ever(tmp_path: Path) -> None:
    store = opened(tmp_path)
    index = tmp_path / "prepared-index"
    half = store.directory / "new-1234"
    half.mkdir()
    (half / "prefix.hpp").write_bytes(b"te")
    mark = index / "new-1234.draft"
    mark.touch()
    assert store.entries() == []
    os.utime(mark, (0, 0))
    opened(tmp_path)
    assert not half.exists()
    assert not mark.exists()


def test_a_full_disk_leaves_the_store_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = opened(tmp_path)
    store.add(KEY, ABOUT, FILES)

    def full(path: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        store.add(key_of("other"), ABOUT, FILES)
    monkeypatch.undo()
    assert opened(tmp_path).find(KEY) is not None
    assert len(store.entries()) == 1
    assert not list((tmp_path / "prepared-index").glob("*.draft"))


def test_names_cannot_be_computed_by_who_knows_the_key_nor_listed_by_the_owner(tmp_path: Path) -> None:
    ours, theirs = opened(tmp_path / "a"), opened(tmp_path / "b")
    names = {store.add(KEY, ABOUT, FILES).name for store in (ours, theirs)}
    assert len(names | {KEY}) == 3
    assert ours.directory.stat().st_mode & 0o777 == 0o311
    assert (tmp_path / "a" / "prepared-index").stat().st_mode & 0o077 == 0


def test_a_store_for_everybody_can_be_read_by_everybody(tmp_path: Path) -> None:
    store = opened(tmp_path, keyed=False)
    assert store.add(KEY, ABOUT, FILES).name == KEY
    assert (tmp_path / "prepared-index" / f"{KEY}.json").stat().st_mode & 0o444 == 0o444


def test_what_was_learned_makes_room_oldest_first_and_what_was_prepared_stays(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.add(key_of("seed"), ABOUT, FILES)
    for number in range(4):
        entry = store.add(key_of(str(number)), replace(ABOUT, learned=True), FILES)
        os.utime(tmp_path / "prepared-index" / f"{entry.name}.json", (number, number))
    store.make_room(20, {"toy": "toy 1"})
    found = [store.find(key_of(name)) is not None for name in ("seed", "0", "1", "2", "3")]
    assert found == [True, False, False, True, True]


def test_assets_of_a_toolchain_that_is_gone_are_removed(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.add(KEY, ABOUT, FILES)
    store.add(key_of("other"), replace(ABOUT, runtime="other"), FILES)
    store.make_room(1000, {"toy": "toy 2"})
    assert [entry.about.runtime for entry in store.entries()] == ["other"]


def test_one_alone_makes_an_asset_at_a_time(tmp_path: Path) -> None:
    ours, theirs = opened(tmp_path), opened(tmp_path)
    with ours.making(KEY, wait=False) as mine:
        assert mine
        with theirs.making(KEY, wait=False) as second:
            assert not second
        waited = threading.Event()

        def wait() -> None:
            with theirs.making(KEY, wait=True) as had:
                assert had
                waited.set()

        thread = threading.Thread(target=wait)
        thread.start()
        assert not waited.wait(0.1)
    thread.join(5)
    assert waited.is_set()


def test_however_many_prefixes_are_asked_for_few_files_are_noted(tmp_path: Path) -> None:
    store = opened(tmp_path)
    assert [store.sightings(KEY) for _ in range(3)] == [1, 2, 3]
    store.forget_sightings(KEY)
    assert store.sightings(KEY) == 1
    for number in range(6000):
        store.sightings(key_of(str(number)))
    assert len(list((tmp_path / "prepared-index").iterdir())) < 4200
