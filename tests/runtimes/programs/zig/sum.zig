const std = @import("std");

pub fn main() !void {
    var in_buffer: [65536]u8 = undefined;
    var in = std.fs.File.stdin().readerStreaming(&in_buffer);
    const text = try in.interface.allocRemaining(std.heap.page_allocator, .unlimited);
    var total: i64 = 0;
    var words = std.mem.tokenizeAny(u8, text, " \n");
    while (words.next()) |word| {
        total += try std.fmt.parseInt(i64, word, 10);
    }
    var out_buffer: [64]u8 = undefined;
    var out = std.fs.File.stdout().writerStreaming(&out_buffer);
    try out.interface.print("{d}\n", .{total});
    try out.interface.flush();
}
