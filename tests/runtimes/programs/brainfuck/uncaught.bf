Something left of the first cell: <+
