#include "autograd/tensor/anomaly.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>

#include "autograd/base/error.h"
#include "autograd/tensor/mode.h"
#include "autograd/tensor/rethrow.h"

namespace gradus {

using detail::mode;
using detail::rare_mode;

DetectAnomaly::DetectAnomaly(Place place)
    : place_before_(std::exchange(rare_mode().place, place)), before_(std::exchange(mode.watch, true)) {}
DetectAnomaly::~DetectAnomaly() {
  mode.watch = before_;
  rare_mode().place = place_before_;
}

Here::Here(Place place) : before_(std::exchange(rare_mode().place, place)) {}
Here::~Here() { rare_mode().place = before_; }

namespace detail {

namespace {

// The first element, in row-major order, that is wrong; −1 when none is.
template <class Wrong>
std::int64_t find_element(const Array& a, const Wrong& wrong) {
  if (!a.defined() || !a.has_data()) return -1;
  const Array flat = a.packed();
  return dispatch(a.dtype(), [&](auto zero) -> std::int64_t {
    const auto* numbers = flat.data<decltype(zero)>();
    for (std::int64_t i = 0; i < flat.size(); ++i) {
      if (wrong(numbers[i])) return i;
    }
    return -1;
  });
}

constexpr auto is_nan = [](auto x) { return std::isnan(x); };
constexpr auto is_not_finite = [](auto x) { return !std::isfinite(x); };

std::string recorded_at(const Place& place) {
  if (place.line == 0) return {};
  return fmt::format(", recorded at {}:{} in {}", place.file, place.line, place.function);
}

std::string number_at(const Array& a, std::int64_t i) {
  const double x = a.to_vector()[static_cast<std::size_t>(i)];
  return std::isnan(x) ? "NaN" : x < 0 ? "-inf" : "inf";
}

}  // namespace

bool watching() noexcept { return mode.watch; }

void check_result(std::string_view op, std::span<const Operand> arguments, const Array& result) {
  const std::int64_t at = find_element(result, is_nan);
  if (at < 0) return;
  std::string origin;
  for (std::size_t k = 0; k < arguments.size() && origin.empty(); ++k) {
    if (find_element(*arguments[k].value, is_nan) >= 0) origin = fmt::format("; argument {} has one already", k);
  }
  throw GraphError(fmt::format("[{}] element {} of its result {} is NaN{}{}", op, at, to_string(result.shape()), origin,
                               recorded_at(rare_mode().place)));
}

void check_cotangent(const Record& record, std::uint32_t k, const Array& cotangent) {
  const std::int64_t at = find_element(cotangent, is_not_finite);
  if (at < 0) return;
  throw GraphError(fmt::format("[{}] its backward pass gives element {} of argument {} the gradient {}{}",
                               described(record), at, k, number_at(cotangent, at),
                               record.extra != nullptr ? recorded_at(record.extra->place) : std::string()));
}

}  // namespace detail

}  // namespace gradus
