// Which symbols the shared library shows: the public API and nothing else.
#pragma once

#if defined(_WIN32)
#error "InferQueue is written for Linux; see docs/development.md"
#else
#define INFERQUEUE_API __attribute__((visibility("default")))
#endif
