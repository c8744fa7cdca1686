"""What a runtime's file may say, what the loader refuses, and what a runtime means for a submission."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from executor.errors import RuntimeFileError, RuntimeUnavailable, UsageError
from executor.model import MIB, MS, SECOND, Excess, File, Limits, Outcome, Submission
from executor.runtime import DEFAULT_ENV, Package, Runtime, Runtimes
from executor.runtime_file import load_runtime

REPOSITORY = Path(__file__).parents[2]
GOOD = """
name = "C"
extensions = [".c"]
source = "main.c"
compile = ["cc", "-o", "{binary}", "{sources}", "-lm"]
run = ["{binary}"]
version = ["cc", "--version"]
[hello]
code = "int main(){}"
[broken]
code = "x"
"""
SHELL = GOOD.replace("cc", "sh")
"""A runtime whose command exists everywhere."""


def load(tmp_path: Path, text: str, name: str = "lang.toml") -> Runtime:
    path = tmp_path / name
    path.write_text(text)
    return load_runtime(path)


def submission(*names: str, entry: str | None = None) -> Submission:
    return Submission(files=tuple(File(name, b"") for name in names), runtime="lang", entry=entry)


def with_line(line: str) -> str:
    """The good file with one more line, or another one for a key that it has."""
    key = line.split("=", maxsplit=1)[0].strip()
    kept = re.sub(rf"^{re.escape(key)} =.*\n", "", GOOD, count=1, flags=re.MULTILINE)
    return f"{line}\n{kept}"


def test_a_file_becomes_a_runtime_with_the_file_s_name_as_its_id(tmp_path: Path) -> None:
    runtime = load(tmp_path, GOOD, "gnu-c17.toml")
    assert runtime.id == "gnu-c17"
    assert runtime.compile == (("cc", "-o", "{binary}", "{sources}", "-lm"),)
    assert runtime.keep == ("{binary}",)
    assert runtime.env == DEFAULT_ENV
    assert runtime.hello.stdin == runtime.hello.stdout == "hello\n"


def test_several_compile_steps_are_a_list_of_lists(tmp_path: Path) -> None:
    runtime = load(tmp_path, with_line('compile = [["a", "{source}"], ["b", "{stem}"]]'))
    assert runtime.compile == (("a", "{source}"), ("b", "{stem}"))


def test_without_a_compile_step_everything_is_kept(tmp_path: Path) -> None:
    text = re.sub(r"compile =.*\n", "", GOOD).replace('["{binary}"]', '["interpreter", "{source}"]')
    runtime = load(tmp_path, text)
    assert runtime.compile == ()
    assert runtime.keep == ("*",)


@pytest.mark.parametrize(
    "line,sentence",
    [
        ("compil = []", "unknown key compil; did you mean compile?"),
        ("colour = 1", "unknown key colour; the known keys are name, extensions, by_extension, source"),
        ("limits.compile_cpu_s = 1", "unknown key limits.compile_cpu_s; did you mean compile_cpu_ms?"),
        ('compile = "cc main.c"', "compile: is a string; write a list of arguments"),
        ('compile = [["cc"], "strip"]', "compile: is a string; write a list of arguments"),
        ('run = "{binary}"', "run: is a string; write a list of arguments"),
        ('keep = "*"', "keep: is a string; write a list of arguments"),
        ("run = []", "run: is empty; its first word must be a command"),
        ('run = ["{sources}"]', "its first word must be a command"),
        ('run = ["{binaries}"]', "run: '{binaries}' uses an unknown variable {binaries}; known: {args}, {binary}, "),
        ('run = ["{binary!r}"]', "uses an unknown variable"),
        ('run = ["{binary"]', "has a lone brace"),
        ('run = ["x", "-I{sources}"]', "{sources} becomes several arguments and must stand alone"),
        ('version = ["cc", "{source}"]', "uses an unknown variable {source}; known: none here"),
        ('keep = ["{source}"]', "keep: '{source}' uses an unknown variable {source}; known: {binary}, {stem}"),
        ('extensions = ["c"]', "extensions: 'c' is not an extension"),
        ("extensions = []", "extensions: "),
        ('source = "a/b.c"', "source: 'a/b.c' is not a plain file name"),
        ('mounts = ["opt"]', "mounts: 'opt' is not an absolute path below /"),
        ('mounts = ["/"]', "mounts: '/' is not an absolute path below /"),
        ('mounts = ["/opt/../root"]', "is not an absolute path below /"),
        ("name = 3", "name: input should be a valid string"),
        ("limits.cpu_factor = 0.0", "limits.cpu_factor: input should be greater than 0"),
        (
            'env.X = "{source}"',
            "env.X: '{source}' uses an unknown variable {source}; known: {memory_bytes}, {memory_mib}",
        ),
        ('run = ["x", "-a{args}"]', "{args} becomes several arguments and must stand alone"),
        ('compile = ["cc", "{args}"]', "uses an unknown variable {args}"),
        ('memory_exceeded = "("', "memory_exceeded: '(' is not an expression of RE2"),
        ('entry.file = "x"', "entry.file: 'x' must have one group: the name that it finds"),
        ('report.format = "xml"', "report.format: input should be 'junit', 'go' or 'rust'"),
        ('report.file = "../x"', "report.format is missing; report.file: '../x' is not a relative path"),
        ('extras.x.deb = ["y"]', "unknown key extras.x.deb; the known keys are apt, npm, pip, files, steps"),
        ("limits.processes = -1", "limits.processes: input should be greater than 0"),
    ],
)
def test_a_mistake_is_a_sentence_with_file_and_key(tmp_path: Path, line: str, sentence: str) -> None:
    with pytest.raises(RuntimeFileError) as refused:
        load(tmp_path, with_line(line))
    assert str(refused.value).startswith("lang.toml: ")
    assert sentence in str(refused.value)


@pytest.mark.parametrize("key", ["name", "extensions", "source", "run", "version", "hello.code", "broken.code"])
def test_what_every_runtime_needs_is_missed_by_name(tmp_path: Path, key: str) -> None:
    text = GOOD
    if "." in key:
        table = key.split(".", maxsplit=1)[0]
        text = text.replace(f"[{table}]\ncode", f"[{table}]\n#")
    else:
        text = re.sub(rf"^{key} =.*\n", "", text, flags=re.MULTILINE)
    with pytest.raises(RuntimeFileError, match=rf"the key {re.escape(key)} is missing"):
        load(tmp_path, text)


def test_a_missing_hello_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RuntimeFileError, match="the key hello is missing"):
        load(tmp_path, GOOD.replace('[hello]\ncode = "int main(){}"\n', ""))


def test_a_binary_that_nothing_makes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RuntimeFileError, match="there is no compile step that makes it"):
        load(tmp_path, re.sub(r"compile =.*\n", "", GOOD))


@pytest.mark.parametrize(
    "name,content,sentence",
    [
        ("Bad Id.toml", GOOD.encode(), "a runtime's id is lower-case"),
        ("lang.toml", b"name = ", "lang.toml is not TOML"),
        ("lang.toml", b"name = '\xff'", "lang.toml cannot be read"),
    ],
)
def test_a_file_that_is_no_runtime_is_refused(tmp_path: Path, name: str, content: bytes, sentence: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(RuntimeFileError, match=sentence):
        load_runtime(tmp_path / name)


def test_an_extension_belongs_to_one_runtime(tmp_path: Path) -> None:
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(GOOD)
    with pytest.raises(RuntimeFileError, match=r"a\.toml and b\.toml both claim the extension \.c"):
        Runtimes.load(tmp_path)


def test_a_folder_without_runtimes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RuntimeFileError, match="holds no runtime"):
        Runtimes.load(tmp_path)


def test_the_limits_table_changes_compilations_and_runs(tmp_path: Path) -> None:
    table = {
        "compile_cpu_ms": 1, "compile_wall_ms": 2, "compile_memory_mib": 3, "compile_output_mib": 4,
        "compile_file_size_mib": 5, "compile_processes": 6, "compile_open_files": 7, "compile_stack_mib": 8,
        "cpu_factor": 1.5, "memory_extra_mib": 100, "processes": 30, "open_files": 300, "stack_mib": 9,
    }  # fmt: skip
    runtime = load(tmp_path, GOOD + "[limits]\n" + "\n".join(f"{key} = {value}" for key, value in table.items()))
    assert runtime.compile_limits == Limits(
        cpu_ns=1 * MS,
        wall_ns=2 * MS,
        memory_bytes=3 * MIB,
        output_bytes=4 * MIB,
        file_size_bytes=5 * MIB,
        processes=6,
        open_files=7,
        stack_bytes=8 * MIB,
    )
    asked = Limits(cpu_ns=SECOND, wall_ns=2 * SECOND, memory_bytes=64 * MIB, processes=1, open_files=512)
    held = runtime.run_limits(asked, allowances=True)
    assert (held.cpu_ns, held.wall_ns, held.memory_bytes) == (1_500 * MS, 3 * SECOND, 164 * MIB)
    assert (held.processes, held.open_files, held.stack_bytes) == (30, 512, 9 * MIB)
    assert (held.output_bytes, held.file_size_bytes) == (asked.output_bytes, asked.file_size_bytes)
    strict = runtime.run_limits(asked)
    assert (strict.cpu_ns, strict.wall_ns, strict.memory_bytes) == (asked.cpu_ns, asked.wall_ns, asked.memory_bytes)
    assert (strict.processes, strict.open_files, strict.stack_bytes) == (30, 512, 9 * MIB)


def test_a_runtime_without_adjustments_runs_under_the_limits_that_were_asked_for(tmp_path: Path) -> None:
    asked = Limits(cpu_ns=7, processes=1, open_files=3, stack_bytes=5)
    assert load(tmp_path, GOOD).run_limits(asked) == asked
    assert load(tmp_path, GOOD).run_limits(Limits()) == Limits()


def test_variables_name_work_while_compiling_and_artifact_while_running(tmp_path: Path) -> None:
    every = (
        '"{source}", "{sources}", "{others}", "{binary}", "{stem}", "{root}/{directory}", "{memory_mib}",'
        ' "-m{memory_bytes}", "{{}}"'
    )
    runtime = load(tmp_path, with_line(f'compile = ["cc", {every}]').replace('["{binary}"]', f'["x", {every}]'))
    layout = runtime.arrange(submission("lib/util.c", "lib/util.h", "src/main.c", entry="src/main.c"))[1]
    limits = Limits(memory_bytes=64 * MIB)
    (compile_command,) = runtime.compile_commands(layout, limits)
    assert compile_command.argv == (
        "cc", "/work/src/main.c", "/work/lib/util.c", "/work/src/main.c", "/work/lib/util.c", "/work/src/main",
        "src/main", "/work/src", "64", f"-m{64 * MIB}", "{}",
    )  # fmt: skip
    run_command = runtime.run_command(layout, limits, b"in")
    assert run_command.argv == tuple(part.replace("/work", "/artifact") for part in ("x", *compile_command.argv[1:]))
    assert (run_command.stdin, run_command.env) == (b"in", DEFAULT_ENV)


def test_the_directory_of_an_entry_at_the_top_is_the_root_itself(tmp_path: Path) -> None:
    runtime = load(tmp_path, with_line('compile = ["cc", "./{directory}"]'))
    layout = runtime.arrange(submission("main.c", "src/util.c"))[1]
    assert runtime.compile_commands(layout, Limits())[0].argv == ("cc", "./.")


@pytest.mark.parametrize(
    "names,binary",
    [
        (("main.c",), "main"),
        (("main.c", "main"), "main.out"),
        (("main.c", "main/util.h"), "main.out"),
        (("main.c", "main", "main.out"), "main.out.out"),
        (("a/b/main.c", "a/b.c"), "a/b/main"),
        (("main",), "main.out"),
        ((".c",), ".c.out"),
        (("x.tar.c",), "x.tar"),
    ],
)
def test_the_binary_never_has_the_name_of_a_submitted_file(tmp_path: Path, names: tuple[str, ...], binary: str) -> None:
    assert load(tmp_path, GOOD).arrange(submission(*names))[1].binary == binary


def test_a_file_name_with_wildcards_keeps_only_its_own_binary(tmp_path: Path) -> None:
    runtime = load(tmp_path, GOOD)
    assert runtime.kept(runtime.arrange(submission("a[1]*?.c"))[1]) == ("a[[]1][*][?]",)


def test_commands_are_resolved_to_what_a_box_shows(tmp_path: Path) -> None:
    resolved = load(tmp_path, SHELL).resolve()
    assert resolved.version[0].startswith("/usr/")
    assert resolved.compile[0][0] == resolved.version[0]
    assert resolved.run == ("{binary}",)


def test_a_missing_command_is_said_together_with_what_installs_it(tmp_path: Path) -> None:
    runtime = load(tmp_path, GOOD.replace('"cc"', '"no-such-cc"') + '[install]\napt = ["cc", "libc"]\nnpm = ["x"]')
    sentence = (
        "the runtime lang is not available here: the command no-such-cc was not found; "
        "install it with: exec-cli runtimes install lang"
    )
    assert runtime.missing() == sentence
    with pytest.raises(RuntimeUnavailable, match="no-such-cc"):
        runtime.resolve()


def test_a_command_outside_of_what_a_box_shows_is_not_available_unless_it_is_mounted(tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "real-cc").touch(mode=0o755)
    (tools / "cc").symlink_to("real-cc")
    text = GOOD + f'[env]\nPATH = "{tools}"'
    assert "outside of what a box shows" in str(load(tmp_path, text).missing())
    mounted = load(tmp_path, f'mounts = ["{tools}"]\n{text}')
    assert mounted.resolve().version[0] == str(tools / "cc")


def test_a_link_through_an_invisible_place_is_followed_to_the_visible_name(tmp_path: Path) -> None:
    tools, hidden = tmp_path / "tools", tmp_path / "hidden"
    tools.mkdir()
    hidden.mkdir()
    (tools / "clang").touch(mode=0o755)
    (tools / "clang++").symlink_to("clang")
    (hidden / "cc").symlink_to(tools / "clang++")
    runtime = load(tmp_path, f'mounts = ["{tools}"]\n{GOOD}[env]\nPATH = "{hidden}"')
    assert runtime.resolve().version[0] == str(tools / "clang++")


def test_a_missing_mount_makes_a_runtime_unavailable(tmp_path: Path) -> None:
    runtime = load(tmp_path, f'mounts = ["{tmp_path}/nowhere"]\n{SHELL}')
    assert "nowhere does not exist" in str(runtime.missing())


def test_a_missing_tool_in_the_runtimes_own_folder_makes_it_unavailable(tmp_path: Path) -> None:
    path = tmp_path / "lang.toml"
    path.write_text(SHELL.replace('"sh", ', '"sh", "-p", "{folder}/a.jar:{folder}/*:{root}", ', 1))
    assert "/lang/a.jar does not exist" in str(load_runtime(path, toolchains=tmp_path).missing())
    (tmp_path / "lang").mkdir()
    (tmp_path / "lang" / "a.jar").touch()
    assert load_runtime(path, toolchains=tmp_path).missing() is None


def test_a_missing_package_of_the_runtimes_own_makes_it_unavailable(tmp_path: Path) -> None:
    path = tmp_path / "lang.toml"
    pip = "pip = ['My-Test.Kit>=7', 'x; python_version < \"3\"']"
    tables = f"[install]\nnpm = ['@a/b@^1', 'c@npm:d@2']\n{pip}\nfiles = {{ f = '' }}\n"
    path.write_text(SHELL.replace("[hello]", f"{tables}[hello]", 1))
    runtime = load_runtime(path, toolchains=tmp_path)
    for missing in ("f", "node_modules/@a/b", "node_modules/c", "site-packages/my_test_kit-7.1.dist-info"):
        assert f"/lang/{missing[:14]}" in str(runtime.missing())
        (tmp_path / "lang" / missing).mkdir(parents=True)
    assert runtime.missing() is None


def test_the_table_finds_runtimes_by_id_and_by_extension() -> None:
    runtimes = Runtimes.load()
    ids = [runtime.id for runtime in runtimes]
    assert ids == sorted(ids)
    assert "cpp" in runtimes
    assert len(runtimes) >= 3
    assert runtimes.for_file("dir.py/a.cpp").id == "cpp"
    assert runtimes.get("python").source == "main.py"


def test_an_unknown_runtime_is_answered_with_those_that_come_close() -> None:
    with pytest.raises(UsageError, match=r"no runtime 'pyton'; choose python"):
        Runtimes.load().get("pyton")
    with pytest.raises(UsageError, match=r"no runtime 'zzz'; choose .*, c, .*cpp, "):
        Runtimes.load().get("zzz")


def test_an_unknown_extension_is_answered_with_those_that_are_known() -> None:
    with pytest.raises(UsageError, match=r"'a\.xyz'; the known extensions are .*\.cpp"):
        Runtimes.load().for_file("a.xyz")


@pytest.mark.parametrize("runtime", Runtimes.load(), ids=lambda runtime: runtime.id)
def test_a_shipped_runtime_takes_its_own_file_name_and_says_how_to_install_it(runtime: Runtime) -> None:
    assert runtime.source.endswith(runtime.extensions[0])
    assert runtime.install


def test_the_readme_specifies_every_key_and_variable() -> None:
    import executor.runtime_file as schema
    import executor.runtime_values as values

    readme = (REPOSITORY / "runtimes" / "README.md").read_text()
    names = ("_RuntimeFile", "_Install", "_Limits", "_Entry", "_Report", "_Hello", "_Broken")
    tables: list[Any] = [getattr(schema, name) for name in names]
    for table in tables:
        for key in table.model_fields:
            assert any(form in readme for form in (f"`{key}`", f"`[{key}]`", f"`[{key}.<name>]`")), key
    for variable in values._RUN_VARIABLES:
        assert f"`{{{variable}}}`" in readme, variable


def test_a_failed_run_whose_runtime_says_that_memory_did_not_suffice_has_exceeded_it(tmp_path: Path) -> None:
    runtime = load(tmp_path, with_line('memory_exceeded = "^FATAL: heap"'))
    failed = Outcome(exit_code=134, stderr=b"\xff\nFATAL: heap limit")
    assert runtime.explained(failed).exceeded == {Excess.MEMORY}
    for other in (replace(failed, exit_code=0), replace(failed, stderr=b"not FATAL: heap")):
        assert runtime.explained(other) == other
    assert load(tmp_path, GOOD).explained(failed) == failed


def test_a_mount_with_a_wildcard_may_match_nothing_or_several(tmp_path: Path) -> None:
    for name in ("etc-1", "etc-2"):
        (tmp_path / name).mkdir()
    found = load(tmp_path, f'mounts = ["{tmp_path}/etc-*", "{tmp_path}/opt-*"]\n{SHELL}').resolve()
    assert found.mounts == (f"{tmp_path}/etc-1", f"{tmp_path}/etc-2")


def test_the_folder_of_a_runtime_is_its_own_or_that_of_another(tmp_path: Path) -> None:
    text = with_line('run = ["{folder}/bin/x", "{{folder}}"]').replace("[hello]", '[env]\nX = "{folder}"\n[hello]')
    own = load(tmp_path, text)
    assert (own.run, own.env["X"]) == (("/usr/local/lib/ennead/lang/bin/x", "{{folder}}"), str(own.folder))
    shared = load(tmp_path, f'folder = "python"\n{text}')
    assert shared.run[0] == "/usr/local/lib/ennead/python/bin/x"


def test_the_environment_may_hold_the_memory_limit(tmp_path: Path) -> None:
    runtime = load(tmp_path, GOOD.replace("[hello]", '[env]\nLIMIT = "{memory_mib}MiB"\nBRACE = "{{}}"\n[hello]'))
    layout = runtime.arrange(submission("main.c"))[1]
    command = runtime.run_command(layout, Limits(memory_bytes=64 * MIB))
    assert (command.env["LIMIT"], command.env["BRACE"]) == ("64MiB", "{}")


def test_what_only_compilations_have_in_their_environment_no_program_sees(tmp_path: Path) -> None:
    runtime = load(tmp_path, GOOD.replace("[hello]", '[compile_env]\nARENA = "{memory_mib}"\n[hello]'))
    layout = runtime.arrange(submission("main.c"))[1]
    (compilation,) = runtime.compile_commands(layout, Limits(memory_bytes=64 * MIB))
    assert compilation.env == {**DEFAULT_ENV, "ARENA": "64"}
    assert runtime.run_command(layout, Limits()).env == DEFAULT_ENV


def test_a_file_is_not_taken_for_a_runtime_that_wants_to_be_named(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(GOOD)
    (tmp_path / "b.toml").write_text(with_line("by_extension = false"))
    assert Runtimes.load(tmp_path).for_file("x.c").id == "a"


def test_what_installs_a_runtime_and_its_extras_is_data(tmp_path: Path) -> None:
    table = 'apt = ["cc", {package = "npm", unless = "npm"}]\nsteps = [["make", "{folder}/x"]]\nfiles = {"a/b" = "{x}"}'
    runtime = load(tmp_path, GOOD + f"[install]\n{table}\n[extras.bench]\npip = ['numpy>=1']")
    assert runtime.install.apt == (Package("cc"), Package("npm", unless="npm"))
    assert runtime.install.steps == (("make", f"{runtime.folder}/x"),)
    assert runtime.install.files == {"a/b": "{x}"}
    assert runtime.extras["bench"].pip == ("numpy>=1",)
