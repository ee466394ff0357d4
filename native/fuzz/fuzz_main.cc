// A fuzzer without an engine: nas_fuzz SEED SECONDS FILE... changes the files at random until the time is over.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

#include "fuzz_target.h"

namespace {

using File = std::vector<uint8_t>;

File read_file(const char* path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

// Values at which offsets and counts go wrong.
constexpr uint32_t kEdges[] = {0,    1,      2,      3,      4,          0x7f,       0x80,
                               0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff};

void mutate(File& file, std::mt19937& random) {
  if (file.empty()) return;
  const size_t place = random() % file.size();
  const auto put = [&](uint32_t value, size_t width) {
    std::memcpy(file.data() + place, &value, std::min(width, file.size() - place));
  };
  switch (random() % 6) {
    case 0:
      file[place] ^= static_cast<uint8_t>(1u << (random() % 8));
      break;
    case 1:
      put(kEdges[random() % std::size(kEdges)], 4);
      break;
    case 2:
      put(kEdges[random() % std::size(kEdges)], 2);
      break;
    case 3:  // points to another place of the file
      put(static_cast<uint32_t>(random() % file.size()), 4);
      break;
    case 4:
      file.resize(place);
      break;
    default: {  // repeats a piece elsewhere
      const size_t from = random() % file.size();
      const size_t length = std::min<size_t>(random() % 32, file.size() - std::max(place, from));
      std::memmove(file.data() + place, file.data() + from, length);
    }
  }
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 4) {
    std::fprintf(stderr, "usage: nas_fuzz SEED SECONDS FILE...\n");
    return 2;
  }
  std::mt19937 random(static_cast<uint32_t>(std::atoi(arguments[1])));
  std::vector<File> corpus;
  for (int i = 3; i < count; ++i) corpus.push_back(read_file(arguments[i]));
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(std::atof(arguments[2]));
  long inputs = 0, models = 0;
  double slowest = 0;
  while (std::chrono::steady_clock::now() < end) {
    File file = corpus[random() % corpus.size()];
    for (size_t i = 1 + random() % 8; i > 0; --i) mutate(file, random);
    const auto start = std::chrono::steady_clock::now();
    models += nas::fuzz_one(file.data(), file.size()) ? 1 : 0;
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    slowest = std::max(slowest, took.count());
    ++inputs;
  }
  std::printf("%ld inputs, %ld of them models, slowest %.1f ms, no finding\n", inputs, models, slowest);
  return 0;
}
