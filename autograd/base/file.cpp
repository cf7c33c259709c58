#include "autograd/base/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "autograd/base/error.h"
#include "autograd/base/huge_pages.h"

namespace gradus {

namespace {

[[noreturn]] void fail(const std::string& path, std::string_view what) {
  throw FileError(path, fmt::format("{}: {}", what, std::generic_category().message(errno)));
}

/// An open file, closed at the end of the scope.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] bool valid() const { return number_ >= 0; }
  /// Closes now, because closing is where a network file system reports that writing failed.
  bool close() { return ::close(std::exchange(number_, -1)) == 0; }

 private:
  int number_;
};

/// A file that is deleted again unless it is kept.
class Temporary {
 public:
  explicit Temporary(std::string path) : path_(std::move(path)) {}
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  ~Temporary() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }
  void keep() { path_.clear(); }

 private:
  std::string path_;
};

std::string read_all(int descriptor, const std::string& path) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) fail(path, "cannot read");
  // The size is a first guess only: pipes have none, and a file can grow while it is read.
  constexpr std::size_t step = std::size_t{1} << 16;
  const std::size_t expected = S_ISREG(status.st_mode) ? static_cast<std::size_t>(status.st_size) : 0;
  std::string text;
  text.reserve(expected + 1);
  detail::ask_for_huge_pages(text.data(), text.capacity());
  text.resize(expected + 1);
  std::size_t size = 0;
  while (true) {
    if (size == text.size()) text.resize(size + std::max(step, size / 2));
    const ssize_t count = ::read(descriptor, text.data() + size, text.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(path, "cannot read");
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  text.resize(size);
  return text;
}

bool write_all(int descriptor, std::string_view content) {
  while (!content.empty()) {
    const ssize_t count = ::write(descriptor, content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    content.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

/// Where symbolic links lead; the path itself when it does not exist yet.
std::string resolved(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), &std::free);
  return real ? std::string(real.get()) : path;
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

/// Opens a new file beside `target`, under a name that nobody uses and that is short enough for every file system.
int open_temporary(const std::string& target, std::string& name) {
  static std::atomic<unsigned> counter{0};
  int number = -1;
  do {
    name = fmt::format("{}/.gradus-{}-{}.tmp", folder_of(target), ::getpid(), counter++);
    number = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  } while (number < 0 && errno == EEXIST);
  return number;
}

/// The new file looks like the one it replaces.  Only root can give a file away, so that part may fail.
bool copy_mode(int descriptor, const struct stat& old) {
  [[maybe_unused]] const int ignored = ::fchown(descriptor, old.st_uid, old.st_gid);
  return ::fchmod(descriptor, old.st_mode & 07777) == 0;
}

void write_directly(const std::string& path, std::string_view content) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file.valid() || !write_all(file.number(), content) || !file.close()) fail(path, "cannot write");
}

/// So that the new name survives a power cut; not every file system can do it, and the file is complete either way.
void sync_folder(const std::string& path) {
  const Descriptor folder(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.valid()) ::fsync(folder.number());
}

void replace(const std::string& path, const std::string& target, std::string_view content,
             const std::optional<struct stat>& old) {
  std::string name;
  Descriptor file(open_temporary(target, name));
  if (!file.valid()) fail(path, "cannot write");
  Temporary temporary(name);
  const bool written = write_all(file.number(), content) && (!old || copy_mode(file.number(), *old)) &&
                       ::fsync(file.number()) == 0 && file.close();
  if (!written || ::rename(name.c_str(), target.c_str()) != 0) fail(path, "cannot write");
  temporary.keep();
  sync_folder(target);
}

/// What is there already, if anything.  Throws for a folder, and for what may not be written.
std::optional<struct stat> writable_status(const std::string& path, const std::string& target) {
  std::optional<struct stat> old(std::in_place);
  if (::stat(target.c_str(), &*old) != 0) return std::nullopt;
  if (S_ISDIR(old->st_mode)) {
    errno = EISDIR;
    fail(path, "cannot write");
  }
  // Renaming asks only the folder for permission, yet a file marked read-only is meant to stay.
  if (::access(target.c_str(), W_OK) != 0) fail(path, "cannot write");
  return old;
}

}  // namespace

std::string read_file(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) fail(path, "cannot read");
  return read_all(file.number(), path);
}

std::string read_input(const std::string& path) {
  return path == "-" ? read_all(STDIN_FILENO, "standard input") : read_file(path);
}

void write_file(const std::string& path, std::string_view content) {
  const std::string target = resolved(path);
  const std::optional<struct stat> old = writable_status(path, target);
  if (old && !S_ISREG(old->st_mode)) return write_directly(path, content);
  replace(path, target, content, old);
}

void check_writable(const std::string& path) {
  const std::string target = resolved(path);
  const std::optional<struct stat> old = writable_status(path, target);
  if (old && !S_ISREG(old->st_mode)) return;
  if (::access(folder_of(target).c_str(), W_OK | X_OK) != 0) fail(path, "cannot write");
}

}  // namespace gradus
