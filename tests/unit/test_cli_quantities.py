"""Times and sizes as a person types them."""

from __future__ import annotations

import pytest

from cli.quantities import parse_duration, parse_limits, parse_size
from executor.errors import UsageError
from executor.model import MIB, MS, Limits


@pytest.mark.parametrize(
    "text, nanoseconds",
    [
        ("1s", 10**9),
        ("500ms", 5 * 10**8),
        ("2.5s", 25 * 10**8),
        (".5s", 5 * 10**8),
        ("1m", 60 * 10**9),
        ("2min", 120 * 10**9),
        ("1h", 3600 * 10**9),
        ("250us", 250_000),
        ("1 s", 10**9),
        ("1S", 10**9),
        ("0.1s", 10**8),
        ("24h", 24 * 3600 * 10**9),
    ],
)
def test_a_time_is_read_exactly(text: str, nanoseconds: int) -> None:
    assert parse_duration(text) == nanoseconds


@pytest.mark.parametrize(
    "text, size",
    [
        ("262144", 262_144),
        ("512B", 512),
        ("256MiB", 256 << 20),
        ("256mib", 256 << 20),
        ("64MB", 64_000_000),
        ("1GiB", 1 << 30),
        ("1.5GiB", 3 << 29),
        ("256M", 256 << 20),
        ("4k", 4096),
        ("1 TiB", 1 << 40),
    ],
)
def test_a_size_is_read_exactly(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0s",
        "0.0ms",
        "-1s",
        "nan",
        "nans",
        "inf",
        "1e3s",
        "12 parsecs",
        "1",
        "s",
        "1s2ms",
        "0.1ns",
        "25h",
        "\u0661s",
        "1\n2s",
    ],
)
def test_what_is_no_time_is_refused_and_the_sentence_shows_what_is(text: str) -> None:
    with pytest.raises(UsageError, match=r"is not a time above zero and up to 24h, such as 1s, 500ms, 2\.5s or 1m"):
        parse_duration(text)


@pytest.mark.parametrize(
    "text", ["", "0", "0MiB", "-5", "nan", "1e9", "12 parsecs", "1 MiBs", "0.5", "17TiB", "0x10", "1,5G"]
)
def test_what_is_no_size_is_refused_and_the_sentence_shows_what_is(text: str) -> None:
    with pytest.raises(UsageError, match="is not a size above zero and up to 16TiB, such as 256MiB, 64MB, 1GiB"):
        parse_size(text)


def test_a_number_of_a_megabyte_is_refused_at_once_and_cut_in_the_sentence() -> None:
    with pytest.raises(UsageError) as refused:
        parse_duration("9" * 1_000_000 + "s")
    assert len(str(refused.value)) < 200


def test_options_that_were_not_given_leave_the_defaults() -> None:
    assert parse_limits({"--time-limit": None}) == Limits()


def test_each_option_sets_its_own_limit() -> None:
    options: dict[str, str | int | None] = {
        "--time-limit": "500ms",
        "--wall-limit": "700ms",
        "--memory-limit": "64MiB",
        "--output-limit": "1MiB",
        "--stack-limit": "8MiB",
        "--processes": 3,
    }
    assert parse_limits(options) == Limits(
        cpu_ns=500 * MS,
        wall_ns=700 * MS,
        memory_bytes=64 * MIB,
        output_bytes=MIB,
        stack_bytes=8 * MIB,
        processes=3,
    )


def test_a_refused_limit_names_its_option() -> None:
    with pytest.raises(UsageError, match="--wall-limit: '0s' is not a time"):
        parse_limits({"--time-limit": "1s", "--wall-limit": "0s"})


@pytest.mark.parametrize("number", [0, -1, 100_001])
def test_a_number_of_processes_that_makes_no_sense_is_refused(number: int) -> None:
    with pytest.raises(UsageError, match=f"--processes: {number} is not a number from 1 to 100000"):
        parse_limits({"--processes": number})


def test_a_memory_limit_in_which_no_process_can_start_is_refused() -> None:
    with pytest.raises(UsageError, match="--memory-limit: '100KiB' is less than 1MiB"):
        parse_limits({"--memory-limit": "100KiB"})
    assert parse_limits({"--memory-limit": "1MiB"}).memory_bytes == MIB
