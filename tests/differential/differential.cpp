// Random programs on Gradus and on libtorch, judged in quad precision.
//   differential --first 0 --count 25000 [--float32]     a summary; fails when Gradus is wrong about a program
//   differential --seed 17 [--float32]                   one program, in full
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "tests/differential/judge.h"
#include "tests/differential/shrink.h"
#include "tests/differential/text.h"

namespace {

using namespace gradus::differential;

constexpr int most_shown = 5;      // wrong programs of Gradus, in full
constexpr int most_shrunk = 200;   // wrong programs of torch that are cut down to the op that is to blame
constexpr double tie = 1.25;       // errors within this factor are alike

struct Options {
  std::uint64_t first = 0;
  std::uint64_t count = 200;
  bool single = false;
  bool alone = false;  // one program, in full
};

Options read_options(int argc, char** argv) {
  Options out;
  for (int k = 1; k < argc; ++k) {
    const std::string_view option = argv[k];
    if (option == "--float32") {
      out.single = true;
      continue;
    }
    char* end = nullptr;
    const std::uint64_t number = k + 1 < argc ? std::strtoull(argv[++k], &end, 10) : 0;
    if (end == nullptr || *end != '\0') throw std::runtime_error(fmt::format("{}: a number is missing", option));
    if (option == "--first") {
      out.first = number;
    } else if (option == "--count") {
      out.count = number;
    } else if (option == "--seed") {
      out.first = number;
      out.count = 1;
      out.alone = true;
    } else {
      throw std::runtime_error(fmt::format("{}: no such option", option));
    }
  }
  return out;
}

/// The smallest part of a program that is still wrong, as text.
std::string smallest(const Sample& sample, bool (Verdict::*wrong)() const, std::string Verdict::*what, Sample* small) {
  *small = shrink(sample, [&](const Sample& part) { return (judge(part).*wrong)(); });
  const Verdict verdict = judge(*small);
  return to_text(small->program) + "  " + verdict.*what + "\n";
}

class Summary {
 public:
  void see(const Sample& sample, const Verdict& verdict) {
    ++programs_;
    for (const Step& step : sample.program.steps) {
      if (!step.is_given()) ++uses_[step.op];
    }
    gradus_.push_back(verdict.gradus);
    torch_.push_back(verdict.torch);
    looseness_.push_back(verdict.looseness);
    if (verdict.gradus * tie < verdict.torch) ++gradus_closer_;
    if (verdict.torch * tie < verdict.gradus) ++torch_closer_;
    if (verdict.gradus > worst_) {
      worst_ = verdict.gradus;
      worst_seed_ = sample.program.seed;
    }
    if (verdict.gradus_is_wrong()) see_wrong_gradus(sample, verdict);
    if (verdict.torch_is_wrong()) see_wrong_torch(sample);
  }

  void print() const {
    fmt::print("{} programs of {} ops\n\n", programs_, ops_in_a_program);
    fmt::print("{:<28}{:>12}{:>12}\n", "error in units", "gradus", "libtorch");
    for (const auto& [name, share] : {std::pair("median", 0.5), {"99 %", 0.99}, {"99.9 %", 0.999}, {"worst", 1.0}}) {
      fmt::print("{:<28}{:>12.3g}{:>12.3g}\n", name, quantile(gradus_, share), quantile(torch_, share));
    }
    fmt::print("{:<28}{:>12}{:>12}\n", "wrong", gradus_wrong_, torch_wrong_);
    fmt::print("{:<28}{:>12}{:>12}   {} alike\n", "closer", gradus_closer_, torch_closer_,
               programs_ - gradus_closer_ - torch_closer_);
    fmt::print("\nGradus' worst program: seed {}.  A unit is {:.2g} of the result in the median, {:.2g} at 99 %.\n",
               worst_seed_, quantile(looseness_, 0.5), quantile(looseness_, 0.99));
    fmt::print("\nuses of each op:\n");
    int column = 0;
    for (const auto& [op, uses] : uses_) fmt::print("{:>18}{:>8}{}", op, uses, ++column % 4 == 0 ? "\n" : "");
    fmt::print("\n");
    if (blamed_.empty()) return;
    fmt::print("\nwhere libtorch is wrong, by what is left of {} programs cut down:\n", std::min(torch_wrong_, most_shrunk));
    for (const auto& [ops, blame] : blamed_) fmt::print("{:>6} times {}, for example\n{}", blame.times, ops, blame.example);
  }

  [[nodiscard]] bool passed() const { return gradus_wrong_ == 0; }

 private:
  struct Blame {
    int times = 0;
    std::string example;
  };

  void see_wrong_gradus(const Sample& sample, const Verdict& verdict) {
    if (++gradus_wrong_ > most_shown) return;
    fmt::print("GRADUS IS WRONG: {}\n{}", verdict.what_gradus_did, to_text(sample.program));
    Sample small;
    fmt::print("the smallest part of it that is wrong:\n{}\n",
               smallest(sample, &Verdict::gradus_is_wrong, &Verdict::what_gradus_did, &small));
    std::fflush(stdout);
  }
  void see_wrong_torch(const Sample& sample) {
    if (++torch_wrong_ > most_shrunk) return;
    Sample small;
    const std::string text = smallest(sample, &Verdict::torch_is_wrong, &Verdict::what_torch_did, &small);
    Blame& blame = blamed_[ops_of(small.program)];
    if (++blame.times == 1) blame.example = text;
  }

  static double quantile(std::vector<double> x, double share) {
    std::sort(x.begin(), x.end());
    return x[static_cast<std::size_t>(share * static_cast<double>(x.size() - 1))];
  }

  int programs_ = 0;
  int gradus_wrong_ = 0;
  int torch_wrong_ = 0;
  int gradus_closer_ = 0;
  int torch_closer_ = 0;
  double worst_ = 0.0;
  std::uint64_t worst_seed_ = 0;
  std::vector<double> gradus_;
  std::vector<double> torch_;
  std::vector<double> looseness_;
  std::map<std::string, int> uses_;
  std::map<std::string, Blame> blamed_;
};

int run(const Options& options) {
  Summary summary;
  for (std::uint64_t seed = options.first; seed < options.first + options.count; ++seed) {
    const Sample sample = make_sample(seed, options.single);
    const Verdict verdict = judge(sample);
    if (options.alone) {
      fmt::print("{}gradus {:.3g} units, libtorch {:.3g} units\n\n", to_text(sample.program), verdict.gradus,
                 verdict.torch);
    }
    summary.see(sample, verdict);
  }
  if (options.count > 0) summary.print();
  return summary.passed() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(read_options(argc, argv));
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 2;
  }
}
