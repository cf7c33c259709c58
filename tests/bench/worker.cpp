#include "worker.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <memory>
#include <stdexcept>

extern char** environ;

namespace bench {

Worker::Worker(const std::string& program, const std::string& task, int threads) : program_(program) {
  std::signal(SIGPIPE, SIG_IGN);  // NOLINT: an engine that ends early is an error that is read, not a signal
  int in[2];
  int out[2];
  if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) throw std::runtime_error("no pipe to an engine");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  std::string name = program;
  char* arguments[] = {name.data(), nullptr};
  const int problem = posix_spawn(&process_, program.c_str(), &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  close(in[0]);
  close(out[1]);
  to_ = fdopen(in[1], "w");
  from_ = fdopen(out[0], "r");
  if (problem != 0) throw std::runtime_error(fmt::format("cannot start {}", program));
  if (ask(fmt::format("{} {}", threads, task)) != "ready")
    throw std::runtime_error(fmt::format("{} lacks it", program));
}

Worker::~Worker() {
  if (to_ != nullptr) std::fclose(to_);
  if (from_ != nullptr) std::fclose(from_);
  if (process_ > 0) waitpid(process_, nullptr, 0);
}

std::string Worker::ask(const std::string& line) {
  fmt::print(to_, "{}\n", line);
  std::fflush(to_);
  std::string answer;
  for (int c = std::fgetc(from_); c != '\n'; c = std::fgetc(from_)) {
    if (c == EOF) throw std::runtime_error(fmt::format("{} ended", program_));
    answer += static_cast<char>(c);
  }
  return answer;
}

Sample Worker::run(int times) {
  const std::string answer = ask(fmt::format("run {}", times));
  Sample out;
  if (std::sscanf(answer.c_str(), "%lf %lf", &out.ns, &out.result) != 2) throw std::runtime_error(answer);
  return out;
}

double Worker::peak_bytes() { return std::stod(ask("memory")); }

Contestant worker_contestant(const std::string& name, const std::string& program, const std::string& task, int threads,
                             std::optional<double> bar) {
  Contestant out;
  out.name = name;
  out.bar = bar;
  out.make_timed = [=]() -> Timed {
    return [worker = std::make_shared<Worker>(program, task, threads)](int times) { return worker->run(times); };
  };
  return out;
}

}  // namespace bench
