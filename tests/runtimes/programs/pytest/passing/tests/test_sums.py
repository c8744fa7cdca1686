import sums


def test_adds():
    assert sums.add(2, 3) == 5


def test_subtracts():
    assert sums.subtract(2, 3) == -1
