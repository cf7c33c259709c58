// Plots written in the formats that the command knows.
#pragma once
#include <string>

#include "autograd/plot/figure.h"
#include "tools/gradus/output/formats.h"
#include "tools/gradus/output/output_file.h"

namespace gradus::command {

/// Writes a figure to a file, or to standard output when the name is empty or "-".  Throws FileError, and what render()
/// throws for PNG and PDF.
void write_plot(const plot::Figure& figure, const std::string& file, const FileFormat& format);

}  // namespace gradus::command
