"""
HumanEval-X as a benchmark, from samples to verdicts: right in every form is accepted, and one mistake is noticed.

Tasks of our own show it for each of the six languages; the benchmark's own data is used where it is found, see
test_humaneval_x.py. There, every canonical solution is judged once more with its result falsified: `off` adds one to a
number, turns a truth value around, makes a text longer and puts something in front of a list (some tests in Go look at
no more elements than they expect).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterable, Mapping

import pytest
import pytest_asyncio

from executor.engine import Engine, EngineConfig
from executor.model import Finished, Verdict
from scorer.benchmarks.humaneval_x import Language, Task
from scorer.benchmarks.humaneval_x_benchmark import HumanEvalX, load
from scorer.benchmarks.humaneval_x_solutions import functions
from scorer.model import Form, Prepared, Sample
from tests.e2e.test_humaneval_x import DATA, INSTALLING, OWN_TASKS, WHOLE, data_of, skip_unless_installed

pytestmark = pytest.mark.asyncio(loop_scope="module")

STEPS = {Language.PYTHON: 1, Language.JS: 1, Language.CPP: 8, Language.GO: 8}

WHOLE_SOLUTIONS = {
    Language.CPP: "#include <numeric>\nint total(vector<int> n) { return accumulate(n.begin(), n.end(), 0); }\n"
    "int main() { return 1; }\n",
    Language.GO: 'package main\n\nimport (\n\t"fmt"\n\t"os"\n)\n\nfunc Total(numbers []int) int {\n\tsum := 0\n'
    "\tfor _, each := range numbers {\n\t\tsum += each\n\t}\n\treturn sum\n}\n\n"
    "func main() {\n\tfmt.Println(Total(nil))\n\tos.Exit(0)\n}\n",
    Language.JAVA: "public class Solution {\n    public int total(List<Integer> numbers) {\n"
    "        return numbers.stream().mapToInt(each -> each).sum();\n    }\n}\n"
    "class Main { public static void main(String[] words) { } }\n",
    Language.JS: "function total(numbers) {\n  return numbers.reduce((a, b) => a + b, 0)\n}\n",
    Language.PYTHON: "from __future__ import annotations\ndef total(numbers: List[int]) -> int:\n"
    "    return sum(numbers)\n\nif __name__ == '__main__':\n    print(total([]))\n",
    Language.RUST: "use rand::Rng;\nfn total(numbers: Vec<i32>) -> i32 {\n    numbers.iter().sum()\n}\nfn main() {}\n",
}
FENCES = {
    Language.CPP: "cpp",
    Language.GO: "go",
    Language.JAVA: "java",
    Language.JS: "javascript",
    Language.PYTHON: "python",
    Language.RUST: "rust",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Engine]:
    async with Engine(EngineConfig(cache_dir=tmp_path_factory.mktemp("cache"))) as engine:
        yield engine


async def verdicts_of(engine: Engine, benchmark: HumanEvalX, samples: Iterable[Sample]) -> list[Verdict]:
    gate = asyncio.Semaphore(engine.slots + 1)

    async def judge(prepared: Prepared) -> Verdict:
        if prepared.job is None:
            assert prepared.settled is not None
            return prepared.settled
        async with gate:
            async for event in engine.judge(prepared.job):
                if isinstance(event, Finished):
                    return event.verdict
        raise AssertionError("a job ends with Finished")

    return await asyncio.gather(*(judge(benchmark.prepare(sample)) for sample in samples))


@pytest.mark.parametrize("language", Language)
async def test_an_answer_is_accepted_in_every_form(engine: Engine, language: Language) -> None:
    skip_unless_installed(engine, language)
    task = OWN_TASKS[language]
    benchmark = HumanEvalX({task.task_id: task}, "1")
    whole = WHOLE_SOLUTIONS[language]
    texts = {
        Form.COMPLETION: task.canonical_solution,
        Form.SOLUTION: whole,
        Form.ANSWER: f"Here it is.\n\n```{FENCES[language]}\n{whole}```\nIt adds up the numbers.\n",
    }
    samples = [Sample(problem=task.task_id, index=0, text=text, form=form) for form, text in texts.items()]
    assert dict(zip(texts, await verdicts_of(engine, benchmark, samples), strict=True)) == dict.fromkeys(
        texts, Verdict.AC
    )


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("language", STEPS)
async def test_a_falsified_result_is_noticed_in_every_task(engine: Engine, language: Language) -> None:
    skip_unless_installed(engine, language)
    data_of(language)
    benchmark = load(DATA, language)
    tasks = data_of(language)[:: 1 if WHOLE else STEPS[language]]
    samples = [Sample(problem=task.task_id, index=0, text=falsified(task), form=Form.SOLUTION) for task in tasks]
    verdicts = await verdicts_of(engine, benchmark, samples)
    accepted = {task.task_id for task, verdict in zip(tasks, verdicts, strict=True) if verdict is Verdict.AC}
    assert accepted <= set(UNNOTICED), INSTALLING
    broken = [task.task_id for task, verdict in zip(tasks, verdicts, strict=True) if verdict is Verdict.CE]
    assert not broken, "these are no programs, so they show nothing"


UNNOTICED: Mapping[str, str] = {"CPP/23": "its tests call strlen with a literal, and so the C library's function"}
"""Tasks whose tests pass with any result, and why."""


def falsified(task: Task) -> str:
    """The canonical solution with its result falsified."""
    name = functions(task)[-1]
    code = task.prompt + task.canonical_solution
    return _FALSIFIERS[task.language](code, name)


_PYTHON_OFF = """
def _off(value):
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, (int, float)):
        return value + 1
    if isinstance(value, (str, list, tuple)):
        return type(value)([0]) + value if not isinstance(value, str) else value + "?"
    return [value]
"""


def _python(code: str, name: str) -> str:
    return f"{code}\n{_PYTHON_OFF}\n_right = {name}\ndef {name}(*given):\n    return _off(_right(*given))\n"


_JS_OFF = """
const off = (value) => typeof value === 'boolean' ? !value : typeof value === 'number' ? value + 1
  : typeof value === 'string' ? value + '?' : Array.isArray(value) ? [0, ...value] : 'off'
"""


def _js(code: str, name: str) -> str:
    code = re.sub(rf"^const {name}\b", f"const right{name}", code, flags=re.MULTILINE)
    return f"{code}\n{_JS_OFF}\nconst {name} = (...given) => off(right{name}(...given))\n"


_CPP_OFF = """
#include <map>
#include <boost/any.hpp>
bool off(bool v) { return !v; }
int off(int v) { return v + 1; }
long off(long v) { return v + 1; }
long long off(long long v) { return v + 1; }
float off(float v) { return v + 1; }
double off(double v) { return v + 1; }
std::string off(std::string v) { return v + "?"; }
template <class T> std::vector<T> off(std::vector<T> v) { v.insert(v.begin(), T()); return v; }
template <class K, class V> std::map<K, V> off(std::map<K, V> v) { v[K()]; return v; }
boost::any off(boost::any v) { return std::string("off"); }
"""


def _cpp(code: str, name: str) -> str:
    declaration = re.findall(rf"^([\w:<>,&* ]*?[ &*]){name} *\(([^()]*)\) *\{{", code, re.MULTILINE)[-1]
    result, parameters = declaration
    names = ", ".join(re.findall(r"\w+", each)[-1] for each in _split(parameters))
    return (
        f"#define {name} right_{name}\n{code}\n#undef {name}\n{_CPP_OFF}\n"
        f"{result} {name}({parameters}) {{ return off(right_{name}({names})); }}\n"
    )


_GO_OFF = """
func off(value interface{}) interface{} {
	switch v := value.(type) {
	case bool:
		return !v
	case int:
		return v + 1
	case int64:
		return v + 1
	case float64:
		return v + 1
	case string:
		return v + "?"
	case []int:
		return append([]int{0}, v...)
	case []float64:
		return append([]float64{0}, v...)
	case []string:
		return append([]string{""}, v...)
	case []interface{}:
		return append([]interface{}{0}, v...)
	}
	panic("off")
}
"""


def _go(code: str, name: str) -> str:
    parameters, result = re.findall(rf"^func {name}\(([^)]*)\) *(.*?) *\{{$", code, re.MULTILINE)[-1]
    names = ", ".join(each.split()[0] for each in _split(parameters))
    code = re.sub(rf"^func {name}\b", f"func right{name}", code, flags=re.MULTILINE)
    return (
        f"{code}\n{_GO_OFF}\nfunc {name}({parameters}) {result} {{\n\treturn off(right{name}({names})).({result})\n}}\n"
    )


def _split(parameters: str) -> list[str]:
    """At the commas that are not inside of angle brackets."""
    parts, depth = [""], 0
    for char in parameters:
        depth += {"<": 1, ">": -1}.get(char, 0)
        if char == "," and not depth:
            parts.append("")
        else:
            parts[-1] += char
    return [part for part in parts if part.strip()]


_FALSIFIERS = {Language.CPP: _cpp, Language.GO: _go, Language.JS: _js, Language.PYTHON: _python}
