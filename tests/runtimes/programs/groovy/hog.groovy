def kept = []
while (true) {
    def more = new int[100_000]
    Arrays.fill(more, 7)
    kept << more
}
