// The colours of drawings.  They can be told apart by colour-blind eyes (after Okabe and Ito) and on dark ground; cards
// stay light on dark ground, as paper does.
#pragma once
#include <string_view>

#include "../graph/graph.h"

namespace gradus::palette {

// Fonts that a viewer is likely to have.  `label` looks like `sans`; an SVG's text in it keeps its left end where it was
// laid out, text in `sans` its middle.
inline constexpr std::string_view sans = "Helvetica,Arial,Liberation Sans,DejaVu Sans,sans-serif";
inline constexpr std::string_view label = "Arial,Helvetica,Liberation Sans,DejaVu Sans,sans-serif";
inline constexpr std::string_view mono = "DejaVu Sans Mono,Menlo,Consolas,Liberation Mono,monospace";

/// The colours of a card or pill.
struct Ink {
  std::string_view border, fill, text;
  std::string_view quiet = "#5B6675";  // of smaller text
};

constexpr Ink ink_of(Role role) {
  switch (role) {
    case Role::input:
      return {"#0072B2", "#E4F1FA", "#0B4F79"};
    case Role::parameter:
      return {"#C98200", "#FFF3DC", "#7A4B00"};
    case Role::constant:
      return {"#A3ADB9", "#F1F3F6", "#3B4654"};
    case Role::activation:
      return {"#6B4FA0", "#EFE9F8", "#432C75"};
    case Role::output:
      return {"#00805E", "#DFF4EB", "#005540"};
    case Role::loss:
      return {"#A6315C", "#FBE6ED", "#7A1F40"};
    case Role::value:
      break;
  }
  return {"#8793A3", "#FFFFFF", "#3B4654"};
}

/// A module drawn as one card.
inline constexpr Ink module = {"#3B4654", "#EAEEF3", "#1B2430"};

/// A fill that says how large a gradient is, from -3 (violet) over 0 (white) to 3 (orange), after ColorBrewer's PuOr;
/// the border still tells the role, and what lies at an end has a border of its own.
constexpr Ink ink_of_size(int level, Ink role) {
  constexpr std::string_view fills[] = {"#B2ABD2", "#CFCBE4", "#E6E4F1", "#F7F7F7", "#FDEBD0", "#FDD5A0", "#FDB863"};
  const std::string_view border = level == -3 ? "#542788" : level == 3 ? "#8A3C00" : role.border;
  return {border, fills[level + 3], "#1B2430", "#2A3340"};
}

/// A gradient of exactly 0; the border tells the role.
constexpr Ink ink_of_zero(Ink role) { return {role.border, "#DDE1E6", "#1B2430", "#2A3340"}; }

// On cards.
inline constexpr std::string_view ink = "#1B2430", gradient = "#B03A00", badge = "#3B4654";
inline constexpr std::string_view edge = "#7A8594", grid = "#C3CBD5";

/// What lies on the page itself.
struct Page {
  std::string_view ground, title, subtitle, derivative, module_fill, module_border;
};

constexpr Page page(bool dark) {
  if (dark) return {"#11161D", "#E6EDF3", "#A3AEBB", "#FF9E64", "#1A212B", "#364152"};
  return {"#FFFFFF", "#1B2430", "#5B6675", "#B03A00", "#F6F8FA", "#D5DBE3"};
}

}  // namespace gradus::palette
