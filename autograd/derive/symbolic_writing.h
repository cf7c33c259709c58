// How results in letters are written: (a − y)·a·(1 − a)·x.
#pragma once
#include <functional>

#include "../math/formula.h"
#include "symbolic_algebra.h"

namespace gradus::detail {

/// The name of a slot's value in a result.
using LetterOf = std::function<Formula(int slot)>;

/// Expressions are small (symbolic_algebra.cpp bounds their size), so writing one may recurse.
[[nodiscard]] Formula written(const Algebra& algebra, const Product& product, const LetterOf& letter);

}  // namespace gradus::detail
