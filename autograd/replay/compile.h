// compile(f): a function on tensors that is traced once and then replayed, with the same bits, from a plan.
//
//   auto step = compile([&](const Tensor& x, const Tensor& y) {
//     const Tensor loss = nn::mse_loss(model(x), y);
//     loss.backward();
//     return loss;
//   });
//   for (…) { optimizer.zero_grad();  step(x, y);  optimizer.step(); }
//
// The first call runs f on variables of its own that stand for the arguments, and makes a plan of every op that depends
// on them or on a variable that f captures (graph.h says what a plan does).  Arguments of other shapes or dtypes trace f
// again, and so does a leaf in place of a constant where backward() inside reaches it.  64 plans are kept, and one gives
// way when 256 calls did without it; other arguments run f as it is meanwhile.  traces() and eager_calls() tell.
//
//   - grad, value_and_grad, vjp, jvp, jacobian, hessian, backward() and zero_grad() all work inside.  What backward() adds
//     to the .grad() of captured leaves, and of arguments that are leaves, every call adds.
//   - Variables and parameters that f captures have their value at the time of each call.
//   - Keys may be arguments beside the tensors: uniform(), normal() and the like with such a key, or a part of it, draw
//     anew in each call.
//   - What else f captures or computes from no argument (C++ numbers, constants, labels, random numbers of other keys, which way an `if`
//     goes) is as it was when f was traced: pass what changes as an argument.
//   - f may not look at numbers that depend on the arguments: item(), to_vector() and argmax() are errors while f is
//     traced, and so are set_value(), .grad(), gradient hooks, custom_op with functions, and checkpoint.  The checks that
//     a loss makes of its arguments are made then only.
//   - Results are constants: no gradient passes through a compiled function.  Inside another compiled function it is
//     simply f.
#pragma once
#include <array>
#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "../array/random.h"
#include "../base/export.h"
#include "../differentiate/function.h"
#include "../differentiate/struct_args.h"
#include "../differentiate/transforms.h"
#include "plan_size.h"

namespace gradus {

namespace detail {

inline std::vector<Tensor> as_list(ValueAndGrad y) {
  std::vector<Tensor> list{std::move(y.value)};
  list.insert(list.end(), std::make_move_iterator(y.gradients.begin()), std::make_move_iterator(y.gradients.end()));
  return list;
}

inline std::vector<Tensor> as_list(ValueWithGrad y) { return {std::move(y.value), std::move(y.gradient)}; }

/// What as_list took apart.
template <class R>
struct FromList {
  static R make(std::vector<Tensor> list) {
    if constexpr (std::same_as<R, Tensor>) {
      return std::move(list[0]);
    } else {
      return list;
    }
  }
};
template <std::size_t N>
struct FromList<std::array<Tensor, N>> {
  static std::array<Tensor, N> make(std::vector<Tensor> list) {
    std::array<Tensor, N> out;
    std::move(list.begin(), list.end(), out.begin());
    return out;
  }
};
template <>
struct FromList<ValueWithGrad> {
  static ValueWithGrad make(std::vector<Tensor> list) { return {std::move(list[0]), std::move(list[1])}; }
};
template <>
struct FromList<ValueAndGrad> {
  static ValueAndGrad make(std::vector<Tensor> list) {
    return {list[0], std::vector<Tensor>(list.begin() + 1, list.end())};
  }
};

/// The plans of one compiled function.
class GRADUS_API Compiler {
 public:
  Compiler();
  ~Compiler();
  /// f reads the keys from where `keys` looks.
  std::vector<Tensor> run(const Function& f, TensorList x, std::span<gradus::Key> keys = {});
  [[nodiscard]] std::size_t traces() const;
  [[nodiscard]] std::size_t eager_calls() const;
  [[nodiscard]] PlanSize plan_size() const;

 private:
  class Plans;
  std::unique_ptr<Plans> plans_;
};

/// What may be an argument of a compiled function.
template <class X>
concept CompileArgument = std::same_as<X, Tensor> || std::same_as<X, gradus::Key> || TensorStruct<X>;

/// Puts a function's arguments together again, one after the other, from the tensors and keys that were taken from them.
class Reassembly {
 public:
  Reassembly(TensorList tensors, std::span<const gradus::Key> keys) : tensors_(tensors), keys_(keys) {}

  template <CompileArgument X>
  X next(const X& like) {
    if constexpr (std::same_as<X, gradus::Key>) {
      return keys_[next_key_++];
    } else if constexpr (std::same_as<X, Tensor>) {
      return tensors_[next_tensor_++];
    } else {
      const std::size_t first = next_tensor_;
      for_each_tensor(like, [&](const Tensor&) { ++next_tensor_; });
      return with_tensors(like, tensors_.subspan(first, next_tensor_ - first));
    }
  }

 private:
  TensorList tensors_;
  std::span<const gradus::Key> keys_;
  std::size_t next_tensor_ = 0, next_key_ = 0;
};

template <class F, class... X>
concept Compilable = std::is_void_v<std::invoke_result_t<F&, const X&...>> || requires(F& f, const X&... x) {
  as_list(f(x...));
};

}  // namespace detail

/// What compile() returns.  Copies share the plans.  Different threads may call one at once, as far as adding to .grad()
/// allows; f itself is run by one at a time.
template <class F>
class Compiled {
 public:
  explicit Compiled(F f) : state_(std::make_shared<State>(std::move(f))) {}

  /// f(x…), for tensors, structs of them (struct_args.h) and keys: what f returns, a Tensor, a std::vector or std::array of
  /// them, a ValueAndGrad, or nothing.  Throws what f throws, and GraphError for what cannot be compiled (above).
  template <detail::CompileArgument... X>
  requires detail::Compilable<F, X...>
  auto operator()(const X&... x) const {
    std::vector<Tensor> tensors;
    std::vector<gradus::Key> keys;
    [[maybe_unused]] const auto take = [&]<class A>(const A& a) {
      if constexpr (std::same_as<A, gradus::Key>) {
        keys.push_back(a);
      } else {
        detail::for_each_tensor(a, [&](const Tensor& t) { tensors.push_back(t); });
      }
    };
    (take(x), ...);
    const auto call = [&](TensorList t) {
      [[maybe_unused]] detail::Reassembly all(t, keys);
      const std::tuple<X...> arguments{all.next(x)...};  // in braces: in this order
      return std::apply(state_->f, arguments);
    };
    return run<std::invoke_result_t<F&, const X&...>>(call, tensors, keys);
  }
  /// The same for an f that takes a list.
  auto operator()(TensorList x) const requires detail::Compilable<F, TensorList> {
    return run<std::invoke_result_t<F&, TensorList>>([&f = state_->f](TensorList t) { return f(t); }, x, {});
  }

  /// How often f was traced.
  [[nodiscard]] std::size_t traces() const { return state_->compiler.traces(); }
  /// How often f was run as it is, since all plans were for other arguments and in use: what changes from call to call
  /// would better be padded to fewer shapes.
  [[nodiscard]] std::size_t eager_calls() const { return state_->compiler.eager_calls(); }
  /// The plan that was used last.
  [[nodiscard]] PlanSize plan_size() const { return state_->compiler.plan_size(); }

 private:
  struct State {
    explicit State(F function) : f(std::move(function)) {}
    F f;
    detail::Compiler compiler;
  };

  template <class R, class Call>
  auto run(const Call& call, TensorList x, std::span<gradus::Key> keys) const {
    const detail::Function f = [&](TensorList t) {
      if constexpr (std::is_void_v<R>) {
        call(t);
        return std::vector<Tensor>();
      } else {
        return detail::as_list(call(t));
      }
    };
    if constexpr (std::is_void_v<R>) {
      state_->compiler.run(f, x, keys);
    } else {
      return detail::FromList<std::remove_cvref_t<R>>::make(state_->compiler.run(f, x, keys));
    }
  }

  std::shared_ptr<State> state_;
};

namespace by_name {

/// A function that does what f does, faster from its second call on.
template <class F>
[[nodiscard]] Compiled<F> compile(F f) {
  return Compiled<F>(std::move(f));
}

}  // namespace by_name

}  // namespace gradus
