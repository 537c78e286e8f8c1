# SPDX-License-Identifier: Apache-2.0
"""The tables of tools/tidy: banned tokens, owners of third-party headers, limits."""

import re

SOURCE_LINES_MAX = 500
TEST_LINES_MAX = 800
FUNCTION_LINES_MAX = 70

# A third-party header by its prefix and the packages of layers.txt whose folder may include it.
THIRD_PARTY = [
    ("fmt/", ()),  # Vocabulary: base offers formatting to everybody through its log and errors.
    ("spdlog/", ("spdlog",)),
    ("openssl/ssl", ("ssl",)),
    ("openssl/", ("crypto", "ssl")),
    ("boost/json", ("boost_json",)),
    ("boost/", ("boost_net",)),
    ("simdjson", ("simdjson",)),
    ("yaml-cpp/", ("yaml_cpp",)),
    ("curl/", ("curl",)),
    ("zlib.h", ("zlib",)),
    ("onnxruntime_c_api.h", ("onnxruntime",)),
    ("dlfcn.h", ("onnxruntime",)),
    ("xgboost/", ("xgboost",)),
    ("onnx/", ("onnx",)),
    ("google/protobuf/", ("onnx",)),
    ("CLI/", ("cli11",)),
    ("elf.h", ()),  # Constants of a file format.
]
TEST_HEADERS = ("gtest/", "gmock/", "benchmark/")
# Headers of the operating system: time, disk, network and processes are passed in from these folders.
SYSTEM_HEADER = re.compile(r"(sys|netinet|arpa|linux|net)/\w+\.h|\w+\.h")
SYSTEM_FOLDERS = ("sys", "net", "app")

# (what, folders where it is allowed, is it allowed in tests, what to use instead). Comments and string
# literals are not searched.
BANNED = [
    (r"\bco_(await|yield|return)\b", (), False,
     "a small state machine or a named thread with blocking calls: GCC 12 miscompiles coroutines"),
    (r"\bstd::thread\b(?!::)", (), False, "std::jthread with a stop_token, named by sys::name_thread"),
    (r"\bstd::jthread\b", ("app", "loop", "sys", "net"), True,
     "a callback or an object that app or loop gives a thread"),
    (r"\bstd::async\b", (), False, "std::jthread with a stop_token"),
    (r"\bstd::(recursive_|timed_|shared_)?mutex\b", ("base", "sys"), False, "Mutex and MutexLock of base/mutex.h"),
    (r"(?<![\w.>])(system|popen|vfork|fork|posix_spawnp?|execv[pe]*|execl[pe]*)\s*\(", ("sys", "bench"), False,
     "sys/process.h"),
    (r"(?<![\w.>])(s?rand|rand_r|drand48)\s*\(|\bstd::random_device\b", ("sys",), False, "sys/random.h, passed in"),
    (r"\bstd::(mt19937(_64)?|default_random_engine)\b", ("sys",), True, "sys/random.h, passed in"),
    (r"\b(system|steady|high_resolution|file|utc)_clock::now\b", ("sys", "bench"), False, "sys::Clock, passed in"),
    (r"\b(gettimeofday|clock_gettime|localtime(_r)?|gmtime(_r)?|mktime)\s*\(|\btime\s*\(\s*(NULL|nullptr|0)\s*\)",
     ("sys", "bench"), False, "sys::Clock, passed in, and sys::format_time"),
    (r"\bsleep_(for|until)\b|\b(u|nano)?sleep\s*\(", ("sys", "bench"), False,
     "a wait with a deadline on the event itself, or sys::Clock"),
    (r"\bgetenv\s*\(", ("app", "sys"), True, "a setting of app, passed in"),
    (r"\b(un)?setenv\s*\(", ("app", "sys", "serve/onnx"), True, "a setting of app, passed in"),
    (r"\bstd::w?regex\b", (), False, "a hand-written scan; RE2 where patterns come from outside"),
    (r"\b(ato[ifl]|atoll|strto(d|f|l|ll|ul|ull|ld)|sto[ifld]|stoul|stoull|stoll|sscanf)\s*\(", (), True,
     "std::from_chars or data/number.h: they see errors and no locale"),
    (r"\bthrow\b", (), False, "Result and TRY of base/result.h"),
    (r"\bstd::(cout|cerr|clog)\b", ("app",), True, "base/log.h, or a returned text that app prints"),
    (r"(?<![\w.>])(v?f?printf|v?sprintf|f?puts|putchar)\s*\(", ("app",), True,
     "fmt::format, base/log.h, or a returned text that app prints"),
    (r"(?<![\w.>:])(strcpy|strcat|strncpy|strtok|gets|alloca)\s*\(", (), False, "std::string and std::string_view"),
    (r"(?<!static_)\bassert\s*\(", (), False, "SKERRY_CHECK, which is always on"),
    (r"(?<![\w.>])(?:std::)?(quick_exit|_?exit|abort)\s*\(", ("app", "sys", "bench"), False,
     "an Error; SKERRY_CHECK for an invariant"),
]
# Files that may use one banned thing because they are its wrapper.
BANNED_EXCEPT = {
    "src/base/check.cc": r"printf|abort|puts",
    "fuzz/replay_main.cc": r"std::(cout|cerr)",
}
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
