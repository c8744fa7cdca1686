const std = @import("std");

pub fn main() !void {
    const here = std.fs.cwd();
    try here.writeFile(.{ .sub_path = "scratch.txt", .data = "written and read\n" });
    var buffer: [64]u8 = undefined;
    try std.fs.File.stdout().writeAll(try here.readFile("scratch.txt", &buffer));
}
