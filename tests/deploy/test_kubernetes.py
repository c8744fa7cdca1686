"""deploy/kubernetes: both variants are what Kubernetes knows, and the rootless one asks for nothing."""

from __future__ import annotations

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

KUBERNETES = Path(__file__).parents[2] / "deploy" / "kubernetes"
VARIANTS = ("base", "rootless")
FIRST_VERSION = {"base": "1.27", "rootless": "1.33"}
"""As the head of each file says."""


@cache
def built(variant: str) -> tuple[dict[str, Any], ...]:
    """The objects of a variant, as kubectl makes them."""
    kubectl = shutil.which("kubectl") or shutil.which("kustomize")
    if kubectl is None:
        pytest.skip("LOUD: kubectl is not installed, so nobody has put the variants together")
    verb = "kustomize" if kubectl.endswith("kubectl") else "build"
    done = subprocess.run([kubectl, verb, KUBERNETES / variant], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return tuple(yaml.safe_load_all(done.stdout))


def only(variant: str, kind: str) -> dict[str, Any]:
    (found,) = (each for each in built(variant) if each["kind"] == kind)
    return found


def container(variant: str) -> dict[str, Any]:
    (found,) = only(variant, "Deployment")["spec"]["template"]["spec"]["containers"]
    executor: dict[str, Any] = found
    return executor


@pytest.mark.parametrize("path", sorted(KUBERNETES.rglob("*.yaml")), ids=lambda path: str(path.relative_to(KUBERNETES)))
def test_every_file_parses_and_says_what_it_is(path: Path) -> None:
    for document in yaml.safe_load_all(path.read_text()):
        assert {"apiVersion", "kind"} <= set(document)


@pytest.mark.parametrize("variant", VARIANTS)
def test_kubernetes_own_schemas_take_every_object(variant: str) -> None:
    validate = pytest.importorskip("kubernetes_validate", reason="LOUD: no schemas here; make test-deploy brings them")
    for version in (FIRST_VERSION[variant], validate.latest_version()):
        for document in built(variant):
            validate.validate(document, version, strict=True)


@pytest.mark.parametrize("variant", VARIANTS)
def test_one_pod_at_a_time_may_be_taken_away_and_all_are_found(variant: str) -> None:
    labels = only(variant, "Deployment")["spec"]["template"]["metadata"]["labels"]
    budget = only(variant, "PodDisruptionBudget")["spec"]
    assert budget["maxUnavailable"] == 1 < only(variant, "Deployment")["spec"]["replicas"]
    assert budget["selector"]["matchLabels"] == labels
    assert only(variant, "NetworkPolicy")["spec"]["podSelector"]["matchLabels"] == labels
    assert only(variant, "Service")["spec"]["selector"] == labels


@pytest.mark.parametrize("variant", VARIANTS)
def test_what_breaks_out_finds_no_network_and_no_files_to_change(variant: str) -> None:
    policy = only(variant, "NetworkPolicy")["spec"]
    assert (policy["policyTypes"], policy.get("egress")) == (["Ingress", "Egress"], [])
    named = {port["name"] for port in container(variant)["ports"]}
    assert {port["port"] for each in policy["ingress"] for port in each["ports"]} == named
    assert container(variant)["securityContext"]["readOnlyRootFilesystem"]
    assert not only(variant, "Deployment")["spec"]["template"]["spec"]["automountServiceAccountToken"]


def test_the_rootless_pod_has_no_privilege_and_what_boxes_need_without() -> None:
    context = container("rootless")["securityContext"]
    assert context["runAsNonRoot"]
    assert (context["privileged"], context["allowPrivilegeEscalation"]) == (False, False)
    assert context["capabilities"] == {"drop": ["ALL"]}
    assert context["procMount"] == "Unmasked"
    assert context["seccompProfile"] == context["appArmorProfile"] == {"type": "Unconfined"}
    assert only("rootless", "Deployment")["spec"]["template"]["spec"]["hostUsers"] is False


def test_the_variants_differ_in_privileges_alone() -> None:
    def without_privileges(variant: str) -> str:
        deployment = json.loads(json.dumps(only(variant, "Deployment")))
        pod = deployment["spec"]["template"]["spec"]
        for key in ("hostUsers", "securityContext"):
            pod.pop(key, None)
        pod["containers"][0].pop("securityContext")
        return json.dumps(deployment, sort_keys=True)

    assert without_privileges("base") == without_privileges("rootless")
