"""Which boxes tests use: native ones, or those of the Docker Engine that `make test-docker` started."""

from __future__ import annotations

import os

from executor.backend import Backend, DockerSettings, Sandbox
from executor.sandbox.docker.docker_box import DockerBox, start_docker_box
from executor.sandbox.native import NativeBox, start_box

ADDRESS = "ENNEAD_TEST_DOCKER"
IMAGE = "ENNEAD_TEST_DOCKER_IMAGE"
OCI_RUNTIME = "ENNEAD_TEST_OCI_RUNTIME"
ON_DOCKER = ADDRESS in os.environ
KEEPERS = 0 if ON_DOCKER else 2
"""Processes of an idle box below its first one: init and zygote; a container has its supervisor alone."""


def docker_settings() -> DockerSettings:
    return DockerSettings(address=os.environ[ADDRESS], image=os.environ[IMAGE], oci_runtime=os.environ.get(OCI_RUNTIME))


def chosen_sandbox() -> Sandbox:
    return Sandbox(backend=Backend.DOCKER, docker=docker_settings()) if ON_DOCKER else Sandbox()


async def chosen_box(index: int) -> NativeBox | DockerBox:
    return await start_docker_box(docker_settings()) if ON_DOCKER else await start_box(index)
