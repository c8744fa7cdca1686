"""Prints all that a program can read: files, environment, arguments, what /proc has. The answer must not be in it."""

import os
import sys

write = sys.stdout.buffer.write
for name, value in os.environb.items():
    write(name + b"=" + value + b"\n")
for root in ("/work", "/artifact", "/tmp", "/dev/shm", "/etc", "/proc"):
    for directory, _, names in os.walk(root):
        for name in names:
            path = os.path.join(directory, name)
            write(os.fsencode(path) + b"\n")
            try:
                descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
                try:
                    write(os.read(descriptor, 65536) if "/fd/" not in path else b"")
                finally:
                    os.close(descriptor)
            except OSError:
                pass
