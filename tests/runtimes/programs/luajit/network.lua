local ffi = require("ffi")

ffi.cdef([[
int socket(int domain, int type, int protocol);
int connect(int descriptor, const uint8_t *address, unsigned int length);
]])

-- AF_INET in the machine's order, port 80 and 192.0.2.1 in the network's.
local address = ffi.new("uint8_t[16]", { ffi.abi("le") and 2 or 0, ffi.abi("le") and 0 or 2, 0, 80, 192, 0, 2, 1 })
local descriptor = ffi.C.socket(2, 1, 0)
print(ffi.C.connect(descriptor, address, 16) == 0 and "connected" or "no network")
