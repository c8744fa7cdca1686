local ffi = require("ffi")

ffi.cdef("unsigned int sleep(unsigned int seconds);")
ffi.C.sleep(60)
