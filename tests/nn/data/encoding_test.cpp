#include <fmt/format.h>

#include <cmath>
#include <string>
#include <vector>

#include "autograd/autograd.h"
#include "nn/nn.h"
#include "tests/catch.h"

using namespace gradus;
using nn::DataFrame;
using nn::Encoding;
using nn::EncodingOptions;
using nn::MissingRule;
using nn::TableSelection;

namespace {

using Texts = std::vector<std::string>;

DataFrame table_of(const std::string& text) { return nn::parse_data_frame(text, "data.csv"); }

Encoding fitted(const DataFrame& frame, const std::string& target, const EncodingOptions& options = {}) {
  const TableSelection selection = nn::select_from(frame, target, options);
  return nn::fit_encoding(frame, selection, selection.rows, options);
}

Texts remarks(const std::string& text, const EncodingOptions& options = {}) {
  return nn::select_from(table_of(text), "y", options).remarks;
}

std::string objection(const std::string& text, const EncodingOptions& options = {}) {
  try {
    (void)nn::select_from(table_of(text), "y", options);
  } catch (const Error& error) {
    return error.what();
  }
  return "none";
}

}  // namespace

TEST_CASE("encoding: numbers are standardised by the training rows alone, words become places", "[encoding]") {
  const DataFrame frame = table_of("a,sex,island,y\n1,m,X,10\n3,f,Y,30\n5,m,Z,50\n100,f,X,20\n");
  const TableSelection selection = nn::select_from(frame, "y");
  CHECK(selection.features == std::vector<int>{0, 1, 2});
  const Encoding encoding = nn::fit_encoding(frame, selection, {0, 1, 2});
  CHECK(encoding.inputs() == Texts{"a", "sex=m", "island=X", "island=Y", "island=Z"});
  CHECK(encoding.features[0].mean == 3.0);
  CHECK(std::abs(encoding.features[0].deviation - std::sqrt(8.0 / 3.0)) < 1e-15);
  CHECK(encoding.target.mean == 30.0);
  CHECK(encoding.standardises());
  const nn::Dataset data = nn::encode(encoding, frame, {3, 0});
  CHECK(data.classes == 0);
  const double s = encoding.features[0].deviation;
  CHECK(data.x.to_vector() == std::vector<double>{97 / s, 0, 1, 0, 0, -2 / s, 1, 1, 0, 0});
  CHECK(data.y.to_vector() == std::vector<double>{-10 / encoding.target.deviation, -20 / encoding.target.deviation});

  const Encoding plain = fitted(frame, "y", {.standardise = false});
  CHECK_FALSE(plain.standardises());
  CHECK(nn::encode(plain, frame, {2}).y.item() == 50.0);
}

TEST_CASE("encoding: classes of words and of numbers", "[encoding]") {
  const DataFrame frame = table_of("a,y\n1,dog\n2,cat\n3,dog\n4,\n");
  const TableSelection selection = nn::select_from(frame, "y");
  CHECK(selection.rows == Indices{0, 1, 2});
  CHECK(selection.remarks == Texts{"1 row left out that have no 'y'"});
  CHECK(nn::labels_of(frame, selection).classes == Texts{"cat", "dog"});
  const Encoding encoding = nn::fit_encoding(frame, selection, {0, 1});
  CHECK(encoding.has_classes());
  const nn::Dataset data = nn::encode(encoding, frame, selection.rows);
  CHECK(data.labels == Indices{1, 0, 1});
  CHECK(data.y.to_vector() == std::vector<double>{1, 0, 1});
  CHECK(data.classes == 2);
  CHECK_THROWS_WITH(nn::encode(encoding, table_of("a,y\n1,cow\n"), {0}),
                    "[encode] row 1: 'cow' is no class that was learned: cat, dog");

  const DataFrame numbers = table_of("a,y\n1,7\n2,-1\n3,10\n");
  const Encoding of_numbers = fitted(numbers, "y", {.classes = true});
  CHECK(of_numbers.target.words == Texts{"-1", "7", "10"});
  CHECK(nn::encode(of_numbers, numbers, {2, 1}).labels == Indices{2, 0});
  const DataFrame half = table_of("a,y\n1,0.5\n2,1\n");
  CHECK_THROWS_WITH(nn::labels_of(half, nn::select_from(half, "y")),
                    "[train] 0.5 is no class: classes are words or whole numbers");
  std::string many = "a,y\n";
  for (int i = 0; i < 1001; ++i) many += fmt::format("{},{}\n", i % 7, i);
  const DataFrame frame_of_many = table_of(many);
  CHECK_THROWS_WITH(nn::labels_of(frame_of_many, nn::select_from(frame_of_many, "y")),
                    "[train] 'y' has 1001 classes: at most 1000 are told apart");
}

TEST_CASE("encoding: what cannot tell anything is left out, and said", "[encoding]") {
  std::string sparse = "a,b,y\n";
  for (int i = 0; i < 20; ++i) sparse += fmt::format("{},{},1\n", i, i < 9 ? std::to_string(i) : "");
  CHECK(remarks(sparse) == Texts{"column 'b' is left out: it is empty in 11 of 20 rows"});
  std::string constant = "a,b,y\n";
  for (int i = 0; i < 20; ++i) constant += fmt::format("{},7,1\n", i);
  CHECK(remarks(constant) == Texts{"column 'b' is left out: it is the same in every row"});
  CHECK(remarks(",a,b,y\n1,1,,0\n2,2,,1\n") ==
        Texts{"column 'c0' is left out: it counts the rows", "column 'b' is left out: it is empty"});
  std::string text = "name,a,y\n";
  for (int i = 0; i < 30; ++i) text += fmt::format("n{},{},1\n", i, i);
  CHECK(remarks(text) == Texts{"column 'name' is left out: it has 30 words in 30 rows"});
  // Asked for, it is taken.
  CHECK(nn::select_from(table_of(text), "y", {.features = {"name"}}).features == std::vector<int>{0});
  CHECK(nn::select_from(table_of("a,b,y\n1,2,3\n2,3,4\n"), "y", {.ignored = {"a"}}).features == std::vector<int>{1});
  CHECK(objection("a,y\n,2\n,3\n") == "[train] there is no column to learn from: column 'a' is left out: it is empty");
  CHECK(objection("y\n1\n") == "[train] there is no column to learn from");
  CHECK(objection("a,y\n") == "[train] data.csv has no rows to learn from");
  CHECK(objection("a,y\n1,\n2,\n") == "[train] data.csv has no rows to learn from");
  CHECK(objection("a,b,y\n1,2,3\n", {.features = {"a", "a"}}) == "[train] feature 'a' is given twice");
  CHECK(objection("a,b,y\n1,2,3\n", {.features = {"y"}}) == "[train] the target cannot be one of the features");
  CHECK_THAT(objection("a,b,y\n2024-01-01,2,3\n2024-01-02,3,3\n"), test::ContainsSubstring("is a date"));
  CHECK(objection("a,b,y\n2024-01-01,2,3\n2024-01-02,3,3\n", {.ignored = {"a"}}) == "none");
}

TEST_CASE("encoding: rows in which something is missing", "[encoding]") {
  const std::string text = "a,b,y\n1,u,1\n,v,2\n3,,3\n4,u,4\n9,v,5\n";
  CHECK(remarks(text) ==
        Texts{"2 rows left out that lack something, in 'a' (1), 'b' (1) (--missing mean fills it in)"});
  CHECK(nn::select_from(table_of(text), "y").rows == Indices{0, 3, 4});
  CHECK(objection(text, {.missing = MissingRule::refuse}) ==
        "[train] row 2 has nothing in column 'a'; --missing drop leaves such rows out, --missing mean fills them in");
  CHECK(objection("a,b,y\n1,,1\n2,,2\n3,4,3\n4,5,4\n,6,5\n") ==
        "data.csv: 3 of 5 rows lack something, in 'a' (1), 'b' (2): ignore such columns (--ignore), or fill them in "
        "(--missing mean)");

  const DataFrame frame = table_of(text);
  const EncodingOptions fill{.missing = MissingRule::mean, .standardise = false};
  const Encoding encoding = fitted(frame, "y", fill);
  CHECK(nn::encode_inputs(encoding, frame, {1, 2}).to_vector() == std::vector<double>{4.25, 1, 3, 0});
  // Without filling in, the inputs are missing too.
  CHECK(std::isnan(nn::encode_inputs(fitted(frame, "y"), frame, {1}).to_vector()[0]));
}

TEST_CASE("encoding: other tables", "[encoding]") {
  const Encoding encoding = fitted(table_of("a,b,y\n1,u,1\n2,v,2\n3,w,3\n"), "y");
  // A word that was not learned is none of the others, and columns may come in another order.
  CHECK(nn::encode_inputs(encoding, table_of("b,a\nzz,2\n"), {0}).to_vector() == std::vector<double>{0, 0, 0, 0});
  CHECK_THROWS_WITH(nn::encode_inputs(encoding, table_of("b,c\nu,2\n"), {0}), "[table] no column 'a'");
  CHECK_THROWS_WITH(nn::encode_inputs(encoding, table_of("b,a\nu,x\n"), {0}),
                    "data.csv: column 'a' has words, and the model has learned numbers");
  CHECK_THROWS_WITH(nn::encode_inputs(encoding, table_of("b,a\n1,1\n"), {0}),
                    "data.csv: column 'b' has numbers, and the model has learned words");
}

TEST_CASE("encoding: through JSON", "[encoding]") {
  const Encoding encoding =
      fitted(table_of("a,b,y\n0.1,u,x\n0.7,v,\"q\"\"\"\n,w,x\n"), "y", {.missing = MissingRule::mean});
  const Encoding back = nn::encoding_from_json(nn::to_json(encoding));
  CHECK(nn::to_json(back) == nn::to_json(encoding));
  CHECK(back.features[0].mean == encoding.features[0].mean);
  CHECK(back.features[0].fill == encoding.features[0].fill);
  CHECK(back.target.words == Texts{"q\"", "x"});
  CHECK(back.missing == MissingRule::mean);
  for (const auto& [text, why] : std::vector<std::pair<std::string, std::string>>{
           {"", "this is no encoding: features and target are lacking"},
           {"[]", "this is no encoding: features and target are lacking"},
           {R"({"features":[],"target":{"name":"y"}})", "there are no features"},
           {R"({"features":[{}],"target":{"name":"y"}})", "a column has no name"},
           {R"({"features":[{"name":"a","mean":"x"}],"target":{"name":"y"}})", "'mean' is not a number"},
           {R"({"features":[{"name":"a","deviation":0}],"target":{"name":"y"}})", "a deviation is not above 0"},
           {R"({"features":[{"name":"a","words":[]}],"target":{"name":"y"}})", "'words' is not a list of words"},
           {R"({"features":[{"name":"a","words":[1]}],"target":{"name":"y"}})", "'words' is not a list of words"},
           {R"({"features":[{"name":"a","words":["x"],"fill":2}],"target":{"name":"y"}})",
            "'fill' is the place of no word"}}) {
    CHECK_THROWS_WITH(nn::encoding_from_json(text), "[encoding] " + why);
  }
}
