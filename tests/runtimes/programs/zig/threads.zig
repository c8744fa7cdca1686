const std = @import("std");

var total = std.atomic.Value(u32).init(0);

fn square(number: u32) void {
    _ = total.fetchAdd(number * number, .monotonic);
}

pub fn main() !void {
    var threads: [10]std.Thread = undefined;
    for (&threads, 1..) |*thread, number| {
        thread.* = try std.Thread.spawn(.{}, square, .{@as(u32, @intCast(number))});
    }
    for (threads) |thread| thread.join();
    var buffer: [16]u8 = undefined;
    try std.fs.File.stdout().writeAll(try std.fmt.bufPrint(&buffer, "{d}\n", .{total.load(.monotonic)}));
}
