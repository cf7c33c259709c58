#include "autograd/tensor/rethrow.h"

#include <fmt/format.h>

#include <stdexcept>
#include <typeinfo>

#include "autograd/base/error.h"
#include "autograd/tensor/rule.h"

namespace gradus::detail {

namespace {

// Throws an E with the message when that is exactly what `error` is.
template <class E>
void throw_if(const std::exception& error, const std::string& message) {
  if (typeid(error) == typeid(E)) throw E(message);
}

template <class... E>
void throw_one_of(const std::exception& error, const std::string& message) {
  (throw_if<E>(error, message), ...);
}

}  // namespace

std::string described(const Record& record) {
  std::string out(record.rule == nullptr ? "leaf" : record.rule->name());
  if (record.named()) out += fmt::format(" '{}'", record.extra->name);
  return out;
}

void rethrow_in(std::string_view where) {
  try {
    throw;
  } catch (const std::exception& error) {
    const std::string message = fmt::format("{} (in {})", error.what(), where);
    throw_one_of<ShapeError, GraphError, ValueError, Error, std::runtime_error, std::logic_error, std::invalid_argument,
                 std::domain_error, std::length_error, std::out_of_range, std::range_error, std::overflow_error,
                 std::underflow_error>(error, message);
    throw;
  }
}

}  // namespace gradus::detail
