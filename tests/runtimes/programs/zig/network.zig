const std = @import("std");

pub fn main() !void {
    const address = try std.net.Address.parseIp4("192.0.2.1", 80);
    const answer = if (std.net.tcpConnectToAddress(address)) |_| "connected\n" else |_| "no network\n";
    try std.fs.File.stdout().writeAll(answer);
}
