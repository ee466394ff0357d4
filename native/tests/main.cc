// Runs every test of this executable; exit code 1 if a claim does not hold.
#include "harness.h"

int main() {
  for (const auto& test : nas::test::cases()) {
    const int before = nas::test::failures();
    test.run();
    std::printf("%s %s\n", nas::test::failures() == before ? "ok  " : "FAIL", test.claim);
  }
  return nas::test::failures() == 0 ? 0 : 1;
}
