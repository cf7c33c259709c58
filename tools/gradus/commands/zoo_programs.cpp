// gradus zoo: the programs of examples/zoo, each a network of its own: lists them, or becomes one of them.
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/base/suggest.h"
#include "autograd/base/text.h"
#include "tools/gradus/commands/bindings.h"
#include "tools/gradus/commands/commands.h"

namespace gradus::command {

namespace {

namespace fs = std::filesystem;

/// "zoo_06_lstm" is network 6, lstm.  What it is and what it learns, the program itself says.
struct ZooProgram {
  std::string file;
  std::string number;
  std::string name;
};

/// Where the programs may be: as they are installed, and as they are built.  Both are looked for from where this command is.
std::vector<fs::path> zoo_folders() {
  std::error_code unknown;
  const fs::path here = fs::read_symlink("/proc/self/exe", unknown).parent_path();
  return {(here / GRADUS_ZOO_FOLDER).lexically_normal(), (here / "../../examples/zoo").lexically_normal()};
}

std::vector<ZooProgram> programs_in(const fs::path& folder) {
  constexpr std::string_view beginning = "zoo_";
  std::vector<ZooProgram> programs;
  std::error_code absent;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, absent)) {
    const std::string file = entry.path().filename().string();
    if (!file.starts_with(beginning) || file.find('.') != std::string::npos) continue;
    const std::string rest = file.substr(beginning.size());
    const std::size_t digits = rest.find_first_not_of("0123456789");
    if (digits != 2 || rest[digits] != '_' || access(entry.path().c_str(), X_OK) != 0) continue;
    programs.push_back(
        {entry.path().string(), rest.substr(rest[0] == '0' ? 1 : 0, rest[0] == '0' ? 1 : 2), rest.substr(3)});
  }
  std::ranges::sort(programs, {}, &ZooProgram::file);
  return programs;
}

std::vector<ZooProgram> zoo_programs() {
  std::string places;
  for (const fs::path& folder : zoo_folders()) {
    if (std::vector<ZooProgram> programs = programs_in(folder); !programs.empty()) return programs;
    places += fmt::format("{}{}", places.empty() ? "" : " nor in ", folder.string());
  }
  throw Error(
      fmt::format("[zoo] the networks' programs are neither in {}: they are built and installed with the option "
                  "-Dexamples=enabled",
                  places));
}

/// Each program says in its own words what it is.
void list_zoo() {
  std::fflush(stdout);
  for (const ZooProgram& program : zoo_programs()) {
    std::string file = program.file, option = "--about";
    const std::array<char*, 3> arguments{file.data(), option.data(), nullptr};
    pid_t child = 0;
    int status = 0;
    int error = posix_spawn(&child, file.c_str(), nullptr, nullptr, arguments.data(), environ);
    while (error == 0 && waitpid(child, &status, 0) < 0) error = errno == EINTR ? 0 : errno;
    if (error != 0) throw FileError(file, fmt::format("cannot be run: {}", std::strerror(error)));
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE) return;  // nobody reads on
    if (status != 0) throw FileError(file, "does not say what it is");
  }
}

/// This process becomes the program: what that prints and how it ends is all there is.
void run_network(const std::string& network, std::vector<std::string> options) {
  const std::vector<ZooProgram> programs = zoo_programs();
  const auto asked_for = [&](const ZooProgram& p) { return p.name == network || p.number == network; };
  const auto found = std::ranges::find_if(programs, asked_for);
  if (found == programs.end()) {
    std::vector<std::string_view> names;
    for (const ZooProgram& program : programs) names.emplace_back(program.name);
    const std::string advice = did_you_mean(network, names);
    throw UsageError(
        fmt::format("unknown network {}{}", in_quotes(network), advice.empty() ? "; 'gradus zoo' lists them" : advice));
  }
  std::string file = found->file;
  std::vector<char*> arguments{file.data()};
  for (std::string& text : options) arguments.push_back(text.data());
  arguments.push_back(nullptr);
  std::fflush(stdout);
  execv(file.c_str(), arguments.data());
  throw FileError(file, fmt::format("cannot be run: {}", std::strerror(errno)));
}

}  // namespace

Subcommand add_zoo(CLI::App& app) {
  CLI::App* sub = app.add_subcommand("zoo", "List thirty networks, or train one and hold it beside its bar");
  sub->prefix_command();  // what follows is for the program
  sub->footer(
      "gradus zoo                    the list\n"
      "gradus zoo NETWORK [OPTIONS]  by its name or number in the list; the exit status is 0 when it reaches its "
      "bar\n\n"
      "Options of every network:\n"
      "  --seed N                    other data and other weights\n"
      "  --draw FILE                 the graph of its loss or output with all gradients: .svg, .dot, .mmd or .json\n"
      "  --plot FILE                 what it has learnt, as .svg\n\n"
      "For example: gradus zoo hopfield --seed 2 --plot recall.svg");
  return {sub, [sub](Context&) {
            const std::vector<std::string> words = sub->remaining();
            if (words.empty()) return list_zoo();
            if (words[0].starts_with('-')) {
              throw UsageError(fmt::format("the network comes first, and {} behind it", in_quotes(words[0])));
            }
            run_network(words[0], {words.begin() + 1, words.end()});
          }};
}

}  // namespace gradus::command
