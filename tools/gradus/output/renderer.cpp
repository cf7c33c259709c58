// The process that draws: limits for itself, a DOT text in, a drawing out.
#include "tools/gradus/output/renderer.h"

#ifdef GRADUS_HAVE_GRAPHVIZ
#include <gvc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <string>

namespace gradus::command {

namespace {

constexpr rlim_t seconds_of_computing = 60;
constexpr unsigned seconds_at_most = 300;  // also when it waits for something
constexpr rlim_t memory = rlim_t{4} << 30U;

std::string& complaints() {  // what Graphviz said
  static std::string all;
  return all;
}

int listen(char* message) {
  if (complaints().size() < 2000) complaints() += message;
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
  alarm(seconds_at_most);
}

std::string read_all(int from) {
  std::string all;
  std::array<char, 65536> buffer{};
  for (;;) {
    const ssize_t n = read(from, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return all;
    all.append(buffer.data(), static_cast<std::size_t>(n));
  }
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

int fail(const std::string& message) {
  write_all(STDOUT_FILENO, message.data(), message.size());
  return cannot_draw;
}

}  // namespace

int draw_standard_input(const char* format) {
  set_limits();
  const std::string dot = read_all(STDIN_FILENO);
  agseterrf(listen);
  GVC_t* context = gvContext();
  Agraph_t* graph = agmemread(dot.c_str());
  if (graph == nullptr) return fail("cannot read the DOT text: " + complaints());
  if (gvLayout(context, graph, "dot") != 0) return fail("cannot lay the graph out: " + complaints());
  char* drawing = nullptr;
  unsigned size = 0;
  if (gvRenderData(context, graph, format, &drawing, &size) != 0 || drawing == nullptr || size == 0) {
    return fail("cannot draw: " + complaints());
  }
  // A label that Graphviz cannot read is not drawn, and the rest is.
  if (complaints().find("syntax error") != std::string::npos) return fail("cannot read a label: " + complaints());
  return write_all(STDOUT_FILENO, drawing, size) ? 0 : cannot_draw;
}

}  // namespace gradus::command

#endif
