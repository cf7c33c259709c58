#include "tools/gradus/output/render.h"

#include <fmt/format.h>

#include <string_view>

#include "autograd/base/error.h"

#ifdef GRADUS_HAVE_GRAPHVIZ
#include <gvc.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <memory>
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

constexpr rlim_t seconds_of_computing = 60;
constexpr unsigned seconds_at_most = 300;  // also when it waits for something
constexpr rlim_t memory = rlim_t{4} << 30U;
constexpr std::size_t longest_result = std::size_t{1} << 30U;
constexpr int cannot_draw = 1;  // exit status; the message is written instead of a drawing

// --------------------------------------------------------------------------------------------------- in the child
// process

std::string complaints;  // what Graphviz said

int listen(char* message) {
  if (complaints.size() < 2000) complaints += message;
  return 0;
}

/// What the process has mapped already, in bytes: address space reserved by the engine counts against the limit.
rlim_t mapped_memory() {
  unsigned long long pages = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%llu", &pages) != 1) pages = 0;
    std::fclose(file);
  }
  return pages * static_cast<rlim_t>(sysconf(_SC_PAGESIZE));
}

void set_limits() {
  const auto limit = [](auto resource, rlim_t amount) {
    const rlimit both{amount, amount};
    setrlimit(resource, &both);
  };
  limit(RLIMIT_CPU, seconds_of_computing);
  limit(RLIMIT_AS, mapped_memory() + memory);
  limit(RLIMIT_CORE, 0);
  for (const int signal : {SIGALRM, SIGXCPU, SIGSEGV, SIGABRT}) std::signal(signal, SIG_DFL);
  alarm(seconds_at_most);
}

bool write_all(int to, const char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t written = write(to, bytes, size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes += written;
    size -= static_cast<std::size_t>(written);
  }
  return true;
}

int fail(int to, const std::string& message) {
  write_all(to, message.data(), message.size());
  return cannot_draw;
}

/// Draws, and writes the drawing or why there is none to a pipe.  Everything is freed by the end of the process.
int draw(const std::string& dot, const std::string& format, int to) {
  set_limits();
  agseterrf(listen);
  GVC_t* context = gvContext();
  Agraph_t* graph = agmemread(dot.c_str());
  if (graph == nullptr) return fail(to, "cannot read the DOT text: " + complaints);
  if (gvLayout(context, graph, "dot") != 0) return fail(to, "cannot lay the graph out: " + complaints);
  char* drawing = nullptr;
  unsigned size = 0;
  if (gvRenderData(context, graph, format.c_str(), &drawing, &size) != 0 || drawing == nullptr || size == 0) {
    return fail(to, "cannot draw: " + complaints);
  }
  // A label that Graphviz cannot read is not drawn, and the rest is.
  if (complaints.find("syntax error") != std::string::npos) return fail(to, "cannot read a label: " + complaints);
  return write_all(to, drawing, size) ? 0 : cannot_draw;
}

// -------------------------------------------------------------------------------------------------- in the parent
// process

[[noreturn]] void fail_with_reason(std::string_view what) {
  throw Error(fmt::format("[draw] {}: {}", what, std::strerror(errno)));
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
    if (errno != EINTR) fail_with_reason("cannot wait for Graphviz");
  }
  return status;
}

void check_end(int status, std::string_view message) {
  constexpr std::string_view advice =
      "; --max-nodes and --depth draw less, and a .dot file can be written without Graphviz";
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

}  // namespace

std::string render(const std::string& dot, const std::string& format) {
  check_format(format);
  int ends[2];
  if (pipe(ends) != 0) fail_with_reason("cannot open a pipe");
  std::fflush(nullptr);  // what is buffered must not be written twice
  const pid_t child = fork();
  if (child < 0) {
    close(ends[0]);
    close(ends[1]);
    fail_with_reason("cannot start a process");
  }
  if (child == 0) {
    close(ends[0]);
    _exit(draw(dot, format, ends[1]));
  }
  close(ends[1]);
  std::string drawing = read_all(ends[0], child);
  close(ends[0]);
  check_end(wait_for(child), drawing);
  return drawing;
}

#else

std::string render(const std::string&, const std::string& format) {
  check_format(format);
  throw ValueError("[draw] this build has no Graphviz: write a .dot file, which needs none, and draw it elsewhere");
}

#endif

}  // namespace gradus::command
