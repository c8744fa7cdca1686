"""Which kind of box an engine uses, and what somebody decides about boxes on a Docker Engine."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

DEFAULT_IMAGE: Final = "ennead:toolchains"


class Backend(StrEnum):
    """Where programs run."""

    NATIVE = "native"
    """In namespaces and cgroups of our own making, with the toolchains of this machine."""
    DOCKER = "docker"
    """In containers of a Docker Engine, with the toolchains of an image."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DockerSettings:
    """
    Args:
        address: of the engine, such as unix:///var/run/docker.sock or tcp://HOST:PORT; None: as the `docker` command
            finds it, from DOCKER_HOST, DOCKER_TLS_VERIFY and DOCKER_CERT_PATH or the usual socket.
        image: with the toolchains and /usr/bin/python3.
        oci_runtime: one that the engine knows, such as runsc; None: its default.
        own_cgroups: whether to limit and measure through the container's cgroups where they can be reached.
    """

    address: str | None = None
    image: str = DEFAULT_IMAGE
    oci_runtime: str | None = None
    own_cgroups: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """
    Args:
        backend: the kind of box.
        docker: for those on a Docker Engine.
    """

    backend: Backend = Backend.NATIVE
    docker: DockerSettings = DockerSettings()
