assert [1, 2, 3].sum() == 7
