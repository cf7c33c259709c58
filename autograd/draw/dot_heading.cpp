#include "autograd/draw/dot_heading.h"

#include <fmt/format.h>

#include <cstddef>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include "autograd/base/escape.h"
#include "autograd/base/utf8.h"

namespace gradus {

namespace {

bool has_title(const DotStyle& style) { return !style.title.empty() || !style.subtitle.empty(); }

bool has_legend_of_roles(const Drawing& drawing, const DotStyle& style) {
  return style.legend && style.coloring == Coloring::role && drawing.drawn_roles().size() > 1;
}

class Heading {
 public:
  Heading(std::string& out, const Drawing& drawing, const DotStyle& style, const palette::Page& page)
      : out_(out), drawing_(drawing), style_(style), page_(page) {}

  void write() {
    out_ += R"(, label=<<TABLE BORDER="0" CELLSPACING="0" CELLPADDING="0">)";
    if (has_title(style_)) title_line();
    if (const std::string& message = drawing_.view().size().left_out; !message.empty()) {
      line_of_heading(message);
    }
    if (has_title(style_) && drawing_.scalar() && !drawing_.arrows().empty()) explain_edges();
    if (has_legend_of_roles(drawing_, style_)) legend_of_roles();
    if (style_.coloring == Coloring::gradient) legend_of_gradients();
    print(R"(<TR><TD HEIGHT="{}"></TD></TR></TABLE>>)", drawing_.scalar() ? 14 : 16);
  }

 private:
  template <class... X>
  void print(fmt::format_string<X...> format, X&&... x) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<X>(x)...);
  }

  void title_line() {
    out_ += R"(<TR><TD ALIGN="LEFT">)";
    if (!style_.title.empty()) {
      print(R"(<FONT POINT-SIZE="20" COLOR="{}"><B>{}</B></FONT>)", page_.title, text::html_label(style_.title));
    }
    if (!style_.subtitle.empty()) {
      print(R"(<FONT POINT-SIZE="{}" COLOR="{}">{}{}</FONT>)", drawing_.scalar() ? 16 : 14, page_.subtitle,
            style_.title.empty() ? "" : "    ", text::html_label(style_.subtitle));
    }
    out_ += "</TD></TR>";
  }

  /// Of boxes in one line; without a width of its own it would be stretched to that of the title.
  void begin_legend(std::size_t letters, std::size_t boxes) {
    print(
        R"(<TR><TD ALIGN="LEFT" HEIGHT="34"><TABLE BORDER="0" CELLBORDER="0" CELLSPACING="4" CELLPADDING="3" ALIGN="LEFT" )"
        R"(FIXEDSIZE="TRUE" HEIGHT="32" WIDTH="{}"><TR>)",
        7 * letters + 13 * boxes + 8);
  }
  void swatch(const palette::Ink& ink, std::string_view words) {
    print(R"(<TD BORDER="1" COLOR="{}" BGCOLOR="{}"><FONT POINT-SIZE="11" COLOR="{}">{}</FONT></TD>)", ink.border,
          ink.fill, ink.text, words);
  }
  void end_legend() { out_ += "</TR></TABLE></TD></TR>"; }
  void line_of_heading(std::string_view words) {
    print(R"(<TR><TD ALIGN="LEFT" HEIGHT="22"><FONT POINT-SIZE="11" COLOR="{}">{}</FONT></TD></TR>)", page_.subtitle,
          text::html_label(words));
  }

  void legend_of_roles() {
    std::size_t letters = 0;
    const std::vector<Role> roles = drawing_.drawn_roles();
    for (const Role role : roles) letters += name_of(role).size();
    begin_legend(letters, roles.size());
    for (const Role role : roles) swatch(palette::ink_of(role), name_of(role));
    end_legend();
  }

  void legend_of_gradients() {
    constexpr std::string_view factors[] = {"0", "≤ 1/1000", "1/100", "1/10", "1", "10", "100", "≥ 1000"};
    line_of_heading("Fill: the size of the gradient (norm), as a multiple of that of the result");
    std::size_t letters = 0;
    for (const std::string_view factor : factors) letters += text::code_points(factor);
    begin_legend(letters, std::size(factors));
    const palette::Ink plain = palette::ink_of(Role::value);
    swatch(palette::ink_of_zero(plain), factors[0]);
    for (int level = -GradientScale::furthest; level <= GradientScale::furthest; ++level) {
      swatch(palette::ink_of_size(level, plain), factors[level + GradientScale::furthest + 1]);
    }
    end_legend();
    if (!drawing_.has_diagnosis()) return;
    line_of_heading(
        "Vanishing, exploding: a parameter’s gradient is 1000 times smaller, larger than in a layer nearer to the");
    line_of_heading("result, or, where all parameters lie in one layer, than that of the result");
  }

  void explain_edges() {
    const auto part = [this](std::string_view color, std::string_view words) {
      print(R"(<FONT POINT-SIZE="11" COLOR="{}">{}</FONT>)", color, words);
    };
    out_ += R"(<TR><TD ALIGN="LEFT" HEIGHT="22">)";
    part(page_.subtitle, "At the head of each arrow: the ");
    part(page_.derivative, "local derivative");
    part(page_.subtitle, " ∂(head)/∂(tail). Backwards, each tail gains local derivative × the gradient of its head.");
    out_ += "</TD></TR>";
  }

  std::string& out_;
  const Drawing& drawing_;
  const DotStyle& style_;
  const palette::Page& page_;
};

}  // namespace

bool has_heading(const Drawing& drawing, const DotStyle& style) {
  return has_title(style) || !drawing.view().size().left_out.empty() || style.coloring == Coloring::gradient ||
         has_legend_of_roles(drawing, style);
}

void append_heading(std::string& out, const Drawing& drawing, const DotStyle& style, const palette::Page& page) {
  Heading(out, drawing, style, page).write();
}

}  // namespace gradus
