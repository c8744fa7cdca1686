"""
The settings of the executor's server: one typed set, from the command line, the environment and a file.

What the command line says goes before `ENNEAD_EXECUTOR_<SETTING>` variables of the environment (two underscores lead
into a table: `ENNEAD_EXECUTOR_MAXIMUM_LIMITS__CPU_MS`), and those before the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from executor.backend import DEFAULT_IMAGE, Backend, DockerSettings, Sandbox
from executor.config import EngineConfig
from executor.errors import UsageError
from executor.model import MIB, MS, Limits
from executor.service import MAXIMUM_LIMITS, ServiceConfig
from serving.loading import SettingsMistake, load
from serving.settings import ServingSettings

PREFIX = "ENNEAD_EXECUTOR_"

_Positive = Annotated[int, Field(gt=0)]


class LimitSettings(BaseModel):
    """The most that a case or a compile step may ask for, as people write it: `_ms` milliseconds, `_mib` MiB."""

    model_config = ConfigDict(extra="forbid")

    cpu_ms: _Positive = MAXIMUM_LIMITS.cpu_ns // MS
    wall_ms: _Positive = MAXIMUM_LIMITS.effective_wall_ns // MS
    memory_mib: _Positive = MAXIMUM_LIMITS.memory_bytes // MIB
    output_mib: _Positive = MAXIMUM_LIMITS.output_bytes // MIB
    file_size_mib: _Positive = MAXIMUM_LIMITS.file_size_bytes // MIB
    open_files: _Positive = MAXIMUM_LIMITS.open_files
    processes: _Positive = MAXIMUM_LIMITS.processes
    stack_mib: _Positive = MAXIMUM_LIMITS.effective_stack_bytes // MIB

    def limits(self) -> Limits:
        return Limits(
            cpu_ns=self.cpu_ms * MS,
            wall_ns=self.wall_ms * MS,
            memory_bytes=self.memory_mib * MIB,
            output_bytes=self.output_mib * MIB,
            file_size_bytes=self.file_size_mib * MIB,
            open_files=self.open_files,
            processes=self.processes,
            stack_bytes=self.stack_mib * MIB,
        )


class ExecutorSettings(ServingSettings):
    """
    Args:
        slots: runs at the same time; absent: one for each usable core.
        cache_dir: keeps artifacts, versions and blobs; absent: the user's cache directory.
        cache_mib: bound of the artifacts.
        blobs_mib: bound of the blobs.
        prepared_mib: bound of the prepared assets that are learned from submissions.
        queue_limit: jobs of one client that may wait.
        slots_per_client: slots that one client may hold at once; absent: all.
        runtimes_dir: folder of <id>.toml files; absent: those that ship with this package.
        cold: compile and run every job plainly, by nothing that was prepared, learned or started beforehand.
        sandbox: native or docker.
        docker_address: of the Docker Engine; absent: as the `docker` command finds it.
        docker_image: with the languages.
        oci_runtime: that containers run under, such as runsc; absent: the Docker Engine's own.
        message_mib: the largest request; larger content goes through PutBlob.
        returned_kib: how much of one output a client may want back.
        stall_s: how long a client may leave an answer unread.
    """

    slots: _Positive | None = None
    cache_dir: Path | None = None
    cache_mib: _Positive = 1024
    blobs_mib: _Positive = 4096
    prepared_mib: _Positive = 2048
    queue_limit: _Positive = 10_000
    slots_per_client: _Positive | None = None
    runtimes_dir: Path | None = None
    cold: bool = False
    sandbox: Backend = Backend.NATIVE
    docker_address: str | None = None
    docker_image: str = DEFAULT_IMAGE
    oci_runtime: str | None = None
    message_mib: _Positive = 16
    returned_kib: _Positive = 1024
    stall_s: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 60.0
    maximum_limits: LimitSettings = LimitSettings()

    def engine_config(self, cache: Path) -> EngineConfig:
        return EngineConfig(
            slots=self.slots,
            cache_dir=cache,
            cache_bytes=self.cache_mib * MIB,
            queue_limit=self.queue_limit,
            slots_per_client=self.slots_per_client,
            runtimes_dir=self.runtimes_dir,
            prepared_bytes=self.prepared_mib * MIB,
            cold=self.cold,
            sandbox=Sandbox(
                backend=self.sandbox,
                docker=DockerSettings(
                    address=self.docker_address, image=self.docker_image, oci_runtime=self.oci_runtime
                ),
            ),
        )

    def service_config(self) -> ServiceConfig:
        return ServiceConfig(
            maximum_limits=self.maximum_limits.limits(),
            returned_bytes=self.returned_kib * 1024,
            stall_s=self.stall_s,
            message_bytes=self.message_mib * MIB,
        )


def load_settings(flags: Mapping[str, Any], file: Path | None = None) -> ExecutorSettings:
    """
    The settings that are in force.

    Args:
        flags: what the command line says.
        file: TOML; its keys are the settings' names.

    Raises:
        UsageError: a setting makes no sense, or the file cannot be read; the message names the setting.
    """
    try:
        return load(ExecutorSettings, PREFIX, flags, file)
    except SettingsMistake as error:
        raise UsageError(str(error)) from error
