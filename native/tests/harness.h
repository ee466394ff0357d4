// A test is a function; EXPECT prints a condition that does not hold, and the test continues.
#pragma once

#include <cstdio>
#include <vector>

namespace nas::test {

struct Case {
  const char* claim;
  void (*run)();
};

inline std::vector<Case>& cases() {
  static std::vector<Case> all;
  return all;
}

inline int& failures() {
  static int count = 0;
  return count;
}

inline bool add(const char* claim, void (*run)()) {
  cases().push_back({claim, run});
  return true;
}

}  // namespace nas::test

#define TEST(name)                                              \
  static void name();                                           \
  static const bool name##_added = nas::test::add(#name, name); \
  static void name()

#define EXPECT(condition)                                                   \
  do {                                                                      \
    if (!(condition)) {                                                     \
      std::printf("%s:%d: not true: %s\n", __FILE__, __LINE__, #condition); \
      ++nas::test::failures();                                              \
    }                                                                       \
  } while (false)
