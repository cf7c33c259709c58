// The figures on a page about a training run: their drawings at the last epoch, and what changes in them.
#pragma once
#include <string>
#include <vector>

#include "tools/gradus/page/training_page.h"
#include "tools/gradus/page/training_record.h"

namespace gradus::command {

struct TrainingFigures {
  std::string html;  // <figure>s
  /// Of each state, as JSON: "loss":[x,y],"cursor":x, "fit":"…" or "cells":"…","boundary":"…" where there are data
  /// to show, and what network_figure() says where the network is drawn.
  std::vector<std::string> changes;
  std::string palette;  // of the cells, as JSON: {"0":"#ffffff", …}
};

[[nodiscard]] TrainingFigures training_figures(const TrainingFacts& facts, const TrainingRecord& record);

}  // namespace gradus::command
