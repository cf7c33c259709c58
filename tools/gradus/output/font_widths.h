// How wide text is at most in the fonts that viewers of a picture usually have.
#pragma once
#include <cstdint>
#include <string_view>

namespace gradus::command {

enum class Face : std::uint8_t { sans, bold, mono };

/// The width of UTF-8 text in letters of a size: of each character the width in DejaVu, which is the widest of the usual
/// families, or in Liberation (Arial, Helvetica) where that is wider.  The same on every machine, whatever fonts it has.
[[nodiscard]] double widest_text(std::string_view text, Face face, double size);

}  // namespace gradus::command
