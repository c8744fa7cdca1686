import sums


def test_adds():
    assert sums.add(2, 3) == 5
