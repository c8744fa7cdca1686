pub fn whereFrom() []const u8 {
    return "from a module\n";
}
