"""
Everything that is asked of a Docker Engine: is it there, has it the image, make a container, kill one.

All calls block; the box makes them in threads. `docker` is imported here, late: it costs a fifth of a second, and most
commands never need it.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from executor.backend import DockerSettings
from executor.errors import BoxFailure, UsageError
from executor.sandbox.docker.boot import COMMAND
from executor.sandbox.docker.profile import docker_profile

if TYPE_CHECKING:
    from docker import APIClient

OWNER_LABEL: Final = "ennead.owner"
"""Of every container of ours: who made it, as `_owner` says."""
_TIMEOUT_S: Final = 60
_CAPABILITIES: Final = ("CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "SETGID", "SETPCAP", "SETUID")
"""
The supervisor's: to give files away, wipe what others made, kill, and become the program's user for good. All are among
those that Docker gives to every container.
"""
_MOST_PROCESSES: Final = 4096
_LEAST_MEMORY_BYTES: Final = 64 << 20
_DEFAULT_MASKED: Final = (
    "/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
    "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap",
)  # fmt: skip
_MASKED: Final = (
    *_DEFAULT_MASKED,
    # What else tells of the host, and where names could survive a run: ptys and message queues.
    "/etc/resolv.conf", "/proc/buddyinfo", "/proc/cmdline", "/proc/config.gz", "/proc/consoles", "/proc/crypto",
    "/proc/devices", "/proc/diskstats", "/proc/dma", "/proc/driver", "/proc/execdomains", "/proc/interrupts",
    "/proc/iomem", "/proc/ioports", "/proc/kallsyms", "/proc/key-users", "/proc/locks", "/proc/misc", "/proc/modules",
    "/proc/mtrr", "/proc/partitions", "/proc/pagetypeinfo", "/proc/pressure", "/proc/schedstat", "/proc/slabinfo",
    "/proc/softirqs", "/proc/swaps", "/proc/sysvipc", "/proc/tty", "/proc/vmallocinfo", "/proc/vmstat",
    "/proc/zoneinfo",
    "/sys/block", "/sys/bus", "/sys/class", "/sys/dev", "/sys/devices", "/sys/hypervisor", "/sys/kernel", "/sys/module",
    "/sys/power", "/sys/fs/bpf", "/dev/mqueue", "/dev/pts", "/boot", "/home", "/media", "/mnt", "/root", "/run", "/srv",
    "/var/backups", "/var/cache", "/var/local", "/var/log", "/var/mail", "/var/opt", "/var/spool", "/var/tmp",
)  # fmt: skip
_READ_ONLY: Final = ("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger")
_SYSCTLS: Final = {"net.ipv4.tcp_max_tw_buckets": "0", "net.ipv4.tcp_no_metrics_save": "1"}
"""A port that one job used is free for the next."""
_NOT_FOR_US: Final = "run as a user who may speak to it (its socket's group; who may is as good as root there)"


class Daemon:
    """
    A connection to a Docker Engine.

    Args:
        settings: where it is, and what is asked of it.

    Raises:
        UsageError: it cannot be reached, lacks the image, or does not know the OCI runtime.
    """

    def __init__(self, settings: DockerSettings) -> None:
        from docker import APIClient
        from docker.errors import DockerException
        from docker.utils import kwargs_from_env

        self._settings = settings
        self._api: APIClient | None = None
        try:
            where = kwargs_from_env()
            if settings.address is not None:
                where["base_url"] = settings.address
            self._api = APIClient(**where, version="auto", timeout=_TIMEOUT_S)
            self._about: dict[str, Any] = self._api.info()
            self.image_id = self._find_image()
            self._check_runtime()
        except (DockerException, OSError) as error:
            self.close()
            mend = _NOT_FOR_US if isinstance(_cause(error), PermissionError) else "start it"
            raise UsageError(
                f"the Docker Engine at {self._address} cannot be used: {_plainly(error)}; "
                f"{mend}, or name another one with --docker-address"
            ) from error
        except UsageError:
            self.close()
            raise

    @property
    def _address(self) -> str:
        return self._settings.address or os.environ.get("DOCKER_HOST") or "the usual address"

    @property
    def memory_bytes(self) -> int:
        """Of the engine's machine."""
        return max(int(self._about.get("MemTotal", 0)), _LEAST_MEMORY_BYTES)

    def _find_image(self) -> str:
        from docker.errors import ImageNotFound

        assert self._api is not None
        try:
            about: dict[str, Any] = self._api.inspect_image(self._settings.image)  # type: ignore[no-untyped-call]
            return str(about["Id"])
        except ImageNotFound:
            raise UsageError(
                f"the Docker Engine at {self._address} has no image {self._settings.image}; "
                "build or pull it (docs/sandbox.md), or name another one with --docker-image"
            ) from None

    def _check_runtime(self) -> None:
        wanted, known = self._settings.oci_runtime, sorted(self._about.get("Runtimes") or {})
        if wanted is not None and wanted not in known:
            raise UsageError(
                f"the Docker Engine at {self._address} does not know the OCI runtime {wanted}; "
                f"it has {', '.join(known)}"
            )

    def create(self, writable_bytes: int, writable_inodes: int) -> str:
        """
        A container for a supervisor, not started; its id.

        Raises:
            BoxFailure: the engine refuses.
        """
        with self._asking("make a container") as api:
            made = api.create_container(
                image=self.image_id,
                entrypoint=[COMMAND[0]],
                command=list(COMMAND[1:]),
                user="0:0",
                working_dir="/",
                environment=[],
                hostname="box",
                stdin_open=True,
                network_disabled=False,
                labels={OWNER_LABEL: owner()},
                host_config=self._host_config(api, writable_bytes, writable_inodes),
                runtime=self._settings.oci_runtime,
                healthcheck={"test": ["NONE"]},
            )
        return str(made["Id"])

    def _host_config(self, api: APIClient, writable_bytes: int, writable_inodes: int) -> dict[str, Any]:
        from docker.types import LogConfig, Ulimit

        bounds = f"rw,exec,nosuid,nodev,size={writable_bytes},nr_inodes={writable_inodes}"
        config: dict[str, Any] = api.create_host_config(
            auto_remove=True,
            cap_drop=["ALL"],
            cap_add=list(_CAPABILITIES),
            ipc_mode="private",
            log_config=LogConfig(type="none"),
            mem_limit=self.memory_bytes,
            memswap_limit=self.memory_bytes,
            network_mode="none",
            pids_limit=_MOST_PROCESSES,
            read_only=True,
            security_opt=["no-new-privileges", f"seccomp={json.dumps(docker_profile())}"],
            sysctls=_SYSCTLS,
            tmpfs={
                "/work": f"{bounds},mode=1777",
                "/tmp": f"{bounds},mode=1777",
                "/dev/shm": f"{bounds},mode=1777",
                "/artifact": f"{bounds},mode=0755",
            },
            ulimits=[Ulimit(name="core", soft=1, hard=1)],
        )
        config["MaskedPaths"] = list(_MASKED)
        config["ReadonlyPaths"] = list(_READ_ONLY)
        return config

    def attach(self, container: str) -> Any:
        """The stream to and from a container that is about to be started."""
        with self._asking("attach to a container") as api:
            return api.attach_socket(container, params={"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1})

    def start(self, container: str) -> int:
        """Start it; the id of its first process on the engine's machine."""
        with self._asking("start a container") as api:
            api.start(container)
            return int(api.inspect_container(container)["State"]["Pid"])

    def move_limits(self, container: str, memory_bytes: int, processes: int) -> None:
        """Memory, with swap, and processes of the whole container."""
        with self._asking("move the limits of a container") as api:
            # The SDK's own update_container does not know pids_limit.
            url = f"{api.base_url}/v{api.api_version}/containers/{container}/update"
            body = {"Memory": memory_bytes, "MemorySwap": memory_bytes, "PidsLimit": processes}
            answer = api.post(url, json=body, timeout=_TIMEOUT_S)
            if not answer.ok:
                raise BoxFailure(f"the Docker Engine could not move the limits of a container: {answer.text[:500]}")

    def remove(self, container: str) -> None:
        """Kill and remove it; one that is gone is no mistake."""
        from docker.errors import APIError

        assert self._api is not None
        with contextlib.suppress(APIError, OSError):
            self._api.remove_container(container, force=True, v=True)

    def was_short_of_memory(self, container: str) -> bool:
        """Whether the kernel killed the container's first process for want of memory, as far as the engine knows."""
        from docker.errors import APIError

        assert self._api is not None
        try:
            return bool(self._api.inspect_container(container)["State"]["OOMKilled"])
        except (APIError, OSError, KeyError):
            return False

    def sweep(self) -> None:
        """Remove the containers of engines on this machine that are dead."""
        with self._asking("list containers") as api:
            found = api.containers(all=True, filters={"label": OWNER_LABEL})
        for each in found:
            if _is_dead(each["Labels"].get(OWNER_LABEL, "")):
                self.remove(each["Id"])

    @contextlib.contextmanager
    def _asking(self, what: str) -> Iterator[APIClient]:
        from docker.errors import DockerException

        assert self._api is not None
        try:
            yield self._api
        except (DockerException, OSError) as error:
            raise BoxFailure(f"the Docker Engine could not {what}: {_plainly(error)}") from error

    def close(self) -> None:
        if self._api is not None:
            self._api.close()


def _plainly(error: Exception) -> str:
    """An SDK's error without the layers of its HTTP client."""
    explanation = getattr(error, "explanation", None)
    if explanation:
        return str(explanation)
    cause = _cause(error)
    return str((isinstance(cause, OSError) and cause.strerror) or cause)


def _cause(error: BaseException) -> BaseException:
    while (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    return error


def owner() -> str:
    """This process, so that nobody else is ever taken for it: machine, boot, PID namespace, id and start time."""
    return "/".join(
        (_machine(), _boot(), os.readlink("/proc/self/ns/pid"), str(os.getpid()), _start_ticks(os.getpid()))
    )


def _is_dead(label: str) -> bool:
    """Only what this machine can know to be dead: an engine that several machines use has containers of them all."""
    machine, boot, namespace, pid, ticks = (*label.split("/"), *[""] * 5)[:5]
    if machine != _machine() or not pid.isdigit():
        return False
    if boot != _boot():
        return True
    return namespace == os.readlink("/proc/self/ns/pid") and _start_ticks(int(pid)) != ticks


def _machine() -> str:
    try:
        return Path("/etc/machine-id").read_text(encoding="ascii").strip() or _boot()
    except OSError:
        return _boot()


def _boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def _start_ticks(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[19]
    except OSError:
        return ""
