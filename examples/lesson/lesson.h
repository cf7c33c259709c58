// What the programs of the lesson share: the option --plot FILE.svg, and what happens when something fails.
#pragma once
#include <autograd/autograd.h>
#include <fmt/format.h>
#include <nn/nn.h>

#include <string>
#include <string_view>
#include <vector>

namespace lesson {

/// Reads the options and runs a part of the lesson, which returns its picture.  The exit status: 1 when something failed, 2
/// for a malformed command line.
inline int main(int argc, char** argv, std::vector<gradus::Plot> (*part)(), int columns = 1) {
  const bool plots = argc == 3 && std::string_view(argv[1]) == "--plot";
  if (argc != 1 && !plots) {
    fmt::print(stderr, "usage: {} [--plot FILE.svg]\n", argv[0]);
    return 2;
  }
  try {
    const std::vector<gradus::Plot> picture = part();
    if (plots) gradus::save_side_by_side(argv[2], picture, columns);
  } catch (const gradus::Error& error) {
    fmt::print(stderr, "{}: {}\n", argv[0], error.what());
    return 1;
  }
  return 0;
}

}  // namespace lesson
