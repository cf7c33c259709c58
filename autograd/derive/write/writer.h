// How derivations are written down: one walk over the steps, their equations and the closing tables.  A writer says how
// each of them looks; derivation_formats.h lists the writers there are.
#pragma once
#include <fmt/format.h>

#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "../../graph/graph.h"
#include "../derivation.h"
#include "derivation_style.h"
#include "derivation_tables.h"

namespace gradus {

class DerivationWriter {
 public:
  /// Graph and derivation must outlive the writer.
  DerivationWriter(const Graph& graph, const Derivation& derivation, DerivationStyle style = {})
      : graph_(graph), derivation_(derivation), style_(std::move(style)) {}
  DerivationWriter(const DerivationWriter&) = delete;
  DerivationWriter& operator=(const DerivationWriter&) = delete;
  virtual ~DerivationWriter();

  /// All of it, in the order of the functions below.
  [[nodiscard]] std::string write();

 protected:
  /// Before everything: a title, a preamble.
  virtual void begin() = 0;
  /// What is derived, before the steps, and the answer, behind the tables.
  virtual void statement(const DerivationStatement& statement, bool before_steps) = 0;
  /// Steps of one phase follow, from this number on; the first step is number 1.
  virtual void begin_phase(Phase phase, int number) = 0;
  virtual void end_phase() {}
  virtual void begin_step(const DerivationStep& step, int number) = 0;
  /// One line of the step.
  virtual void equation(const Equation& equation) = 0;
  virtual void end_step(const DerivationStep& /*step*/) {}
  virtual void table(const DerivationTable& table) = 0;
  virtual void end() {}

  /// "Forward": what stands above the steps of a phase.
  [[nodiscard]] static std::string_view heading_of(Phase phase);

  [[nodiscard]] const Graph& graph() const noexcept { return graph_; }
  [[nodiscard]] const Derivation& derivation() const noexcept { return derivation_; }
  [[nodiscard]] const DerivationStyle& style() const noexcept { return style_; }

  template <class... X>
  void print(fmt::format_string<X...> format, X&&... x) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<X>(x)...);
  }

 private:
  const Graph& graph_;
  const Derivation& derivation_;
  DerivationStyle style_;
  std::string out_;
};

}  // namespace gradus
