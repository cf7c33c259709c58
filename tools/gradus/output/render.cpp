#include "tools/gradus/output/render.h"

#include <fmt/format.h>

#include <string_view>

#include "autograd/base/error.h"

#ifdef GRADUS_HAVE_GRAPHVIZ
#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "tools/gradus/output/renderer.h"
#include "tools/gradus/output/svg_labels.h"
#include "tools/gradus/output/svg_text.h"
#endif

namespace gradus::command {

namespace {

void check_format(std::string_view format) {
  if (format == "svg" || format == "png" || format == "pdf") return;
  throw ValueError(fmt::format("[draw] cannot draw as '{}': svg, png and pdf are possible", format));
}

}  // namespace

#ifdef GRADUS_HAVE_GRAPHVIZ

namespace {

constexpr std::string_view renderer = "--gradus-renderer";  // then the format
constexpr std::size_t longest_result = std::size_t{1} << 30U;
constexpr std::string_view advice =
    "; --max-nodes and --depth draw less, and a .dot file can be written without Graphviz";

const char* this_program = nullptr;  // as it was started

[[noreturn]] void fail_with_reason(std::string_view what, int error) {
  throw Error(fmt::format("[draw] {}: {}", what, std::strerror(error)));
}

/// A file descriptor that is closed here and not handed to other processes.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() { close(); }
  void close() {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
  }
  [[nodiscard]] int get() const { return number_; }

 private:
  int number_;
};

/// A stream between this process and the one that draws.  A socket, because writing to one that is closed at the other end
/// can be an error instead of a signal.
std::pair<Descriptor, Descriptor> stream() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) fail_with_reason("cannot open a socket", errno);
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

/// Starts this program once more, to draw what it reads from `in` and write it to `out`.
pid_t start(const std::string& format, const Descriptor& in, const Descriptor& out) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, in.get(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, out.get(), STDOUT_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t signals;
  sigemptyset(&signals);
  posix_spawnattr_setsigmask(&attributes, &signals);
  for (const int signal : {SIGALRM, SIGXCPU, SIGSEGV, SIGABRT, SIGPIPE}) sigaddset(&signals, signal);
  posix_spawnattr_setsigdefault(&attributes, &signals);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::string arguments[] = {"gradus", std::string(renderer), format};
  char* argv[] = {arguments[0].data(), arguments[1].data(), arguments[2].data(), nullptr};
  pid_t child = 0;
  int error = posix_spawn(&child, "/proc/self/exe", &files, &attributes, argv, environ);
  if (error != 0) error = posix_spawnp(&child, this_program, &files, &attributes, argv, environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  if (error != 0) fail_with_reason("cannot start a process", error);
  return child;
}

/// What the other end does not want any more is not sent: its exit status says why.
void send_all(int to, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::string read_all(int from, pid_t child) {
  std::string all;
  std::array<char, 65536> buffer{};
  for (;;) {
    const ssize_t n = read(from, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return all;
    all.append(buffer.data(), static_cast<std::size_t>(n));
    if (all.size() > longest_result) kill(child, SIGKILL);
  }
}

int wait_for(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) fail_with_reason("cannot wait for Graphviz", errno);
  }
  return status;
}

void check_end(int status, std::string_view message) {
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    const bool slow = signal == SIGXCPU || signal == SIGALRM || signal == SIGKILL;
    throw Error(slow ? fmt::format("[draw] the graph is too large: Graphviz did not finish within its limits{}", advice)
                     : fmt::format("[draw] Graphviz crashed or ran out of memory (signal {}){}", signal, advice));
  }
  if (WEXITSTATUS(status) == 0) return;
  while (message.ends_with('\n')) message.remove_suffix(1);
  throw Error(fmt::format("[draw] Graphviz {}", message.empty() ? "gave up" : message));
}

/// How deep braces lie in each other, outside quoted texts and those in angle brackets.
int deepest_nesting(std::string_view dot) {
  int deepest = 0, braces = 0, angles = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < dot.size(); ++i) {
    const char c = dot[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
    } else if (angles > 0) {
      angles += c == '<' ? 1 : c == '>' ? -1 : 0;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '<') {
      angles = 1;
    } else if (c == '{') {
      deepest = std::max(deepest, ++braces);
    } else if (c == '}') {
      --braces;
    }
  }
  return deepest;
}

}  // namespace

void draw_if_asked(int argc, char** argv) {
  this_program = argc > 0 ? argv[0] : "";
  if (argc == 3 && argv[1] == renderer) _exit(draw_standard_input(argv[2]));
}

namespace {

std::string drawn(const std::string& dot, const std::string& format) {
  if (this_program == nullptr) throw Error("[draw] this program cannot draw: it has to begin with draw_if_asked()");
  // The outermost brace is the graph's own.
  if (const int nested = deepest_nesting(dot) - 1; nested > most_nested_clusters) {
    throw ValueError(fmt::format("[draw] boxes lie {} deep in each other, and Graphviz takes {} at most{}", nested,
                                 most_nested_clusters, advice));
  }
  auto [text, text_end] = stream();
  auto [drawing_end, drawing_start] = stream();
  const pid_t child = start(format, text_end, drawing_start);
  text_end.close();
  drawing_start.close();
  send_all(text.get(), dot);
  text.close();
  const std::string drawing = read_all(drawing_end.get(), child);
  check_end(wait_for(child), drawing);
  return drawing;
}

}  // namespace

std::string render(const std::string& dot, const std::string& format) {
  check_format(format);
  const std::string drawing = drawn(dot, format);
  return format == "svg" ? with_labels_aside(with_joined_lines(drawing)) : drawing;
}

std::string render_outlined(const std::string& dot) { return drawn(dot, "svg:cairo"); }

#else

void draw_if_asked(int, char**) {}

std::string render(const std::string&, const std::string& format) {
  check_format(format);
  throw ValueError("[draw] this build has no Graphviz: write a .dot file, which needs none, and draw it elsewhere");
}

std::string render_outlined(const std::string& dot) { return render(dot, "svg"); }

#endif

}  // namespace gradus::command
