const std = @import("std");
const places = @import("geometry/places.zig");

pub fn main() !void {
    try std.fs.File.stdout().writeAll(places.whereFrom());
}
