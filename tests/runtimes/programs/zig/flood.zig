const std = @import("std");

pub fn main() !void {
    var buffer: [4096]u8 = undefined;
    var out = std.fs.File.stdout().writerStreaming(&buffer);
    while (true) {
        try out.interface.writeAll("a line that nobody reads\n");
    }
}
