# SPDX-License-Identifier: Apache-2.0
"""Tests of tools/tidy: a small clean tree passes, and each kind of violation put into it is found."""

import importlib.machinery
import importlib.util
import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
TOOLS = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(TOOLS))


def load(name: str):
    loader = importlib.machinery.SourceFileLoader(name, str(TOOLS / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    loader.exec_module(module)
    return module


tidy = load("tidy")
diagram = load("layer_diagram")

SPDX = "// SPDX-License-Identifier: Apache-2.0\n"
CLEAN = {
    "layers.txt": "# comment\nbase: | fmt crypto\nsys: base\nsys/fake: sys base\nqueue: base\nqueue/nats: queue base | curl\napp: *\n",
    "ARCHITECTURE.md": f"# Architecture\n\n{diagram.BEGIN}\n{diagram.END}\n",
    "src/base/README.md": "# base\n",
    "src/sys/README.md": "# sys\n",
    "src/queue/README.md": "# queue\n\nSee [the layers](../../layers.txt).\n",
    "src/base/digest.h": SPDX + "#pragma once\n#include <openssl/evp.h>\n#include <string>\n",
    "src/sys/fake/clock.h": SPDX + "#pragma once\n",
    "src/queue/queue.h": SPDX + '#pragma once\n#include "base/digest.h"\n',
    "src/queue/queue.cc": SPDX + '#include "queue/queue.h"\n// co_await in a comment\nconst char* text = "throw";\n',
    "src/queue/queue_test.cc": SPDX + '#include "sys/fake/clock.h"\n#include <gtest/gtest.h>\n',
}


def function_of(lines: int) -> str:
    return "int f() {\n" + "  g();\n" * (lines - 2) + "}\n"


# name: (path, content after the SPDX line, what the report says)
VIOLATIONS = {
    "sibling": ("src/queue/a.cc", '#include "sys/fake/clock.h"\n', "queue may not include sys/fake"),
    "upward edge": ("src/base/a.cc", '#include "queue/queue.h"\n', "base may not include queue"),
    "relative include": ("src/queue/a.cc", '#include "queue.h"\n', "no file of src"),
    "undeclared folder": ("src/lake/a.cc", "", "no line in layers.txt"),
    "third party elsewhere": ("src/queue/a.cc", "#include <curl/curl.h>\n", "names curl in layers.txt"),
    "unknown library": ("src/queue/a.cc", "#include <rocksdb/db.h>\n", "has no owner"),
    "gtest in a source": ("src/queue/a.cc", "#include <gtest/gtest.h>\n", "belongs in tests"),
    "system header": ("src/queue/a.cc", "#include <unistd.h>\n", "use what sys/ offers"),
    "unused header": ("src/queue/a.h", "#pragma once\n", "no file includes this header"),
    "no pragma once": ("src/queue/a.h", "", "no #pragma once"),
    "coroutine": ("src/queue/a.cc", "auto f() { co_await g(); }\n", "miscompiles coroutines"),
    "thread": ("src/queue/a.cc", "std::thread t;\n", "sys::name_thread"),
    "jthread in a stage": ("src/queue/a.cc", "std::jthread t;\n", "gives a thread"),
    "plain mutex": ("src/queue/a.cc", "std::mutex m;\n", "base/mutex.h"),
    "unlisted mutex": ("src/queue/a.cc", "mutable Mutex mutex_;\n", "not in docs/locks.md"),
    "shell": ("src/queue/a.cc", "int f() { return std::system(c); }\n", "sys/process.h"),
    "random device": ("src/queue/a.cc", "std::random_device d;\n", "sys/random.h"),
    "wall clock": ("src/queue/a.cc", "auto t = std::chrono::system_clock::now();\n", "sys::Clock"),
    "clock in a test": ("src/queue/a_test.cc", "auto t = std::chrono::steady_clock::now();\n", "sys::Clock"),
    "sleep in a test": ("src/queue/a_test.cc", "void f() { std::this_thread::sleep_for(1s); }\n", "a wait with a deadline"),
    "environment": ("src/queue/a.cc", 'auto e = std::getenv("A");\n', "a setting of app"),
    "regex": ("src/queue/a.cc", "std::regex r;\n", "RE2"),
    "locale number": ("src/queue/a.cc", "auto n = std::stod(s);\n", "data/number.h"),
    "throw": ("src/queue/a.cc", "void f() { throw 1; }\n", "base/result.h"),
    "print": ("src/queue/a.cc", 'void f() { std::printf("x"); }\n', "fmt::format"),
    "stream": ("src/queue/a.cc", "void f() { std::cout << 1; }\n", "base/log.h"),
    "assert": ("src/queue/a.cc", "void f() { assert(x); }\n", "SKERRY_CHECK"),
    "exit": ("src/queue/a.cc", "void f() { std::exit(1); }\n", "an Error"),
    "long function": ("src/queue/a.cc", function_of(71), "f has 71 lines, above 70"),
    "long file": ("src/queue/a.cc", "int x;\n" * 500, "501 lines, above 500"),
    "unfinished": ("src/queue/a.cc", "// TODO: later\n", "unfinished work"),
}


class TidyTest(unittest.TestCase):
    def check(self, files: dict[str, str]) -> list[str]:
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for path, content in {**CLEAN, **files}.items():
                file = root / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(content)
            page = root / "ARCHITECTURE.md"
            if "ARCHITECTURE.md" not in files:
                page.write_text(diagram.replace_between_markers(page.read_text(), diagram.draw(root)))
            return tidy.check(root)

    def assert_found(self, files: dict[str, str], text: str) -> None:
        problems = self.check(files)
        self.assertTrue(any(text in p for p in problems), f"'{text}' is not in {problems}")

    def test_clean_tree_has_no_violation(self):
        self.assertEqual(self.check({}), [])

    def test_finds_each_violation_at_its_place(self):
        for name, (path, content, text) in VIOLATIONS.items():
            with self.subTest(name):
                problems = self.check({path: SPDX + content})
                self.assertTrue(any(p.startswith(path) and text in p for p in problems), problems)

    def test_allows_wrappers_and_tests_what_is_theirs(self):
        for path, content in {
            "src/sys/clock.cc": "#include <unistd.h>\nauto t = std::chrono::system_clock::now();\n",
            "src/app/main.cc": "#include <cstdlib>\nvoid f() { std::printf(text); }\n",
            "src/queue/nats/a.cc": "#include <curl/curl.h>\n",
            "src/queue/b_test.cc": 'std::jthread t; auto e = std::getenv("SKERRY_DATA");\n',
            "src/queue/short.cc": function_of(70),
        }.items():
            with self.subTest(path):
                readme = {f"src/{path.split('/')[1]}/README.md": "# x\n"}
                self.assertEqual(self.check({path: SPDX + content, **readme}), [])

    def test_finds_what_is_wrong_outside_the_code(self):
        self.assert_found({"layers.txt": "a: b\nb: a\n"}, "a names b, which no earlier line declares")
        self.assert_found({"layers.txt": "a b\n"}, "not 'folder: edges | packages'")
        self.assert_found({"src/queue/a.cc": "int x;\n"}, "the first line is not")
        self.assert_found({"tools/run": "#!/bin/sh\necho\n"}, "the first line is not")
        self.assert_found({"docs/a.md": "# One\n\n# Two\n"}, "one '# ' heading")
        self.assert_found({"docs/a.md": "# One\n\n[x](gone.md)\n"}, "gone.md, which does not exist")
        self.assert_found({"src/new/a.cc": SPDX}, "src/new: has no README.md")
        self.assert_found({"ARCHITECTURE.md": f"# A\n{diagram.BEGIN}\n{diagram.END}\n"}, "diagram is stale")
        self.assert_found({"ARCHITECTURE.md": "# A\n"}, "lost the markers")

    def test_heading_in_a_code_block_is_no_heading(self):
        self.assertEqual(self.check({"docs/a.md": "# One\n\n```\n# two\n```\n"}), [])

    def test_ratchet_allows_no_growth_and_asks_to_be_lowered(self):
        source = {"src/queue/a.cc": SPDX + function_of(80)}
        ratchet = "tools/tidy_ratchet.txt"
        self.assertEqual(self.check({**source, ratchet: "src/queue/a.cc f 80\n"}), [])
        self.assert_found({**source, ratchet: "src/queue/a.cc f 79\n"}, "f has 80 lines, above 79")
        self.assert_found({**source, ratchet: "src/queue/a.cc f 90\n"}, "lower its line to 80")
        self.assert_found({ratchet: "src/queue/a.cc f 80\n"}, "delete its line")

    def test_functions_are_found_with_their_lines(self):
        code = (
            'namespace a {\nstruct S { S() : a_{1}, b_(2) {\n f();\n } int a_{0}; };\n'
            'template <class T>\nT g(T x = {}, char c = \'{\') const {\n if (x) { h(); }\n auto l = [](int) { return 1; };\n}\n'
            'bool operator==(const S& a, const S& b) { return true; }\n'
            'const int table[] = {1, 2};\nenum class E { kA };\nTEST(Suite, Case) {\n "}"; 1\'000;\n}\n}\n'
        )
        found = [(name, lines) for name, _, lines in tidy.functions(tidy.strip(code))]
        self.assertEqual(found, [("S", 3), ("g", 5), ("operator==", 1), ("Suite.Case", 3)])

    def test_lines_of_a_literal_are_no_code(self):
        code = 'const char* page() {\n  return R"(\n' + "<p>\n" * 100 + ')";\n}\n'
        self.assertEqual(list(tidy.functions(tidy.strip(code))), [("page", 1, 3)])

    def test_strip_keeps_line_numbers(self):
        code = 'a /* 1\n2 */ "x\\"y" R"(\n{ )" // end\n#define X \\\n  throw\nb'
        stripped = tidy.strip(code)
        self.assertEqual(tidy.line_at(stripped, len(stripped)), code.count("\n") + 1)
        self.assertNotIn("throw", tidy.strip(code))


if __name__ == "__main__":
    unittest.main()
