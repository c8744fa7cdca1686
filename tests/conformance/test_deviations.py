"""The table of known deviations says what is true."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.support import DEVIATIONS, KINDS, Deviation

SOURCES = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))


@pytest.mark.parametrize(
    "deviation", DEVIATIONS, ids=lambda deviation: f"{deviation.implementation}-{deviation.tests[0]}"
)
def test_a_deviation_names_tests_a_box_and_a_reason(deviation: Deviation) -> None:
    """A test that was renamed, or a box that is no more, would leave its excuse behind."""
    assert [test for test in deviation.tests if f"def {test}(" not in SOURCES] == []
    assert deviation.implementation in {implementation.name for implementation in KINDS}
    assert len(deviation.reason.split()) > 3
