"""
The box on the Docker Engine: theory of operation.

    engine --stdin of the container--> supervisor (PID 1) --fork+exec--> the program (uid 1000)
           <--stdout of the container--

One warm container per slot; no run starts, executes into or stops one. The container's own process is the
*supervisor* (`supervisor.py`): the image's python3, which is given its sources over its standard input. It speaks
frames (`framing.py`) over the stream that the daemon attached to the container, so nothing is mounted from the host and
a remote engine works like one on this machine. It loads and collects files, forks each run, drains its output, enforces
the deadlines, kills everything that a run left and wipes what it wrote.

*Who has which rights.* The container has a read-only root, no network but its own loopback, a private IPC namespace, no
new privileges, the seccomp profile that `profile.py` writes from the native box's tables, bounded tmpfs at /work, /tmp,
/dev/shm and /artifact, and bounds on memory and processes. The supervisor is root in the container with seven
capabilities, all among those that Docker gives to every container: to become another user, to kill, and to wipe what
another user made. Every program is uid 1000 with no capability, an empty bounding set and the native box's own filter
loaded on top of the profile. It can neither signal nor look into the supervisor, nor write to the artifact.

*Who measures.* The supervisor reads CPU time, out-of-memory kills and processes from the cgroup files that the
container shows, and takes off what it spent itself. Where the container's cgroup can be written from here (an engine
on this machine, and root), memory and processes are limited and measured per run through it (`accounting.py`), as in
the native box. Elsewhere the engine sets the limits, and the supervisor samples the peak: `losses` says so.

*What stays.* The container ends when its standard input does, and removes itself; so nothing is left of an engine that
was killed. Containers that were created and never started are found by their labels at the next start.

This package imports `docker` only where a daemon is spoken to; `supervisor.py` and what it imports is the standard
library alone.
"""
