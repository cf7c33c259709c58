// The process that draws: limits for itself, a DOT text in, a drawing out.
#include "tools/gradus/output/renderer.h"

#ifdef GRADUS_HAVE_GRAPHVIZ
#include <gvc.h>
#include <gvplugin_textlayout.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <string>
#include <string_view>

#include "tools/gradus/output/font_widths.h"
#include "tools/gradus/output/svg_text.h"

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

/// Gives a text its place in a drawing whose reader has other fonts than this machine: as much as the widest takes.
template <class Result>
Result reserve_place(textspan_t* span, char**) {
  const textfont_t& font = *span->font;
  const Face face = face_of(font.name == nullptr ? "" : font.name, (font.flags & HTML_BF) != 0);
  span->size.x = widest_text(span->str, face, font.size);
  span->size.y = 1.2 * font.size;
  span->yoffset_layout = 0.0;
  span->yoffset_centerline = 0.2 * font.size;
  span->layout = nullptr;
  span->free_layout = nullptr;
  return static_cast<Result>(1);
}

/// Pictures made of pixels or outlines carry their letters along, and are laid out in the fonts that they are drawn in.
GVC_t* context_for(std::string_view format) {
  if (format != "svg") return gvContext();
  static gvtextlayout_engine_t engine{reserve_place};
  static char type[] = "textlayout", package[] = "gradus";
  constexpr int before_all_others = 1000;
  static gvplugin_installed_t engines[] = {{0, type, before_all_others, &engine, nullptr},
                                           {0, nullptr, 0, nullptr, nullptr}};
  static gvplugin_api_t apis[] = {{API_textlayout, engines}, {static_cast<api_t>(0), nullptr}};
  static gvplugin_library_t library{package, apis};
  const lt_symlist_t built_in[] = {{"gvplugin_gradus_LTX_library", &library}, {nullptr, nullptr}};
  constexpr int load_others_too = 1;
  return gvContextPlugins(built_in, load_others_too);
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
  GVC_t* context = context_for(format);
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
