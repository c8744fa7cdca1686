const std = @import("std");

pub fn main() void {
    std.Thread.sleep(60 * std.time.ns_per_s);
}
