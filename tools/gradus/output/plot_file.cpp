#include "tools/gradus/output/plot_file.h"

#include "tools/gradus/output/render.h"

namespace gradus::command {

void write_plot(const plot::Figure& figure, const std::string& file, const FileFormat& format) {
  if (format.name == "svg") return write_output(to_svg(figure), file);
  write_output(render(to_dot(figure), std::string(format.name)), file);
}

}  // namespace gradus::command
