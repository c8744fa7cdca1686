"""
The native sandbox: theory of operation.

Three processes stand in a slot, and a slot runs one program at a time.

    engine ----control----> init (PID 1 in the box)      launcher waits for init, outside
       \\------runs--------> zygote --vfork+exec--> the program

*launcher* (`launcher.py`) is a fresh interpreter, so that nothing of the engine's memory or descriptors
reaches a box. It joins the slot's cgroup, makes the namespaces, forks init and writes init's id maps.

*init* (`init.py`) builds the root (`root.py`): a read-only tmpfs with read-only binds of the toolchains, five
device nodes, its own /proc, and bounded tmpfs for /work, /artifact, /tmp and /dev/shm; pivots into it and detaches
the old one; then enters a user namespace of its own, so that even init is nobody outside. It loads and collects
files, remounts what a run dirtied, forks zygotes, and kills everything when a zygote stops or dies.

*zygote* (`zygote.py`) is forked once per job (on cgroup v2 once per run, into the run's cgroup): unprivileged uid,
no capabilities, no_new_privs, rlimits, seccomp. Each run is a posix_spawn from it, so a run pays for none of
that. It enforces the deadlines, kills what the run left (it is the subreaper) and reports how the run ended.
Being confined like the program it can be killed or stopped by it; init sees that and the run ends as RTE.

The engine's side is `native.py`. It measures through the cgroup (`cgroup.py`), which no process in a box can
reach, and drains the output while the program runs. Messages to a box are marshalled by the one interpreter that
both sides run; messages from a box are fixed structs: nothing that comes out of a box is ever evaluated.

Who may do what: the program has one uid, no capability and no way to see anything but its own processes. init has
capabilities over its own user namespace only, never runs anything of the submission, and is protected
from signals by being PID 1 and from inspection by not being dumpable. When the engine dies the sockets close, init
ends, and the kernel kills the rest of the PID namespace.

Only the standard library is imported here: the launcher runs with -I -S.
"""
