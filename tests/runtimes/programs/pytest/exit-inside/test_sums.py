import os


def test_adds():
    assert 2 + 3 == 5


def test_ends_the_process():
    os._exit(0)
