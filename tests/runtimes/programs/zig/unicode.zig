const std = @import("std");

pub fn main() !void {
    var in_buffer: [4096]u8 = undefined;
    var out_buffer: [4096]u8 = undefined;
    var in = std.fs.File.stdin().readerStreaming(&in_buffer);
    var out = std.fs.File.stdout().writerStreaming(&out_buffer);
    _ = try in.interface.streamRemaining(&out.interface);
    try out.interface.writeAll("größe 漢字 🦀 ж\n");
    try out.interface.flush();
}
