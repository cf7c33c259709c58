// Which symbols the shared library shows: everything else is compiled with hidden visibility.
#pragma once

#if defined(_WIN32) && !defined(GRADUS_STATIC)
#if defined(GRADUS_BUILDING)
#define GRADUS_API __declspec(dllexport)
#else
#define GRADUS_API __declspec(dllimport)
#endif
#else
#define GRADUS_API __attribute__((visibility("default")))
#endif
