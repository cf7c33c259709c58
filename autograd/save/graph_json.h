// Graphs as JSON: what was drawn can be kept, read by other programs, and run again.  The schema, version 1:
//
//   {"format": "gradus-graph", "version": 1,
//    "slots":   [{"id": "input_1", "name": "x", "role": "input", "dtype": "float64", "shape": [2], "differentiated": true,
//                 "value": [1.0, 2.0], "gradient": [0.5, 0.5], "module": 0, "formula": "x"}, …],
//    "steps":   [{"op": "matmul", "arguments": [0, 1], "result": 2, "attributes": {"transpose_a": false, …},
//                 "derivatives": [0.5, null]}, …],
//    "modules": [{"name": "layer1", "kind": "Linear", "note": "2 → 16, 48 parameters", "parent": null}, …],
//    "outputs": [2]}
//
// Slots, steps and modules are numbered from 0.  A step reads slots that come before its result; the slot of a result
// names no step, a step names its result.  Numbers are in row-major order, each in the fewest digits that read back as
// the same bits; what JSON has no number for is "nan", "inf" or "-inf".  null: not known, or not computed.
// "value" of a result, "gradient", "derivatives" and "formula" are for other readers: Gradus checks that they are numbers
// or text, as many as there should be, and computes them again from the leaves, whatever they say.
// Of a slot, "id", "name", "differentiated", "value" of a result, "gradient", "module" and "formula" may be missing; of a
// step, "attributes" and "derivatives".  A module of kind "loss" is a loss (ModuleRole) unless it has "loss": false.  An op
// of the user's that has the name of one of Gradus's is "custom:matmul".  Roles: input, parameter, constant, value, activation, output, loss.
#pragma once
#include <string>
#include <string_view>

#include "../base/export.h"
#include "../graph/graph.h"

namespace gradus {

/// The graph as JSON, with all values and gradients it has.  The same graph gives the same bytes.  Any graph can be
/// written; one with a step that only gradients use, or with a function of the user's, cannot be read again.
[[nodiscard]] GRADUS_API std::string to_json(const Graph& graph);

/// The graph that to_json wrote, recorded again from its leaves: it can be drawn, derived, run and differentiated.  Values
/// of results are computed, not read; gradients are computed when the file has some.  `path` stands in messages.
/// The text is not trusted: all of it is checked before anything is computed.  Throws FileError, with the place in the
/// text or the slot or step, for what is no JSON, another format or version, steps that form a cycle or are out of order,
/// ops that do not exist, attributes or shapes that do not fit, and more than 2^28 numbers in all slots together or
/// 10^11 products in one step.
[[nodiscard]] GRADUS_API Graph from_json(std::string_view text, const std::string& path = "graph");

}  // namespace gradus
