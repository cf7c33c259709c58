#include <fmt/format.h>
#include <unistd.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "autograd/autograd.h"
#include "nn/nn.h"
#include "tests/catch.h"

using namespace gradus;

namespace {

/// A file of this process, deleted at the end.
class CheckpointFile {
 public:
  CheckpointFile() = default;
  CheckpointFile(const CheckpointFile&) = delete;
  CheckpointFile& operator=(const CheckpointFile&) = delete;
  ~CheckpointFile() { std::filesystem::remove(name_); }
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  std::string name_ =
      (std::filesystem::temp_directory_path() / fmt::format("gradus_{}.safetensors", ::getpid())).string();
};

std::string tensors_file(const std::string& header, const std::string& numbers = {}) {
  const std::uint64_t length = header.size();
  std::string bytes(8, '\0');
  std::memcpy(bytes.data(), &length, 8);
  return bytes + header + numbers;
}

std::string refusal(const std::string& bytes) {
  try {
    (void)parse_safetensors(bytes, "m");
  } catch (const FileError& error) {
    return error.what();
  }
  return "none";
}

std::string entry(const std::string& name, const std::string& dtype, const std::string& shape,
                  const std::string& offsets) {
  return fmt::format(R"("{}":{{"dtype":"{}","shape":{},"data_offsets":{}}})", name, dtype, shape, offsets);
}

void train_a_little(nn::Module& model, nn::Optimizer& optimizer, int steps) {
  const nn::Dataset data = nn::toy::moons(40, Key{1});
  for (int step = 0; step < steps; ++step) {
    optimizer.zero_grad();
    nn::bce_with_logits_loss(model(data.x), data.y).backward();
    optimizer.step();
  }
}

std::vector<double> state_numbers(const nn::Module& model) {
  std::vector<double> all;
  for (const nn::NamedTensor& one : model.state()) {
    for (const double x : one.tensor.to_vector()) all.push_back(x);
  }
  return all;
}

}  // namespace

TEST_CASE("safetensors: what is written reads back", "[safetensors]") {
  const double nan = std::bit_cast<double>(std::uint64_t{0x7FF8000000000123});
  SafeTensors content;
  content.tensors.push_back({"b.weight", Array({2, 3}, {1, -0.0, 0.1, nan, INFINITY, 5e-324})});
  content.tensors.push_back({"a \"x\" \u00e9", Array({2}, std::vector<float>{0.1F, 3e38F})});
  content.tensors.push_back({"number", Array(7.0)});
  content.tensors.push_back({"nothing", Array::zeros({0, 4})});
  content.tensors.push_back({"turned", Array({2, 3}, {1, 2, 3, 4, 5, 6}).permute(std::vector<int>{1, 0})});
  content.metadata = {{"format", "pt"}, {"note", "a\n\"b\""}};
  const std::string bytes = format_safetensors(content);
  CHECK(bytes == format_safetensors(content));
  const SafeTensors back = parse_safetensors(bytes, "m");
  CHECK(back.metadata == content.metadata);
  REQUIRE(back.tensors.size() == 5);
  const Array& weight = back.at("b.weight");
  CHECK(weight.shape() == Shape{2, 3});
  CHECK(std::memcmp(weight.bytes(), content.tensors[0].array.bytes(), 48) == 0);
  CHECK(back.at("a \"x\" \u00e9").dtype() == DType::float32);
  CHECK(back.at("a \"x\" \u00e9").to_vector<float>() == std::vector<float>{0.1F, 3e38F});
  CHECK(back.at("number").rank() == 0);
  CHECK(back.at("nothing").shape() == Shape{0, 4});
  CHECK(back.at("turned").to_vector() == std::vector<double>{1, 4, 2, 5, 3, 6});
  CHECK_THROWS_WITH(back.at("numbre"), "[safetensors] no tensor 'numbre'; did you mean 'number'?");
  CHECK(parse_safetensors(format_safetensors({}), "m").tensors.empty());

  CheckpointFile file;
  write_safetensors(file.name(), content);
  CHECK(read_file(file.name()) == bytes);
  CHECK(read_safetensors(file.name()).tensors.size() == 5);

  content.tensors.push_back({"number", Array(1.0)});
  CHECK_THROWS_WITH(format_safetensors(content), "[safetensors] no tensor can be called 'number': the name is taken");
  CHECK_THROWS_WITH(format_safetensors({{{"__metadata__", Array(1.0)}}, {}}),
                    "[safetensors] no tensor can be called '__metadata__': the name is taken");
  CHECK_THROWS_WITH(format_safetensors({{{"\xff", Array(1.0)}}, {}}), "[safetensors] the name '\\xff' is not UTF-8");
  CHECK_THROWS_WITH(format_safetensors({{}, {{"a", "\xff"}}}), "[safetensors] the metadata '\\xff' is not UTF-8");
}

TEST_CASE("safetensors: other types of numbers", "[safetensors]") {
  const auto read = [](const std::string& dtype, const std::string& shape, const std::string& numbers) {
    return parse_safetensors(
               tensors_file("{" + entry("a", dtype, shape, fmt::format("[0,{}]", numbers.size())) + "}  ", numbers),
               "m")
        .tensors[0]
        .array;
  };
  using namespace std::string_literals;
  // 1, −2, 65504, the least subnormal, −0, ∞
  const Array half = read("F16", "[6]", "\x00\x3c\x00\xc0\xff\x7b\x01\x00\x00\x80\x00\x7c"s);
  CHECK(half.dtype() == DType::float32);
  CHECK(half.to_vector() == std::vector<double>{1, -2, 65504, 0x1p-24, -0.0, INFINITY});
  CHECK(std::signbit(half.to_vector()[4]));
  CHECK(std::isnan(read("F16", "[]", "\x01\x7e"s).item()));
  CHECK(read("BF16", "[2]", "\x80\x3f\x49\xc0"s).to_vector() == std::vector<double>{1, -3.140625});
  CHECK(read("I64", "[2]", "\xff\xff\xff\xff\xff\xff\xff\xff\x05\0\0\0\0\0\0\0"s).to_vector() ==
        std::vector<double>{-1, 5});
  CHECK(read("I32", "[1]", "\xfe\xff\xff\xff"s).to_vector() == std::vector<double>{-2});
  CHECK(read("I16", "[1]", "\xfe\xff"s).item() == -2);
  CHECK(read("I8", "[1]", "\xfe"s).item() == -2);
  CHECK(read("U8", "[2]", "\xfe\x01"s).to_vector() == std::vector<double>{254, 1});
  CHECK(read("U16", "[1]", "\xfe\xff"s).item() == 65534);
  CHECK(read("U32", "[1]", "\xfe\xff\xff\xff"s).item() == 4294967294.0);
  CHECK(read("BOOL", "[2]", "\x01\x00"s).to_vector() == std::vector<double>{1, 0});
  CHECK(refusal(tensors_file("{" + entry("a", "U64", "[1]", "[0,8]") + "}", std::string(8, '\xff'))) ==
        "m: the whole number 18446744073709551615 fits no float64");
}

TEST_CASE("safetensors: hostile files are refused before anything is allocated", "[safetensors]") {
  const std::string eight(8, 'x');
  const auto of = [&](const std::string& entries, const std::string& numbers) {
    return refusal(tensors_file("{" + entries + "}", numbers));
  };
  CHECK(refusal("") == "m: this is no safetensors file: it is shorter than the length of its header");
  CHECK(refusal(std::string(8, '\xff')) ==
        "m: this is no safetensors file: its header would be 18446744073709551615 bytes long, more than 100000000");
  CHECK(refusal(std::string("\x05\0\0\0\0\0\0\0{}", 10)) == "m: the file ends in its header: 2 of 5 bytes are there");
  CHECK(refusal(tensors_file("")) == "m: the header does not start with '{'");
  CHECK(refusal(tensors_file("[]")) == "m: the header does not start with '{'");
  CHECK(refusal(tensors_file("{")) == "m: the header is not JSON");
  CHECK(refusal(tensors_file("{}{}")) == "m: the header is not JSON");
  CHECK(refusal(tensors_file("{\"\xff\":1}")) == "m: the header is not UTF-8");
  CHECK(refusal(tensors_file("{\"a\":" + std::string(100'000, '['))) == "m: the header is nested too deeply");
  const std::string good = entry("a", "F64", "[1]", "[0,8]");
  CHECK(of(good, eight) == "none");
  CHECK(of(good + "," + good, eight) == "m: the header names 'a' twice");
  CHECK(of(R"("a":{"dtype":"F64","dtype":"F32","shape":[1],"data_offsets":[0,8]})", eight) ==
        "m: the header names 'dtype' twice");
  CHECK(of(R"("__metadata__":{"a":"x","a":"y"})", "") == "m: the header names 'a' twice");
  CHECK(of(R"("__metadata__":{"a":1})", "") == "m: __metadata__: 'a' is not a text");
  CHECK(of(R"("__metadata__":[])", "") == "m: __metadata__ is not an object of texts");
  CHECK(of(R"("a":{"dtype":"F64","shape":[1]})", eight) ==
        "m: tensor 'a': its entry has not just dtype, shape and data_offsets");
  CHECK(of(R"("a":1)", eight) == "m: tensor 'a': its entry has not just dtype, shape and data_offsets");
  CHECK(of(entry("a", "F128", "[1]", "[0,8]"), eight) == "m: tensor 'a': unknown dtype '\"F128\"'");
  CHECK(of(R"("a":{"dtype":64,"shape":[1],"data_offsets":[0,8]})", eight) == "m: tensor 'a': unknown dtype '64'");
  for (const char* offsets :
       {"[0]", "[0,8,8]", "[-8,0]", "[0.0,8]", "8", "[0,1e1]", "[\"0\",8]", "[0,18446744073709551616]"}) {
    CHECK(of(entry("a", "F64", "[1]", offsets), eight) ==
          "m: tensor 'a': data_offsets are not two whole numbers, 0 or more");
  }
  CHECK(of(entry("a", "F64", "[1]", "[8,0]"), eight) == "m: tensor 'a': it ends before it begins");
  for (const char* shape : {"1", "[-1]", "[1.5]", "[\"1\"]"}) {
    CHECK(of(entry("a", "F64", shape, "[0,8]"), eight) ==
          "m: tensor 'a': its shape is not a list of whole numbers, 0 or more");
  }
  CHECK(of(entry("a", "F64", "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]", "[0,8]"), eight) ==
        "m: tensor 'a': it has more than 16 axes");
  for (const char* shape : {"[4294967296,4294967296]", "[9223372036854775808]", "[2305843009213693952]"}) {
    CHECK(of(entry("a", "F64", shape, "[0,0]"), "") == "m: tensor 'a': its shape is too large");
  }
  CHECK(of(entry("a", "F64", "[2]", "[0,8]"), eight) ==
        "m: tensor 'a': F64 of shape [2] takes 16 bytes, and its offsets say 8");
  CHECK(of(entry("a", "F64", "[1]", "[0,8]") + "," + entry("b", "F32", "[1]", "[4,8]"), eight) ==
        "m: tensors 'a' and 'b' overlap");
  CHECK(of(entry("a", "F32", "[1]", "[4,8]"), eight) == "m: 4 bytes before tensor 'a' belong to none");
  CHECK(of(entry("a", "F32", "[1]", "[0,4]"), eight) == "m: 4 bytes at the end belong to no tensor");
  CHECK(of(good, "xxxx") == "m: the file ends early: the header speaks of 8 bytes of numbers, there are 4");
  CHECK(of(entry("a", "F64", "[1000000000000]", "[0,8000000000000]"), eight) ==
        "m: the file ends early: the header speaks of 8000000000000 bytes of numbers, there are 8");
}

TEST_CASE("checkpoint: a training goes on bit for bit", "[checkpoint]") {
  const auto make = [](std::uint64_t seed) {
    return nn::MLP({2, 5, 1}, nn::tanh_of, ops::identity<Tensor>, Key{seed});
  };
  CheckpointFile file;
  nn::MLP whole = make(1);
  nn::Adam adam(whole.parameters(), 0.05);
  train_a_little(whole, adam, 7);
  nn::save(file.name(), whole, adam, {{"epoch", "7"}});
  train_a_little(whole, adam, 5);

  nn::MLP again = make(2);
  nn::Adam adam_again(again.parameters(), 0.3);
  CHECK(nn::load(file.name(), again, adam_again) == std::map<std::string, std::string>{{"epoch", "7"}});
  train_a_little(again, adam_again, 5);
  CHECK(state_numbers(again) == state_numbers(whole));

  // Of another model nothing is taken.
  nn::MLP wider({2, 6, 1});
  const std::vector<double> before = state_numbers(wider);
  CHECK_THROWS_AS(nn::load(file.name(), wider), ShapeError);
  CHECK(state_numbers(wider) == before);
  // Nor where the optimizer is another.
  nn::MLP other = make(3);
  const std::vector<double> untouched = state_numbers(other);
  nn::SGD descent(other.parameters(), 0.1, 0.9);
  CHECK_THROWS_AS(nn::load(file.name(), other, descent), ValueError);
  CHECK(state_numbers(other) == untouched);

  nn::save(file.name(), whole, {{"a", "b"}});
  CHECK(nn::load(file.name(), other).at("a") == "b");
  CHECK(state_numbers(other) == state_numbers(whole));
  CHECK_THROWS_WITH(nn::restore(read_safetensors(file.name()), other, &descent),
                    "[checkpoint] it holds a model alone, and no state of an optimizer to go on from");
  CHECK(nn::checkpoint_of(whole, &adam).tensors.size() > nn::checkpoint_of(whole).tensors.size());
}
