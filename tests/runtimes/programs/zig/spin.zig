pub fn main() void {
    var n: u64 = 0;
    const counter: *volatile u64 = &n;
    while (true) {
        counter.* +%= 1;
    }
}
