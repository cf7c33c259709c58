#include "tools/gradus/output/font_widths.h"

#include <array>
#include <cstddef>

#include "autograd/base/utf8.h"

namespace gradus::command {

namespace {

// Of the characters from the blank to the tilde, in thousandths of the letters' size.
constexpr std::array<int, 95> sans_widths = {
    318, 401, 460, 838, 637, 951, 780, 275, 391, 391, 500, 838, 318, 361,  318, 337, 637, 637, 637,
    637, 637, 637, 637, 637, 637, 637, 337, 337, 838, 838, 838, 557, 1016, 685, 687, 723, 771, 667,
    611, 778, 752, 295, 500, 667, 558, 863, 749, 788, 667, 788, 723, 667,  611, 732, 685, 989, 686,
    667, 686, 391, 337, 391, 838, 557, 500, 613, 635, 550, 635, 616, 353,  635, 634, 278, 278, 580,
    278, 975, 634, 612, 635, 635, 412, 521, 393, 634, 592, 818, 592, 592,  525, 637, 337, 637, 838};
constexpr std::array<int, 95> bold_widths = {
    349, 457,  521, 838, 696, 1002, 873, 307, 458, 458, 523, 838, 380, 416,  380, 366, 696, 696,  696,
    696, 696,  696, 696, 696, 696,  696, 400, 400, 838, 838, 838, 611, 1000, 774, 763, 734, 831,  684,
    684, 821,  837, 373, 557, 775,  638, 996, 837, 851, 733, 851, 771, 721,  683, 813, 774, 1104, 771,
    725, 726,  458, 366, 458, 838,  557, 500, 675, 716, 593, 716, 679, 436,  716, 712, 343, 343,  666,
    343, 1042, 712, 688, 716, 716,  494, 596, 479, 712, 652, 924, 646, 652,  583, 712, 366, 712,  838};
constexpr int mono_width = 603;

/// What stands above, below or to the right of nothing.
bool has_no_width(char32_t c) {
  return (c >= 0x300 && c < 0x370) || (c >= 0x200B && c < 0x2010) || (c >= 0x202A && c < 0x202F) ||
         (c >= 0xFE00 && c < 0xFE10);
}

int width_of(char32_t c, Face face) {
  constexpr char32_t first = 0x20, ideographs = 0x2E80, emoji = 0x1F000;
  if (has_no_width(c)) return 0;
  if (c >= emoji) return 1350;
  if (c >= ideographs) return 1050;
  if (face == Face::mono) return mono_width;
  if (c == 0xA0) c = first;
  if (c >= first && c < first + sans_widths.size()) {
    return (face == Face::bold ? bold_widths : sans_widths)[static_cast<std::size_t>(c - first)];
  }
  // Some fonts lack the small figures, and show a box.
  if ((c >= 0x2070 && c < 0x20A0) || c == 0xB2 || c == 0xB3 || c == 0xB9) return 600;
  if (c >= 0x370 && c < 0x400) return face == Face::bold ? 800 : 700;  // Greek but for rare letters
  if (c >= 0x2200 && c < 0x2300) return 850;                           // mathematics
  return c < 0x2000 ? 900 : 1000;
}

}  // namespace

double widest_text(std::string_view text, Face face, double size) {
  int sum = 0;
  for (std::size_t i = 0; i < text.size();) {
    const CodePoint next = decode_utf8(text, i);
    sum += width_of(next.value, face);
    i += next.length;
  }
  return sum * size / 1000.0;
}

}  // namespace gradus::command
