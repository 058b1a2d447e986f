"""Small mistakes in C++ code, as people make them: where a program could be wrong without anybody noticing.

Works on text that clang-format has laid out (binary operators have blanks around them, template brackets have none), so
that it needs no parser; what doesn't compile costs a moment of the compiler's. Lines are never added or taken away.
"""

import bisect
import dataclasses
import re
from collections.abc import Iterator

# What the operator is called in reports; a pattern; what its group 1 becomes. The patterns see code whose comments,
# literals and preprocessor lines are masked.
REPLACEMENTS = (
    ("relation", re.compile(r" (==) (?!default)"), ("!=",)),
    ("relation", re.compile(r" (!=) "), ("==",)),
    ("relation", re.compile(r" (<) "), ("<=", ">=")),
    ("relation", re.compile(r" (>) "), (">=", "<=")),
    ("relation", re.compile(r" (<=) "), ("<", ">")),
    ("relation", re.compile(r" (>=) "), (">", "<")),
    ("logic", re.compile(r" (&&) "), ("||",)),
    ("logic", re.compile(r" (\|\|) "), ("&&",)),
    ("arithmetic", re.compile(r"(?<!\") (\+) (?!\")"), ("-",)),
    ("arithmetic", re.compile(r" (-) "), ("+",)),
    ("arithmetic", re.compile(r" (\*) "), ("/",)),
    ("arithmetic", re.compile(r" ([/%]) "), ("*",)),
    ("arithmetic", re.compile(r" (\+=) "), ("-=",)),
    ("arithmetic", re.compile(r" (-=) "), ("+=",)),
    ("arithmetic", re.compile(r"(\+\+)"), ("--",)),
    ("arithmetic", re.compile(r"(--)"), ("++",)),
    ("negation", re.compile(r"(!)(?=[\w(])"), ("",)),
    ("constant", re.compile(r"\b(true)\b"), ("false",)),
    ("constant", re.compile(r"\b(false)\b"), ("true",)),
    # Not that of a pure virtual function.
    ("constant", re.compile(r"(?<![\w.'])(?<!\) = )(?<!const = )(?<!noexcept = )(0)[uUlLzZ]*(?![\w.'])"), ("1",)),
    ("constant", re.compile(r"(?<![\w.'])(1)[uUlLzZ]*(?![\w.'])"), ("0", "2")),
    ("constant", re.compile(r"(?<![\w.'])([2-9]|[1-9][0-9]+)[uUlLzZ]*(?![\w.'])"), ("0", "1")),
    ("jump", re.compile(r"\b(break);"), ("continue",)),
    ("jump", re.compile(r"\b(continue);"), ("break",)),
    # Not the other way round: who is woken for nothing looks again, and only time is lost.
    ("wake-up", re.compile(r"\b(notify_all)\b"), ("notify_one",)),
    # A wait that believes every wake-up.
    ("wake-up", re.compile(r"\b(while)(?= \()"), ("if",)),
    ("ends", re.compile(r"\b(?:pop|push|emplace)_(front)\b"), ("back",)),
    ("ends", re.compile(r"\b(?:pop|push|emplace)_(back)\b"), ("front",)),
    ("ends", re.compile(r"[.>](front)\(\)"), ("back",)),
    ("ends", re.compile(r"[.>](back)\(\)"), ("front",)),
    ("ends", re.compile(r"\bstd::(min)\b"), ("max",)),
    ("ends", re.compile(r"\bstd::(max)\b"), ("min",)),
)

MASKED = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"\((?:.*?)\)"|"(?:\\.|[^"\\\n])*"|(?<![0-9A-Fa-f])\'(?:\\.|[^\'\\\n])+\'|^[ \t]*#[^\n]*',
    re.DOTALL | re.MULTILINE)
CONDITION = re.compile(r"\b(if|while) (\()")
DECLARES = re.compile(r"^(?:const )?[\w:<>, ]+[&*]* \w+ = ")
WORD = re.compile(r"^\w+")
# What can be left out: a call, an assignment, a step, a jump. Declarations can't, and are two words in a row.
CALL = re.compile(r"^[A-Za-z_](?:[\w.:]|->|\[[^\]]*\])*\(.*\);$", re.DOTALL)
ASSIGNMENT = re.compile(r"^\*?[A-Za-z_](?:[\w.]|->|\[[^\]]*\]|\(\))* (?:=|[-+*/|&]=) .*;$", re.DOTALL)
STEP = re.compile(r"^(?:\+\+|--)[^;]*;$|^[\w.>-]+(?:\+\+|--);$")
# A step, or an assignment to a variable or member: group 1 is its name.
PLAIN = re.compile(r"^(?:\+\+|--)?(?:[\w.]|->|\[[^\]]*\])*?(\w+)(?:\+\+|--)?(?:;| (?:=|[-+*/|&]=) )", re.DOTALL)
JUMP = re.compile(r"^(?:break|continue|return|throw\b.*);$", re.DOTALL)
NO_STATEMENT = {"if", "for", "while", "switch", "else", "do", "case", "default", "return", "using", "const", "auto",
                "static", "try", "catch", "public", "private", "protected", "namespace", "static_assert", "delete",
                "sizeof", "template", "friend", "explicit", "operator"}


@dataclasses.dataclass(frozen=True)
class Mutant:
    file: str         # relative to the root
    start: int        # what is replaced, as offsets into the file
    end: int
    text: str         # by this
    operator: str
    line: int
    before: str       # the lines, without their indentation
    after: str

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}"

    def applied(self, source: str) -> str:
        return source[:self.start] + self.text + source[self.end:]


def masked(source: str) -> str:
    """The source with a blank or _ for each character that is no code."""
    def blank(match: re.Match) -> str:
        text = match.group(0)
        filler = "_" if text[0] in "\"'R" else " "
        hidden = re.sub(r"[^\n]", filler, text)
        return text[0] + hidden[1:-1] + text[-1] if filler == "_" else hidden
    return MASKED.sub(blank, source)


def closing(code: str, opening: int) -> int:
    """The offset of the bracket that closes the one at `opening`; -1 if none does."""
    depth = 0
    for i in range(opening, len(code)):
        depth += (code[i] in "([{") - (code[i] in ")]}")
        if depth == 0:
            return i
    return -1


def replaced_words(code: str) -> Iterator[tuple[int, int, str, str]]:
    for operator, pattern, others in REPLACEMENTS:
        for match in pattern.finditer(code):
            for other in others:
                yield *match.span(1), other, operator


def changed_conditions(code: str) -> Iterator[tuple[int, int, str, str]]:
    for match in CONDITION.finditer(code):
        start = match.start(2) + 1
        end = closing(code, start - 1)
        semicolon = code.find(";", start, end)
        if semicolon >= 0:  # if (declaration; condition)
            start = semicolon + 2
        if end < 0 or DECLARES.match(code[start:end]):
            continue
        yield start, end, None, "condition"
        yield start, end, "false", "condition"
        if match.group(1) == "if":
            yield start, end, "true", "condition"


def statements(code: str) -> list[tuple[int, int]]:
    """Those that begin a line and can be left out."""
    found = []
    for match in re.finditer(r"^[ \t]+(?=[\w*+-])", code, re.MULTILINE):
        start = match.end()
        before = code[:match.start()].rstrip()
        if not before or before[-1] not in ";{})":
            continue
        end, depth = start, 0
        while end < len(code) and (code[end] != ";" or depth > 0) and depth >= 0:
            depth += (code[end] in "([{") - (code[end] in ")]}")
            end += 1
        text = code[start:end + 1]
        word = WORD.match(text)
        if word and word.group(0) in NO_STATEMENT - {"return"}:
            continue
        if any(pattern.match(text) for pattern in (CALL, ASSIGNMENT, STEP, JUMP)):
            found.append((start, end + 1))
    return found


def changed_statements(source: str, code: str) -> Iterator[tuple[int, int, str, str]]:
    found = statements(code)
    for start, end in found:
        yield start, end, ";" + "\n" * source.count("\n", start, end), "statement left out"
    for (start, end), (next_start, next_end) in zip(found, found[1:]):
        gap = source[end:next_start]
        # Neighbours only: not the last of a block and the first after it, nor the body of an if.
        if gap.strip() == "" and gap.count("\n") == 1 and indentation(code, start) == indentation(code, next_start):
            pair = code[start:end], code[next_start:next_end]
            if not any(JUMP.match(statement) for statement in pair) and not commute(*pair):
                yield start, next_end, source[next_start:next_end] + gap + source[start:end], "statements exchanged"


def commute(one: str, other: str) -> bool:
    """True for two steps or assignments of which neither calls anything nor touches what the other writes: exchanged,
    they do the same."""
    for first, second in ((one, other), (other, one)):
        written = PLAIN.match(first)
        if not written or "(" in first or re.search(rf"\b{written.group(1)}\b", second):
            return False
    return True


def indentation(code: str, at: int) -> int:
    return at - code.rfind("\n", 0, at)


def mutants_of(file: str, source: str) -> list[Mutant]:
    """In the order of the file, each text once."""
    code = masked(source)
    newlines = [i for i, c in enumerate(source) if c == "\n"]
    found = {}
    for start, end, text, operator in (*replaced_words(code), *changed_conditions(code),
                                       *changed_statements(source, code)):
        if text is None:
            text = f"!({source[start:end]})"
        first = source.rfind("\n", 0, start) + 1
        last = source.find("\n", end)
        before, after = source[first:last], source[first:start] + text + source[end:last]
        line = bisect.bisect_left(newlines, start) + 1
        mutant = Mutant(file, start, end, text, operator, line, flat(before), flat(after))
        if before != after:
            found.setdefault((first, after), mutant)
    return sorted(found.values(), key=lambda mutant: (mutant.start, mutant.end, mutant.text))


def flat(text: str) -> str:
    """In one line, as reports and the list of equivalent ones have it."""
    return " ".join(text.split())
