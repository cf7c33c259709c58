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
#include "tests/differential/program_text.h"
#include "tests/differential/shrink.h"

namespace {

using namespace gradus::differential;

constexpr int most_shown = 5;     // failures in full
constexpr int most_shrunk = 200;  // programs in which libtorch loses digits, cut down to the op that is to blame
constexpr double tie = 1.25;      // errors within this factor are alike

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

using Criterion = bool (Verdict::*)() const;

/// The smallest part of a program for which the verdict stays.
Sample smallest(const Sample& sample, Criterion wrong) {
  return shrink(sample, [&](const Sample& part) { return (judge(part).*wrong)(); });
}

/// All numbers seen, for their quantiles.
class Distribution {
 public:
  void see(double x) { seen_.push_back(x); }
  [[nodiscard]] double quantile(double share) const {
    std::vector<double> x = seen_;
    std::sort(x.begin(), x.end());
    return x[static_cast<std::size_t>(share * static_cast<double>(x.size() - 1))];
  }

 private:
  std::vector<double> seen_;
};

class Summary {
 public:
  void see(const Sample& sample, const Verdict& verdict) {
    ++programs_;
    for (const Step& step : sample.program.steps) {
      if (!step.is_given()) ++uses_[step.op];
    }
    gradus_.see(verdict.gradus);
    torch_.see(verdict.torch);
    looseness_.see(verdict.looseness);
    gradus_closer_ += verdict.gradus * tie < verdict.torch ? 1 : 0;
    torch_closer_ += verdict.torch * tie < verdict.gradus ? 1 : 0;
    if (verdict.gradus > worst_) {
      worst_ = verdict.gradus;
      worst_seed_ = sample.program.seed;
    }
    if (verdict.gradus_is_wrong()) {
      ++gradus_wrong_;
      show(sample, &Verdict::gradus_is_wrong, "GRADUS IS WRONG", verdict.what_gradus_did, &Verdict::what_gradus_did);
    } else if (verdict.disputed) {
      ++disputed_;
      show(sample, &Verdict::is_disputed, "LIBTORCH MEANS SOMETHING ELSE", verdict.what_torch_did,
           &Verdict::what_torch_did);
    } else if (verdict.torch_is_wrong()) {
      ++torch_wrong_;
      if (torch_wrong_ <= most_shrunk) blame(sample);
    }
  }

  void print() const {
    fmt::print("{} programs of {} ops\n\n", programs_, ops_in_a_program);
    fmt::print("{:<24}{:>12}{:>12}\n", "error in units", "Gradus", "libtorch");
    for (const auto& [name, share] : {std::pair("median", 0.5), {"99 %", 0.99}, {"99.9 %", 0.999}, {"worst", 1.0}}) {
      fmt::print("{:<24}{:>12.3g}{:>12.3g}\n", name, gradus_.quantile(share), torch_.quantile(share));
    }
    fmt::print("{:<24}{:>12}{:>12}   of {} units and more\n", "programs with errors", gradus_wrong_,
               torch_wrong_ + disputed_, allowed);
    fmt::print("{:<24}{:>12}{:>12}   alike in {}\n", "closer to the truth", gradus_closer_, torch_closer_,
               programs_ - gradus_closer_ - torch_closer_);
    fmt::print("\nGradus' worst program: seed {}.  A unit is {:.2g} of the result in the median, {:.2g} at 99 %.\n",
               worst_seed_, looseness_.quantile(0.5), looseness_.quantile(0.99));
    fmt::print("\nUses of each op:\n");
    int column = 0;
    for (const auto& [op, uses] : uses_) fmt::print("{:>18}{:>8}{}", op, uses, ++column % 4 == 0 ? "\n" : "");
    fmt::print("\n");
    if (blamed_.empty()) return;
    fmt::print("\nWhere libtorch loses its digits, as far as {} programs can be cut down:\n",
               std::min(torch_wrong_, most_shrunk));
    for (const auto& [ops, blame] : blamed_) fmt::print("\n{} times {}: {}", blame.times, ops, blame.example);
  }

  [[nodiscard]] bool passed() const { return gradus_wrong_ == 0 && disputed_ == 0; }

 private:
  struct Blame {
    int times = 0;
    std::string example;  // the shortest
  };

  void show(const Sample& sample, Criterion wrong, std::string_view title, std::string_view what,
            std::string Verdict::*what_of) {
    if (gradus_wrong_ + disputed_ > most_shown) return;
    const Sample small = smallest(sample, wrong);
    fmt::print("{}: {}\n{}the smallest part of it: {}\n{}\n", title, what, to_text(sample.program),
               judge(small).*what_of, to_text(small.program));
    std::fflush(stdout);
  }
  void blame(const Sample& sample) {
    const Sample small = smallest(sample, &Verdict::torch_is_wrong);
    const std::string text = judge(small).what_torch_did + "\n" + to_text(small.program);
    Blame& blame = blamed_[ops_of(small.program)];
    if (++blame.times == 1 || text.size() < blame.example.size()) blame.example = text;
  }

  int programs_ = 0;
  int gradus_wrong_ = 0;
  int torch_wrong_ = 0;
  int disputed_ = 0;
  int gradus_closer_ = 0;
  int torch_closer_ = 0;
  double worst_ = 0.0;
  std::uint64_t worst_seed_ = 0;
  Distribution gradus_;
  Distribution torch_;
  Distribution looseness_;
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
