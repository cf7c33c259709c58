#include "autograd/base/file.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "autograd/base/error.h"
#include "tests/catch.h"

namespace fs = std::filesystem;
using gradus::FileError;
using gradus::read_file;
using gradus::write_file;

namespace {

/// An empty folder that goes away with its content.
class TemporaryFolder {
 public:
  TemporaryFolder() : path_(fs::temp_directory_path() / fmt::format("gradus_file_{}", ::getpid())) {
    fs::create_directory(path_);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { fs::remove_all(path_); }
  std::string operator/(const char* name) const { return (path_ / name).string(); }
  std::ptrdiff_t files() const { return std::distance(fs::directory_iterator(path_), fs::directory_iterator()); }

 private:
  fs::path path_;
};

mode_t mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

}  // namespace

TEST_CASE("file: what is written is read back", "[file]") {
  const TemporaryFolder folder;
  const std::string bytes("a\0\r\n\xff", 5);
  for (const std::string& content : {std::string(), bytes, std::string(300'000, 'x')}) {
    write_file(folder / "a", content);
    CHECK(read_file(folder / "a") == content);
  }
  CHECK(folder.files() == 1);
}

TEST_CASE("file: a name as long as the file system allows", "[file]") {
  const TemporaryFolder folder;
  const std::string path = folder / std::string(255, 'n').c_str();
  write_file(path, "text");
  CHECK(read_file(path) == "text");
}

TEST_CASE("file: permissions are kept, and new files follow the umask", "[file]") {
  const TemporaryFolder folder;
  const mode_t old = ::umask(027);
  write_file(folder / "new", "1");
  ::umask(old);
  CHECK(mode_of(folder / "new") == 0640);
  ::chmod((folder / "new").c_str(), 0604);
  write_file(folder / "new", "2");
  CHECK(mode_of(folder / "new") == 0604);
}

TEST_CASE("file: symbolic links stay links", "[file]") {
  const TemporaryFolder folder;
  write_file(folder / "target", "old");
  fs::create_symlink("target", folder / "link");
  write_file(folder / "link", "new");
  CHECK(fs::is_symlink(folder / "link"));
  CHECK(read_file(folder / "target") == "new");
}

TEST_CASE("file: devices are written to, not replaced", "[file]") {
  write_file("/dev/null", "text");
  CHECK(fs::is_character_file("/dev/null"));
  CHECK_THROWS_AS(write_file("/dev/full", "text"), FileError);
}

TEST_CASE("file: errors carry the path and the system's reason", "[file]") {
  const TemporaryFolder folder;
  CHECK_THROWS_WITH(read_file("no/such/file"), "no/such/file: cannot read: No such file or directory");
  CHECK_THROWS_WITH(read_file(folder / "."), test::ContainsSubstring("Is a directory"));
  CHECK_THROWS_WITH(write_file("no/such/file", ""), "no/such/file: cannot write: No such file or directory");
  CHECK_THROWS_WITH(write_file(folder / ".", ""), test::ContainsSubstring("Is a directory"));
  CHECK_THROWS_AS(write_file("", ""), FileError);
}

TEST_CASE("file: whether a file can be written is known before", "[file]") {
  const TemporaryFolder folder;
  CHECK_NOTHROW(gradus::check_writable(folder / "new"));
  CHECK(!std::filesystem::exists(folder / "new"));
  write_file(folder / "old", "text");
  CHECK_NOTHROW(gradus::check_writable(folder / "old"));
  CHECK(gradus::read_file(folder / "old") == "text");
  CHECK_NOTHROW(gradus::check_writable("/dev/null"));
  CHECK_THROWS_WITH(gradus::check_writable("no/such/file"), "no/such/file: cannot write: No such file or directory");
  CHECK_THROWS_WITH(gradus::check_writable(folder / "."), test::ContainsSubstring("Is a directory"));
}

TEST_CASE("file: a failure half-way leaves the old content and nothing else", "[file]") {
  const TemporaryFolder folder;
  write_file(folder / "a", "old");
  struct rlimit saved {};
  ::getrlimit(RLIMIT_FSIZE, &saved);
  struct rlimit small = saved;
  small.rlim_cur = 1000;
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ::setrlimit(RLIMIT_FSIZE, &small);
  CHECK_THROWS_WITH(write_file(folder / "a", std::string(5000, 'x')), test::ContainsSubstring("File too large"));
  ::setrlimit(RLIMIT_FSIZE, &saved);
  std::signal(SIGXFSZ, handler);
  CHECK(read_file(folder / "a") == "old");
  CHECK(folder.files() == 1);
}
