"""The main program that compares an answer with EvalPlus's own solution; it runs in the sandbox, with Python alone."""

HARNESS = """\
import copy
import math
import os
import pickle
import sys
import types

FOLDER = os.path.dirname(os.path.abspath(__file__))
SETS = {
    "similar_elements", "find_char_long", "common_in_nested_lists", "extract_singly", "larg_nnum",
    "intersection_array", "find_dissimilar", "Diff",
}
FOUND_OR_NOT = {"check_str", "text_match_three", "text_starta_endb"}


def loaded(name, module_name):
    path = os.path.join(FOLDER, name)
    module = types.ModuleType(module_name)
    sys.modules[module_name] = module
    with open(path, encoding="utf-8") as file:
        code = compile(file.read(), path, "exec")
    exec(code, module.__dict__)
    return module


def unpacked(name):
    with open(os.path.join(FOLDER, name), "rb") as file:
        return pickle.load(file)


def is_floats(value):
    if isinstance(value, float):
        return True
    if isinstance(value, (list, tuple)) and value:
        return all(isinstance(each, float) for each in value)
    dtype = getattr(value, "dtype", None)
    return dtype is not None and str(dtype) in ("float32", "float64")


def shape(value):
    # As numpy sees it, which EvalPlus compares with: what is ragged, or no number, is close to nothing.
    if isinstance(value, (list, tuple)):
        shapes = {shape(each) for each in value}
        if len(shapes) > 1:
            raise ValueError("ragged")
        return (len(value), *(shapes.pop() if shapes else ()))
    if not isinstance(value, (int, float, complex)) or isinstance(value, int) and abs(value) >= 1 << 64:
        raise ValueError("no number")
    return ()


def flat(value):
    if isinstance(value, (list, tuple)):
        return [number for each in value for number in flat(each)]
    return [value]


def all_close(out, expected, atol):
    out, expected = (each.tolist() if hasattr(each, "tolist") else each for each in (out, expected))
    try:
        if shape(out) != shape(expected):
            return False
    except ValueError:
        return False
    pairs = zip(flat(out), flat(expected))
    return all(a == b or abs(a - b) <= atol + 1e-07 * abs(b) < math.inf for a, b in pairs)


def polynomial(coefficients, x):
    return sum(coefficient * math.pow(x, i) for i, coefficient in enumerate(coefficients))


def surface(edge, height):
    return round(edge**2 + 2 * edge * math.sqrt((edge / 2) ** 2 + height**2))


def digit_distance(a, b):
    a, b = str(a), str(b)
    width = max(len(a), len(b))
    return sum(abs(int(x) - int(y)) for x, y in zip(a.zfill(width), b.zfill(width)))


class Comparison:
    def __init__(self, dataset, entry_point, atol):
        self.mbpp, self.name, self.atol = dataset == "mbpp", entry_point, atol

    def expected(self, value):
        return value is not None if self.mbpp and self.name in FOUND_OR_NOT else value

    def holds(self, out, expected, arguments):
        if not self.mbpp and self.name == "find_zero":
            return abs(polynomial(arguments[0], out)) <= self.atol
        same = self.same(out, expected, arguments)
        # EvalPlus keeps this tolerance for the inputs that follow.
        if self.atol == 0 and is_floats(expected):
            self.atol = 1e-6
        if same or self.atol == 0:
            return bool(same)
        return type(out) is type(expected) and all_close(out, expected, self.atol)

    def same(self, out, expected, arguments):
        same = out == expected
        if not self.mbpp:
            return same
        if self.name == "are_equivalent":
            return True
        if self.name == "sum_div":
            return same or out == 0
        if self.name == "surface_Area":
            return same or abs(out - surface(*arguments)) <= self.atol
        if self.name == "digit_distance_nums":
            return same or out == digit_distance(*arguments)
        if self.name in SETS:
            return set(out) == set(expected)
        if self.name in FOUND_OR_NOT:
            return out == expected if isinstance(out, bool) else expected == (out is not None)
        return same


def main():
    write, (nonce, case) = os.write, os.read(0, 256).split(b"\\n")
    output = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    about, inputs = unpacked("about.pickle"), unpacked(case.decode() + ".pickle")
    comparison = Comparison(**about)
    # The answer must find neither the solution nor what it said.
    reference = getattr(loaded("reference.py", "reference"), about["entry_point"])
    expected = [comparison.expected(reference(*copy.deepcopy(arguments))) for arguments in inputs]
    del reference, sys.modules["reference"]
    answer = getattr(loaded("answer.py", "answer"), about["entry_point"])
    for arguments, wanted in zip(inputs, expected):
        out = answer(*arguments)
        if not comparison.holds(out, wanted, arguments):
            shown = [repr(each)[:200] for each in (arguments, wanted, out)]
            return print("for {}: {} is expected, and not {}".format(*shown), file=sys.stderr)
    write(output, nonce)


main()
"""
