// Derivations as JSON, for other programs to show.
//
// {"format": "gradus-derivation", "version": 1, "title": "…", "digits": 6,
//  "output": "mul_1",
//  "symbols": [{"slot": "mul_1", "symbol": "y", "text": "y", "latex": "y", "mathml": "<mrow>…", "name": "",
//               "role": "output", "shape": [], "value": ARRAY, "gradient": ARRAY}, …],
//  "steps": [{"number": 1, "phase": "forward", "title": "Multiply x by w", "text": "…",
//             "equations": [{"sides": [FORMULA, …], "signs": ["=", …], "symbolic": 2, "shapes": "",
//                            "reason": ""}, …],
//             "slots": ["mul_1"], "edges": [{"from": "input_1", "to": "mul_1", "argument": 0}, …],
//             "values": ["mul_1"], "gradients": []}, …],
//  "checks": [{"slot": "input_1", "gradient": ARRAY, "difference": ARRAY}, …],
//  "update": {"learning_rate": 0.1, "of": "parameters", "leaves": [{"slot": "parameter_1", "before": ARRAY, "gradient": ARRAY,
//             "after": ARRAY}, …], "before": 2.0, "after": 1.5},
//  "order": {"meeting": "input_1", "uses": ["mul_1", "sin_1"], "slots": ["input_1", …],
//            "walks": [{"walk": "topological", "finished": true, "hop_count": 4,
//                       "hops": [{"from": "add_1", "to": "mul_1", "gradient": 1.0, "derivative": 1.0, "before": 0.0,
//                                 "after": 1.0}, …],
//                       "gradients": [5.0, …], "wrong": [false, …]}, …]}}
//
// A slot is named by its id, which is unique in the graph and the same on every run.
// FORMULA is {"text": "xw", "latex": "x w", "mathml": "<mrow>…</mrow>"}: Unicode, LaTeX's math mode with amsmath, and the
// content of a <math> element.
// ARRAY is {"shape": [2, 3], "data": [1.0, …]}, row by row, or null where the numbers are not known; a number that JSON has no
// word for is "nan", "inf" or "-inf".
// role: input, parameter, constant, value, activation, output or loss.  phase: forward, backward or
// update.
// checks: the difference is nan where the function or its slope is not finite, there or right beside it.
// sides: what is equal, from left to right.  The first `symbolic` of them are made of symbols, the others of numbers.
// signs: what stands between them; "≈" where something was rounded and the sides do not agree as they are printed.
// values, gradients: what is known from this step on.
// update: there where it was asked for.  "of" is parameters, or leaves when there are none; before and after are the output's,
// or the sum of its numbers; after is null for a graph that cannot be run again.
// order: there where it was asked for.  walk: topological, overwriting, naive-recursion or visited-once (derivation_order.h).
// Of the hops the first 1,000 are there.  "gradients" and "wrong" have a place for each of "slots".
//
// The version grows when a member changes its meaning or goes; members that are added leave it as it is.
#pragma once
#include <string>
#include <string_view>

#include "../../base/export.h"
#include "../../graph/graph.h"
#include "../derivation.h"
#include "derivation_style.h"

namespace gradus {

/// As described above; always well-formed, whatever bytes names and title are made of.  The same derivation gives the same
/// bytes.
[[nodiscard]] GRADUS_API std::string to_json(const Graph& graph, const Derivation& derivation,
                                             const DerivationStyle& style = {});
[[nodiscard]] inline std::string to_json(const Graph& graph, const Derivation& derivation, std::string_view title) {
  return to_json(graph, derivation, DerivationStyle{std::string(title)});
}

}  // namespace gradus
