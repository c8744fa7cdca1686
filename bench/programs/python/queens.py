def solutions(size):
    columns = []

    def place(row):
        if row == size:
            yield tuple(columns)
            return
        for column in range(size):
            if all(column != other and abs(column - other) != row - i for i, other in enumerate(columns)):
                columns.append(column)
                yield from place(row + 1)
                columns.pop()

    return place(0)


found = list(solutions(6 + 271828 % 2))
print("ennead-text", len(found), ",".join(map(str, found[0])))
