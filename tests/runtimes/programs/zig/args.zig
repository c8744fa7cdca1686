const std = @import("std");

pub fn main() !void {
    const args = try std.process.argsAlloc(std.heap.page_allocator);
    var buffer: [1024]u8 = undefined;
    var out = std.fs.File.stdout().writerStreaming(&buffer);
    for (args[1..]) |arg| {
        try out.interface.print("{s}\n", .{arg});
    }
    try out.interface.flush();
}
