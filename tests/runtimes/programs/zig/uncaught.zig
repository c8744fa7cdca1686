pub fn main() !void {
    return error.NobodyCatchesThis;
}
