// Which symbols the shared library shows: the public API and nothing else.
#pragma once

#if defined(_WIN32)
#error "InferQueue is written for Linux; see docs/development.md"
#else
#define INFERQUEUE_API __attribute__((visibility("default")))
/// For members of a public class that only the library itself calls.
#define INFERQUEUE_INTERNAL __attribute__((visibility("hidden")))
#endif
