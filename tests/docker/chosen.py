"""Which boxes tests use: native ones, or those of the Docker Engine that `make test-docker` started."""

from __future__ import annotations

import os

from executor.backend import Backend, DockerSettings, Sandbox
from executor.model import MIB
from executor.sandbox.docker.docker_box import DockerBox, start_docker_box
from executor.sandbox.native import NativeBox, start_box

ADDRESS = "ENNEAD_TEST_DOCKER"
IMAGE = "ENNEAD_TEST_DOCKER_IMAGE"
OCI_RUNTIME = "ENNEAD_TEST_OCI_RUNTIME"
ON_DOCKER = ADDRESS in os.environ
KEEPERS = 0 if ON_DOCKER else 2
"""Processes of an idle box below its first one: init and zygote; a container has its supervisor alone."""

NO_MEMORY_BYTES = 2 * MIB if ON_DOCKER else MIB
"""
What a program that touches nothing stays below. A container's run is forked by its supervisor and counted from the
fork on: about 1 MiB, now more, now less.
"""

SECURITY_DEVIATIONS = {
    "test_who_kills_or_stops_the_supervisor_is_not_accepted": "no program can signal its supervisor, so it is accepted",
    "test_killing_everybody_is_no_answer": "there is nobody whom the program could kill, so it is accepted",
    "test_every_case_of_an_attack_has_the_same_verdict[kills_everybody.c-expected2]": "likewise: its answer is judged",
    **{
        f"test_what_only_the_garbage_collector_can_free_does_not_make_room_for_the_next[{case}-True]": (
            "no program can kill its supervisor, so it waits until its time is up"
        )
        for case in (False, True)
    },
    "test_no_file_of_the_host_can_be_seen": "paths of the image and of Docker are there, and some figures in /proc",
    "test_no_way_leads_above_the_root": "the image has a /root, which is covered by an empty folder",
    "test_what_is_not_there_cannot_be_compiled_in[asks_what_exists.c]": "Docker makes an /etc/hostname, which says box",
    "test_the_only_accounts_that_a_compiler_finds_are_made_up": "the accounts are those of the image",
    "test_a_process_changes_nothing_about_itself_through_proc": "Docker's /proc is writable, until the process ends",
    "test_nothing_gives_more_rights": "the image's mount honours set-user-id bits; no_new_privs makes them void",
}
"""
Tests of the native box's security that a container must fail, and why that does no harm; the others it passes.
tests/docker/test_containment.py says line by line what the programs that read and write achieve.
"""


def docker_settings() -> DockerSettings:
    return DockerSettings(address=os.environ[ADDRESS], image=os.environ[IMAGE], oci_runtime=os.environ.get(OCI_RUNTIME))


def chosen_sandbox() -> Sandbox:
    return Sandbox(backend=Backend.DOCKER, docker=docker_settings()) if ON_DOCKER else Sandbox()


async def chosen_box(index: int) -> NativeBox | DockerBox:
    return await start_docker_box(docker_settings()) if ON_DOCKER else await start_box(index)
