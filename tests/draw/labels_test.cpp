// A hundred thousand hostile names: the DOT can be read, holds what it should and nothing else, and gives back each name.
#include <array>
#include <cstddef>
#include <map>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "autograd/base/utf8.h"
#include "autograd/draw/dot.h"
#include "autograd/graph/graph.h"
#include "autograd/tensor/ops/structural.h"
#include "tests/catch.h"

using namespace gradus;

namespace {

// ------------------------------------------------------------------------------------------------------------ the names

struct Name {
  std::string bytes, shown;
};

/// Pieces that mean something to DOT, HTML, XML, Mermaid or a shell, with what is to be read where it is not the same.
/// None joins with its neighbours to another character.
const std::vector<Name>& pieces() {
  static const std::vector<Name> all = [] {
    std::vector<Name> out;
    for (const char* same : {"\"",
                             "\\",
                             "\\\"",
                             "\\N",
                             "\\l",
                             "<",
                             ">",
                             "<<",
                             ">>",
                             "</B>",
                             "</TABLE>>]",
                             "<BR/>",
                             "<IMG SRC=\"/etc/passwd\"/>",
                             "&",
                             "&lt;",
                             "&#65;",
                             "&amp;",
                             ";",
                             "{",
                             "}",
                             "[",
                             "]",
                             "];x[URL=\"javascript:alert(1)\"",
                             "->",
                             "--",
                             "//",
                             "/*",
                             "*/",
                             "#",
                             "# 1 \"f\"",
                             "'",
                             " onload='alert(1)'",
                             "<script>",
                             "</script>",
                             "<!--",
                             "-->",
                             "]]>",
                             "<![CDATA[",
                             "<?xml",
                             "%s%n",
                             "$(id)",
                             "`id`",
                             "digraph",
                             "subgraph",
                             "node",
                             "edge",
                             "=",
                             ",",
                             ":e",
                             "|",
                             "x1",
                             "_",
                             " ",
                             "0",
                             "-1e9",
                             "λ",
                             "中",
                             "😀",
                             "\u202e",
                             "\u2028",
                             "\u0301",
                             "javascript:",
                             "HREF=\"http://e.vil\"",
                             "label=<",
                             "@",
                             "~",
                             "^",
                             "\n"}) {
      out.push_back({same, same});
    }
    const std::vector<Name> changed{{"\r\n.", "\n."},
                                    {"\r.", "\n."},
                                    {"\t", "␉"},
                                    {"\x1b", "␛"},
                                    {"\x7f", "␡"},
                                    {"\u0085", "\uFFFD"},
                                    {"\uFFFE", "\uFFFD"},
                                    {"\xff", "\uFFFD"},
                                    {"\xc0\xaf", "\uFFFD\uFFFD"},
                                    {"\xe2\x82.", "\uFFFD."},
                                    {"\xf0\x9f\x98.", "\uFFFD."},
                                    {"\xed\xa0\x80", "\uFFFD\uFFFD\uFFFD"},
                                    {std::string("\0", 1), "␀"}};
    out.insert(out.end(), changed.begin(), changed.end());
    return out;
  }();
  return all;
}

Name random_name(std::mt19937& random) {
  const auto pick = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); };
  Name name{"!", "!"};  // so that it is no x1, which would be shown as x₁
  for (std::size_t k = 1 + pick(8); k > 0; --k) {
    const Name& piece = pieces()[pick(pieces().size())];
    name.bytes += piece.bytes;
    name.shown += piece.shown;
  }
  return name;
}

// ------------------------------------------------------------------------------------------------------- a reader of DOT

/// What a DOT text says, by the grammar of the language, as far as it is asked for here.
struct Dot {
  using Attributes = std::map<std::string, std::string>;  // HTML-like labels with their outer brackets
  std::vector<std::pair<std::string, Attributes>> nodes;  // those of "graph" are boxes and the page itself
  std::size_t edges = 0;
};

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) { next(); }

  Dot read() {
    take("digraph");
    take("gradus");
    take("{");
    std::size_t depth = 1;
    while (depth > 0) {
      if (token_ == "}") {
        --depth;
        if (depth > 0) next();
      } else if (token_ == "{") {
        ++depth;
        next();
      } else if (token_ == "subgraph") {
        next();
        next();
        take("{");
        ++depth;
      } else {
        statement();
      }
    }
    next();
    if (!token_.empty()) fail();
    return std::move(dot_);
  }

 private:
  [[noreturn]] void fail() const {
    throw std::runtime_error("DOT at " + std::string(text_.substr(at_ > 60 ? at_ - 60 : 0, 120)));
  }
  void take(std::string_view expected) {
    if (token_ != expected || kind_ == Kind::quoted || kind_ == Kind::html) fail();
    next();
  }
  std::string id() {
    if (kind_ == Kind::symbol) fail();
    std::string out = token_;
    next();
    return out;
  }

  void statement() {
    if (token_ == ";") return next();
    const std::string name = id();
    if (token_ == "=") {
      next();
      id();
      return;
    }
    while (token_ == ":") {
      next();
      id();
    }
    bool edge = false;
    while (token_ == "->") {
      edge = true;
      ++dot_.edges;
      next();
      id();
      while (token_ == ":") {
        next();
        id();
      }
    }
    Dot::Attributes attributes;
    if (token_ == "[") {
      next();
      while (token_ != "]" || kind_ != Kind::symbol) {
        const std::string key = id();
        take("=");
        attributes[key] = id();
        if (token_ == "," && kind_ == Kind::symbol) next();
      }
      next();
    }
    if (!edge && !attributes.empty()) dot_.nodes.emplace_back(name, std::move(attributes));
  }

  void next() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
    token_.clear();
    kind_ = Kind::symbol;
    if (at_ == text_.size()) return;
    const char c = text_[at_];
    if (c == '"') {
      kind_ = Kind::quoted;
      for (++at_; text_.at(at_) != '"'; ++at_) {
        // The scanner turns \" alone into a quote; the rest is for whoever reads the label.
        if (text_[at_] == '\\' && text_.at(at_ + 1) == '"') {
          ++at_;
        } else if (text_[at_] == '\\' && text_.at(at_ + 1) == '\\') {
          token_ += text_[at_++];
        }
        token_ += text_[at_];
      }
      ++at_;
    } else if (c == '<') {
      kind_ = Kind::html;
      int open = 0;
      const std::size_t begin = at_;
      do {
        if (text_.at(at_) == '<') ++open;
        if (text_[at_] == '>') --open;
        ++at_;
      } while (open > 0);
      token_ = text_.substr(begin, at_ - begin);
    } else if (is_word(c) || (c == '-' && at_ + 1 < text_.size() && text_[at_ + 1] >= '0' && text_[at_ + 1] <= '9')) {
      kind_ = Kind::word;
      if (c == '-') token_ += text_[at_++];
      while (at_ < text_.size() && is_word(text_[at_])) token_ += text_[at_++];
    } else {
      token_ = text_.substr(at_, text_.substr(at_, 2) == "->" ? 2 : 1);
      if (token_.find_first_not_of("{}[]=,;:->") != std::string::npos) fail();
      at_ += token_.size();
    }
  }

  static bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
  }

  enum class Kind { symbol, word, quoted, html };
  std::string_view text_;
  std::size_t at_ = 0;
  std::string token_;
  Kind kind_ = Kind::symbol;
  Dot dot_;
};

// ---------------------------------------------------------------------------------------------------- labels, as written

void decode_entity(std::string_view text, std::size_t& at, std::string& out) {
  const std::size_t end = text.find(';', at);
  if (end == std::string_view::npos) throw std::runtime_error("a bare & in a label");
  const std::string_view entity = text.substr(at, end + 1 - at);
  static const std::map<std::string_view, char> known{
      {"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&#39;", '\''}};
  out += known.at(entity);
  at = end;
}

/// A quoted label as Graphviz shows it.
std::string shown_of_quoted(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '&') {
      decode_entity(text, i, out);
    } else if (text[i] == '\\') {
      const char c = text.at(++i);
      if (c != 'n' && c != '\\') throw std::runtime_error("an escape with a meaning of its own");
      out += c == 'n' ? '\n' : c;
    } else {
      out += text[i];
    }
  }
  return out;
}

/// The texts of an HTML-like label, those of one cell together; every tag must be one that the library writes.
std::vector<std::string> texts_of_html(std::string_view label) {
  std::vector<std::string> texts(1);
  label = label.substr(1, label.size() - 2);
  for (std::size_t i = 0; i < label.size(); ++i) {
    if (label[i] == '&') {
      decode_entity(label, i, texts.back());
    } else if (label[i] == '<') {
      const std::size_t end = label.find('>', i);
      std::string_view tag = label.substr(i + 1, end - i - 1);
      if (tag == "BR/") {
        texts.back() += '\n';
      } else {
        if (tag.starts_with('/')) tag.remove_prefix(1);
        const std::string_view word = tag.substr(0, tag.find(' '));
        if (word != "TABLE" && word != "TR" && word != "TD" && word != "FONT" && word != "B") {
          throw std::runtime_error("a tag from a name: " + std::string(tag));
        }
        for (const std::string_view never : {"HREF", "URL", "SRC", "javascript", " ID="}) {
          if (tag.find(never) != std::string_view::npos) throw std::runtime_error("an attribute from a name");
        }
        if (!texts.back().empty()) texts.emplace_back();
      }
      i = end;
    } else if (label[i] == '\\') {
      if (label.at(++i) != '\\') throw std::runtime_error("an escape with a meaning of its own");
      texts.back() += '\\';
    } else if (label[i] == '>') {
      throw std::runtime_error("a bare > in a label");
    } else {
      texts.back() += label[i];
    }
  }
  if (texts.back().empty()) texts.pop_back();
  return texts;
}

/// Throws unless the attributes are those that the library writes.
void check_attributes(const std::string& node, const Dot::Attributes& attributes) {
  for (const auto& [key, value] : attributes) {
    for (const char* never : {"URL", "href", "image", "shapefile", "edgeURL", "target", "script", "fontpath"}) {
      if (key == never) throw std::runtime_error(node + " has " + key);
    }
    if (key == "shape" && value != "plain" && value != "box") throw std::runtime_error("a shape from a name");
  }
}

}  // namespace

TEST_CASE("labels: a hundred thousand hostile names", "[dot]") {
  std::mt19937 random(20);
  constexpr int graphs = 200, names_in_each = 500;
  std::size_t read_back = 0;
  for (int g = 0; g < graphs; ++g) {
    std::vector<Name> names;
    Tensor sum;
    const Name box = random_name(random), kind = random_name(random), note = random_name(random);
    {
      const ScopeGuard scope(box.bytes, kind.bytes, note.bytes);
      for (int k = 0; k < names_in_each; ++k) {
        names.push_back(random_name(random));
        const Tensor x = variable(0.5, names.back().bytes);
        sum = k == 0 ? x * 2.0 : sum + x;
      }
    }
    DotStyle style;
    const Name title = random_name(random), subtitle = random_name(random);
    style.title = title.bytes;
    style.subtitle = subtitle.bytes;
    style.dark = g % 2 == 1;
    const std::string text = to_dot(Graph(sum), style);
    const Dot dot = Reader(text).read();
    REQUIRE(dot.nodes.size() == 4 + 2 * names_in_each + 1);  // page, defaults of nodes and edges, box; x, sums, 2
    std::map<std::string, const Dot::Attributes*> by_id;
    std::vector<const Dot::Attributes*> boxes;
    for (const auto& [id, attributes] : dot.nodes) {
      check_attributes(id, attributes);
      if (id == "graph") {
        boxes.push_back(&attributes);
      } else {
        by_id[id] = &attributes;
      }
    }
    REQUIRE(boxes.size() == 2);
    const std::vector<std::string> heading = texts_of_html(boxes[0]->at("label"));
    REQUIRE(heading.size() > 2);
    CHECK(heading[0] == title.shown);
    CHECK(heading[1] == "    " + subtitle.shown);
    const std::vector<std::string> caption = texts_of_html(boxes[1]->at("label"));
    CHECK(caption.at(0) == box.shown);
    CHECK(caption.at(1) == "   " + note.shown);
    CHECK(shown_of_quoted(boxes[1]->at("tooltip")) == box.shown + ": " + kind.shown);
    for (int k = 0; k < names_in_each; ++k) {
      const Name& name = names[static_cast<std::size_t>(k)];
      const Dot::Attributes& attributes = *by_id.at("input_" + std::to_string(k + 1));
      const std::string tooltip = shown_of_quoted(attributes.at("tooltip"));
      const bool same = texts_of_html(attributes.at("label")).at(0) == name.shown &&
                        tooltip == name.shown + " (input): value 0.5, gradient —";
      if (!same) {
        CAPTURE(name.bytes);
        CHECK(texts_of_html(attributes.at("label")).at(0) == name.shown);
        CHECK(tooltip == name.shown + " (input): value 0.5, gradient —");
      }
      read_back += same ? 1 : 0;
    }
    for (const auto& [id, attributes] : by_id) {  // also those that are called by a formula of names
      if (attributes->contains("label")) texts_of_html(attributes->at("label"));
      if (attributes->contains("tooltip")) shown_of_quoted(attributes->at("tooltip"));
    }
  }
  CHECK(read_back == std::size_t{graphs} * names_in_each);
}

TEST_CASE("labels: the reader of the test notices what it is there for", "[dot]") {
  CHECK(Reader("digraph gradus {\n a [label=\"x\\\"]\"]\n a:e -> b:op:w [color=red]\n}\n").read().nodes.size() == 1);
  CHECK_THROWS(Reader("digraph gradus {\n a [label=\"x\"]; \"]\n}\n").read());
  CHECK_THROWS(Reader("digraph gradus {\n a [label=x] } extra").read());
  CHECK_THROWS(Reader("digraph gradus {\n a [label=<<B>x</B>]\n}\n").read());
  CHECK_THROWS(texts_of_html("<<SCRIPT>x</SCRIPT>>"));
  CHECK_THROWS(texts_of_html("<<TD HREF=\"x\">x</TD>>"));
  CHECK_THROWS(texts_of_html("<a & b>"));
  CHECK_THROWS(texts_of_html("<a\\N>"));
  CHECK_THROWS(shown_of_quoted("a\\Nb"));
  CHECK_THROWS(check_attributes("a", {{"URL", "x"}}));
  CHECK(texts_of_html("<<B>a&lt;<BR/>b</B>>") == std::vector<std::string>{"a<\nb"});
}
