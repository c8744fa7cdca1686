"""
What extraction knows of each language: its names, its grammar, and what the grammar calls things.

A language without a grammar has names alone; its programs are found by Markdown fences. A new language is one entry.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, auto
from types import MappingProxyType


class Kind(StrEnum):
    """What something at the top level of a source is."""

    INCLUDE = auto()
    """Belongs before everything: includes, imports, `using namespace`, a package clause."""
    FUNCTION = auto()
    ENTRY = auto()
    """Where the program starts: main, or what stands behind Python's main guard."""
    TYPE = auto()
    """Classes and whatever else has members."""
    DECLARATION = auto()
    """Globals, constants, aliases, macros, forward declarations."""
    TEST = auto()
    """What a test framework would run, and the program would not."""
    COMMENT = auto()
    STATEMENT = auto()
    """Runs when the program starts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """
    Args:
        names: what people and models call it, lower case; the first is ours.
        family: names of languages whose fences may hold it too.
        grammar: module and function of its tree-sitter grammar; None: there is none.
        longest_bytes: longer code is not parsed; see `scorer.extraction.grammars`.
        kinds: of the nodes of the grammar; nodes that are not named are statements.
        wrappers: nodes around a definition, such as `template_declaration`.
        entry: name of the function that a program starts with; empty: a program starts at its top.
        braces: blocks are in braces.
        reads: matches what reads standard input.
        guesses: matches a line that is surely this language, where no fence says so.
        ordered: a function has to be declared before the code that calls it.
    """

    names: tuple[str, ...]
    family: frozenset[str] = frozenset()
    grammar: tuple[str, str] | None = None
    longest_bytes: int = 1 << 17
    kinds: Mapping[str, Kind] = field(default_factory=dict, repr=False)
    wrappers: frozenset[str] = frozenset()
    entry: str = ""
    braces: bool = False
    reads: re.Pattern[str] | None = field(default=None, repr=False)
    guesses: re.Pattern[str] | None = field(default=None, repr=False)
    ordered: bool = False

    @property
    def name(self) -> str:
        return self.names[0]


def _kinds(*, include: str = "", function: str = "", type_: str = "", declaration: str = "") -> Mapping[str, Kind]:
    """Words to kinds; comments have the same names everywhere."""
    words = {Kind.INCLUDE: include, Kind.FUNCTION: function, Kind.TYPE: type_, Kind.DECLARATION: declaration}
    comments = {Kind.COMMENT: "comment line_comment block_comment multiline_comment"}
    return MappingProxyType({word: kind for kind, line in (words | comments).items() for word in line.split()})


_C_INCLUDES = "preproc_include preproc_call using_declaration"
_C_TYPES = "struct_specifier class_specifier enum_specifier union_specifier namespace_definition"
_C_DECLARATIONS = (
    "preproc_def preproc_function_def preproc_ifdef preproc_if alias_declaration type_definition declaration "
    "linkage_specification static_assert_declaration concept_definition template_instantiation "
    "namespace_alias_definition"
)
_C_GUESSES = re.compile(
    r"\s*(#\s*(include|define|pragma|ifdef|ifndef|endif)\b|using\s+namespace\s+\w+\s*;|template\s*<|(class|struct)\s+\w+[^;.,]*\{"
    r"|((static|inline|const|constexpr|unsigned|long|short|signed)\s+)*(int|void|bool|char|long|double|float|string|auto|std::[\w:]+|\w+(?=\s*<))"
    r"(\s*<.*>)?(\s+(long|int))*[\s*&]+\w+\s*(\(|=|;|\[|\{|$))"
)
_SCRIPT_DECLARATIONS = "lexical_declaration variable_declaration"

_JS_KINDS = _kinds(
    include="import_statement hash_bang_line import_alias",
    function="function_declaration generator_function_declaration function_signature",
    type_="class_declaration abstract_class_declaration interface_declaration enum_declaration internal_module module",
    declaration=f"{_SCRIPT_DECLARATIONS} type_alias_declaration ambient_declaration",
)
_JS_GUESSES = re.compile(
    r"\s*((export\s+(default\s+)?)?(async\s+)?function\b\s*\*?\s*\w*\s*\(|(const|let|var)\s+[\w{\[][^=]*=\s*\S|console\.\w+\("
    r"|(export\s+)?class\s+\w+[^;.,]*\{|import\s.*from\s+['\"]|(module\.)?exports\b)"
)
_JS_READS = re.compile(r"\bprocess\.stdin\b|/dev/stdin|readline|readFileSync\(\s*0\b|\bDeno\.stdin\b|\bBun\.stdin\b")

LANGUAGES: tuple[Language, ...] = (
    Language(
        names=("cpp", "c++", "cxx", "cc", "hpp", "h++", "cplusplus", "c/c++", "c++/c", "cuda", "arduino"),
        family=frozenset({"c"}),
        grammar=("tree_sitter_cpp", "language"),
        kinds=_kinds(include=_C_INCLUDES, function="function_definition", type_=_C_TYPES, declaration=_C_DECLARATIONS),
        wrappers=frozenset({"template_declaration"}),
        entry="main",
        braces=True,
        guesses=_C_GUESSES,
        ordered=True,
    ),
    Language(
        names=("c", "h", "ansi-c"),
        family=frozenset({"cpp"}),
        grammar=("tree_sitter_c", "language"),
        kinds=_kinds(include=_C_INCLUDES, function="function_definition", type_=_C_TYPES, declaration=_C_DECLARATIONS),
        entry="main",
        braces=True,
        guesses=_C_GUESSES,
        ordered=True,
    ),
    Language(
        names=("python", "py", "python3", "py3", "python2", "pypy", "pypy3", "cpython", "pytest", "ipython", "pycon"),
        grammar=("tree_sitter_python", "language"),
        kinds=_kinds(
            include="import_statement import_from_statement future_import_statement",
            function="function_definition",
            type_="class_definition",
            declaration="type_alias_statement",
        ),
        wrappers=frozenset({"decorated_definition"}),
        reads=re.compile(r"\binput\s*\(|\bsys\.stdin\b|\bstdin\.read|\bopen\(\s*0\b|\bfileinput\b"),
        guesses=re.compile(
            r"\s*((async\s+)?def\s+\w+\s*\(.*|class\s+\w+\s*(\(.*\))?\s*:|import\s+[\w.]+(\s+as\s+\w+)?(\s*,\s*[\w.]+(\s+as\s+\w+)?)*\s*$"
            r"|from\s+[\w.]+\s+import\s+|@\w[\w.]*(\(.*\))?\s*$|(if|for|while|with|elif|try|else)\b.*:\s*$|print\(|return\b[^.]*$)"
        ),
    ),
    Language(
        names=("java", "java-junit", "junit"),
        grammar=("tree_sitter_java", "language"),
        kinds=_kinds(
            include="package_declaration import_declaration",
            function="method_declaration constructor_declaration",
            type_="class_declaration interface_declaration enum_declaration record_declaration "
            "annotation_type_declaration",
            declaration="local_variable_declaration field_declaration",
        ),
        entry="main",
        braces=True,
        guesses=re.compile(
            r"\s*(import\s+[\w.]+(\.\*)?\s*;|package\s+[\w.]+\s*;|((public|private|protected|static|final|abstract)\s+)+[\w<]|(class|interface|enum|record)\s+\w+[^;.,]*\{)"
        ),
    ),
    Language(
        names=("javascript", "js", "node", "nodejs", "jsx", "mjs", "ecmascript", "bun", "deno", "jest"),
        family=frozenset({"typescript"}),
        grammar=("tree_sitter_javascript", "language"),
        kinds=_JS_KINDS,
        wrappers=frozenset({"export_statement"}),
        braces=True,
        reads=_JS_READS,
        guesses=_JS_GUESSES,
    ),
    Language(
        names=("typescript", "ts", "tsx", "typescript-5"),
        family=frozenset({"javascript"}),
        grammar=("tree_sitter_typescript", "language_typescript"),
        kinds=_JS_KINDS,
        wrappers=frozenset({"export_statement"}),
        braces=True,
        reads=_JS_READS,
        guesses=_JS_GUESSES,
    ),
    Language(
        names=("go", "golang"),
        grammar=("tree_sitter_go", "language"),
        kinds=_kinds(
            include="package_clause import_declaration",
            function="function_declaration method_declaration",
            type_="type_declaration",
            declaration="const_declaration var_declaration",
        ),
        entry="main",
        braces=True,
        guesses=re.compile(r"\s*(package\s+\w+\s*$|import\s*(\(|\")|func\s+(\([^)]*\)\s*)?\w+\s*[\[(]|type\s+\w+\s+(struct|interface)\b|(var|const)\s+(\w+|\())"),
    ),
    Language(
        names=("rust", "rs", "rust-cargo"),
        grammar=("tree_sitter_rust", "language"),
        kinds=_kinds(
            include="use_declaration extern_crate_declaration inner_attribute_item",
            function="function_item",
            type_="struct_item enum_item impl_item trait_item union_item mod_item foreign_mod_item",
            declaration="const_item static_item type_item macro_definition function_signature_item",
        ),
        entry="main",
        braces=True,
        guesses=re.compile(r"\s*(use\s+[\w:]+.*;|(pub(\(\w+\))?\s+)?(unsafe\s+|async\s+|const\s+)*fn\s+\w+|(pub\s+)?(struct|enum|trait)\s+\w+|impl\b.*\{|#!?\[\w+|mod\s+\w+\s*\{)"),
    ),
    Language(
        names=("csharp", "c#", "cs", "c-sharp", "dotnet"),
        grammar=("tree_sitter_c_sharp", "language"),
        kinds=_kinds(
            include="using_directive extern_alias_directive file_scoped_namespace_declaration",
            function="local_function_statement method_declaration",
            type_="namespace_declaration class_declaration struct_declaration interface_declaration enum_declaration "
            "record_declaration record_struct_declaration delegate_declaration",
            declaration="field_declaration",
        ),
        wrappers=frozenset({"global_statement"}),
        entry="Main",
        braces=True,
        guesses=re.compile(r"\s*(using\s+(static\s+)?[\w.]+\s*;|namespace\s+[\w.]+|((public|private|protected|internal|static|sealed|abstract|partial)\s+)+[\w<]|(class|interface|struct|record)\s+\w+)"),
    ),
    Language(
        names=("php", "php7", "php8"),
        grammar=("tree_sitter_php", "language_php"),
        kinds=_kinds(
            include="php_tag namespace_use_declaration namespace_definition declare_statement",
            function="function_definition",
            type_="class_declaration interface_declaration trait_declaration enum_declaration",
            declaration="const_declaration",
        ),
        braces=True,
        reads=re.compile(r"\bSTDIN\b|php://stdin|\breadline\("),
        guesses=re.compile(r"\s*(<\?php|function\s+\w+\s*\(|\$\w+\s*=|(abstract\s+|final\s+)?class\s+\w+|echo\s+)"),
    ),
    Language(
        names=("ruby", "rb", "irb"),
        grammar=("tree_sitter_ruby", "language"),
        kinds=_kinds(function="method singleton_method", type_="class module singleton_class"),
        reads=re.compile(r"\bgets\b|\bSTDIN\b|\$stdin\b|\bARGF\b|\breadlines?\b"),
        guesses=re.compile(r"\s*(require(_relative)?\s+['\"]|def\s+[\w.?!]+|(class|module)\s+[A-Z]\w*|puts\s+\S|end\s*$)"),
    ),
    Language(
        names=("bash", "sh", "shell", "zsh", "ksh", "dash", "shellscript", "shell-script"),
        grammar=("tree_sitter_bash", "language"),
        longest_bytes=1 << 13,  # its scanner looks for the ends of here-documents again and again: quadratic
        kinds=_kinds(function="function_definition", declaration="variable_assignment"),
        reads=re.compile(r"\bread\b|/dev/stdin|\bcat\b"),
        guesses=re.compile(r"\s*(#!|(function\s+)?\w+\s*\(\)\s*\{|(if|while|for)\s.*;\s*(then|do)\s*$|\w+=\S*$|echo\s|read\s+-?\w|done\b|fi\s*$)"),
    ),
    Language(
        names=("kotlin", "kt", "kts"),
        grammar=("tree_sitter_kotlin", "language"),
        kinds=_kinds(
            include="import package_header",
            function="function_declaration",
            type_="class_declaration object_declaration",
            declaration="property_declaration type_alias",
        ),
        entry="main",
        braces=True,
        guesses=re.compile(r"\s*(import\s+[\w.]+|(\w+\s+)*fun\s+[\w<]|(data\s+|open\s+)?class\s+\w+|(val|var)\s+\w+)"),
    ),
    Language(
        names=("lua", "luajit"),
        grammar=("tree_sitter_lua", "language"),
        kinds=_kinds(function="function_declaration", declaration="variable_declaration assignment_statement"),
        reads=re.compile(r"\bio\.(read|lines|stdin)\b"),
        guesses=re.compile(r"\s*((local\s+)?function\s+[\w.:]+\s*\(|local\s+\w+|end\s*$|print\()"),
    ),
    Language(
        names=("scala", "sc"),
        grammar=("tree_sitter_scala", "language"),
        kinds=_kinds(
            include="package_clause import_declaration",
            function="function_definition",
            type_="class_definition object_definition trait_definition enum_definition",
            declaration="val_definition var_definition type_definition",
        ),
        braces=True,
        reads=re.compile(r"\bStdIn\b|\breadLine\b|\bSystem\.in\b"),
        guesses=re.compile(r"\s*(import\s+[\w.]+|(case\s+)?(object|class|trait)\s+\w+|def\s+\w+|(val|var)\s+\w+)"),
    ),
    # Without a grammar: what their fences are called, and so what does not hold another language.
    *(
        Language(names=tuple(names.split()))
        for names in (
            "r rscript", "perl pl perl5", "haskell hs", "ocaml ml", "swift", "objective-c objc objectivec", "dart",
            "elixir exs", "erlang erl", "julia jl", "fortran f90 fortran90 f95", "pascal delphi", "ada", "nim", "zig",
            "d dlang", "crystal", "clojure clj", "racket rkt", "scheme", "lisp commonlisp common-lisp clisp elisp",
            "prolog", "groovy", "fsharp f#", "vb vbnet visualbasic", "octave matlab", "coffeescript coffee", "cobol",
            "tcl", "awk gawk mawk", "sql sqlite mysql postgresql psql plsql", "verilog systemverilog", "vhdl",
            "asm assembly nasm", "powershell ps1", "html htm", "css scss sass less", "vue", "svelte", "solidity",
            "makefile make", "cmake", "dockerfile docker", "proto protobuf", "latex tex", "vba", "v vlang", "raku",
        )
    ),
)  # fmt: skip

DATA_TAGS = frozenset(
    "output stdout stdin input console terminal shell-session shellsession log logs json yaml yml xml csv tsv ini "
    "toml diff patch math mermaid dot graphviz svg http cmd bat batch dos".split()
)
"""Fences of these hold what a program reads or writes, or commands around it."""

_BY_NAME = {name: language for language in LANGUAGES for name in language.names}
_VARIANT = re.compile(r"[-_](test|cargo-test|clang|gcc|tcc|junit|gdc|free)$")
_VERSION = re.compile(r"^(c\+\+|cpp|c|python|py|java|php|typescript|javascript|rust|go|gnu\+\+|ruby|lua)[-_ ]?[\d.]+$")


def language_of(name: str) -> Language:
    """The language by a runtime's id, a benchmark's word or a model's; one without a grammar if it is unknown."""
    return known_language(name) or Language(names=(name.strip().lower() or "?",))


def known_language(name: str) -> Language | None:
    """The language by one of its names, however spelled; None if nobody calls one so."""
    word = name.strip().lower()
    plain = _VARIANT.sub("", word)
    version = _VERSION.match(plain)
    return _BY_NAME.get(word) or _BY_NAME.get(plain) or (_BY_NAME.get(version[1]) if version else None)
