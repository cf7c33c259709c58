// An engine in a process of its own: each then has its own BLAS and its own threads, and none makes another's reference
// counts atomic.
#pragma once
#include <sys/types.h>

#include <cstdio>
#include <string>

#include "measure.h"

namespace bench {

/// The program of an engine (engine_main.cpp), started for one task.  Ends with its owner.
class Worker {
 public:
  /// Throws std::runtime_error when the program cannot be started or does not know the task.
  Worker(const std::string& program, const std::string& task, int threads);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Has it do the task a number of times in a row.
  Sample run(int times);
  /// The most memory that the process had in use during a few runs, beyond what it had before the task was set up.
  double peak_bytes();

 private:
  std::string ask(const std::string& line);

  std::string program_;
  pid_t process_ = -1;
  std::FILE* to_ = nullptr;
  std::FILE* from_ = nullptr;
};

/// The contestant of an engine.
Contestant worker_contestant(const std::string& name, const std::string& program, const std::string& task, int threads,
                             std::optional<double> bar = {});

}  // namespace bench
