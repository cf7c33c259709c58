#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "autograd/autograd.h"
#include "nn/nn.h"
#include "tests/catch.h"

using namespace gradus;
using namespace std::string_literals;

namespace {

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return bytes;
}

template <class F>
std::string said(F&& f) {
  try {
    (void)f();
  } catch (const FileError& error) {
    return error.what();
  }
  return "nothing";
}

// Written by Python's zipfile and gzip; the arrays as numpy.save writes them.
const std::string stored_archive = from_hex(
    "504b030414000000000000002100545e6f39b0000000b000000005000000782e6e7079934e554d5059010076007b27646573"
    "6372273a20273c6638272c2027666f727472616e5f6f72646572273a2046616c73652c20277368617065273a2028322c2033"
    "292c207d20202020202020202020202020202020202020202020202020202020202020202020202020202020202020202020"
    "2020202020202020202020200a0000000000000000000000000000f83f000000000000084000000000000012400000000000"
    "0018400000000000001e40504b0304140000000000000021006c48d693a0030000a003000005000000792e6e7079934e554d"
    "5059010076007b276465736372273a20273c6634272c2027666f727472616e5f6f72646572273a2046616c73652c20277368"
    "617065273a20283230302c292c207d2020202020202020202020202020202020202020202020202020202020202020202020"
    "20202020202020202020202020202020202020202020200a0000e0400000e0400000e0400000e0400000e0400000e0400000"
    "e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e040"
    "0000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000"
    "e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e040"
    "0000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000"
    "e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e040"
    "0000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000"
    "e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e040"
    "0000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000"
    "e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e040"
    "0000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000"
    "e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e040"
    "0000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000"
    "e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e040"
    "0000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000"
    "e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e0400000e040"
    "0000e0400000e0400000e0400000e0400000e0400000e040504b0102140314000000000000002100545e6f39b0000000b000"
    "0000050000000000000000000000800100000000782e6e7079504b01021403140000000000000021006c48d693a0030000a0"
    "0300000500000000000000000000008001d3000000792e6e7079504b0506000000000200020066000000960400000000");
const std::string deflated_archive = from_hex(
    "504b030414000000080000002100545e6f3957000000b000000005000000782e6e70799bec17ea1b10c9c850c650ad9e925a"
    "9c5ca46ea5a06e9366a1aea3a09e965f54529498179f5f94920a12774bcc294e058a17672416a402f91a463a0ac69a3a0ab5"
    "0a64032e0614f0c31e427338406821282d01a5e51c00504b0304140000000800000021006c48d69351000000a00300000500"
    "0000792e6e70799bec17ea1b10c9c850c650ad9e925a9c5ca46ea5a06e9366a2aea3a09e965f54529498179f5f94920a1277"
    "4bcc294e058a17672416a402f91a4606063a9a3a0ab50a64032e0686070ea378148f62ec1800504b01021403140000000800"
    "00002100545e6f3957000000b0000000050000000000000000000000800100000000782e6e7079504b010214031400000008"
    "00000021006c48d69351000000a003000005000000000000000000000080017a000000792e6e7079504b0506000000000200"
    "020066000000ee0000000000");
const std::string gzipped_idx = from_hex("1f8b08000000000002036360e0606460606066646206008be5bda40b000000");
const std::string gzipped_table = from_hex("1f8b08000000000002034bd449e232d431e232d631e10200e5e9d6ce0c000000");
const std::string gzipped_rows = from_hex("1f8b080000000000020333d531e332d7b1e00200f007609308000000");

}  // namespace

TEST_CASE("IDX files of every type", "[array files]") {
  const auto read = [](const std::string& bytes) { return nn::parse_idx(bytes, "f"); };
  const Array bytes = read("\0\0\x08\x02\0\0\0\x02\0\0\0\x03\x01\x02\x03\xff\0\x80"s);
  CHECK(bytes.shape() == Shape{2, 3});
  CHECK(bytes.dtype() == DType::float32);
  CHECK(bytes.to_vector() == std::vector<double>{1, 2, 3, 255, 0, 128});
  CHECK(read("\0\0\x09\x01\0\0\0\x02\xff\x7f"s).to_vector() == std::vector<double>{-1, 127});
  CHECK(read("\0\0\x0b\x01\0\0\0\x02\xff\xfe\x01\x00"s).to_vector() == std::vector<double>{-2, 256});
  CHECK(read("\0\0\x0c\x01\0\0\0\x01\xff\xff\xff\xfe"s).to_vector() == std::vector<double>{-2});
  CHECK(read("\0\0\x0d\x01\0\0\0\x01\x3f\xc0\0\0"s).to_vector() == std::vector<double>{1.5});
  const Array doubles = read("\0\0\x0e\x01\0\0\0\x01\x3f\xf8\0\0\0\0\0\0"s);
  CHECK(doubles.to_vector() == std::vector<double>{1.5});
  CHECK(doubles.dtype() == DType::float64);

  CHECK(said([&] { return read(""); }) == "f: this is no IDX file");
  CHECK(said([&] { return read("\x01\0\x08\x01"s); }) == "f: this is no IDX file");
  CHECK(said([&] { return read("\0\0\x07\x01\0\0\0\0"s); }) ==
        "f: this is no IDX file: its type of numbers is unknown");
  CHECK(said([&] { return read("\0\0\x08\x02\0\0\0\x01"s); }) == "f: the file ends early");
  CHECK(said([&] { return read("\0\0\x08\x11"s); }) == "f: it has more than 16 axes");
  CHECK(said([&] { return read("\0\0\x08\x01\0\0\0\x05\x01"s); }) ==
        "f: its header speaks of 5 bytes of numbers, there are 1");
  CHECK(said([&] { return read("\0\0\x0e\x03\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"s); }) ==
        "f: its header speaks of too many bytes of numbers, there are 0");
  CHECK_THROWS_AS(nn::read_idx("no/such/file"), FileError);
}

TEST_CASE("archives of arrays", "[array files]") {
  for (const std::string& archive : {stored_archive, deflated_archive}) {
    if (archive.empty()) continue;
    std::map<std::string, Array> arrays;
    const std::string message = said([&] { return arrays = nn::parse_npz(archive, "f"); });
    if (message.find("without zlib") != std::string::npos) continue;
    REQUIRE(message == "nothing");
    REQUIRE(arrays.size() == 2);
    CHECK(arrays.at("x").shape() == Shape{2, 3});
    CHECK(arrays.at("x").to_vector() == std::vector<double>{0, 1.5, 3, 4.5, 6, 7.5});
    CHECK(arrays.at("y").dtype() == DType::float32);
    CHECK(arrays.at("y").to_vector() == std::vector<double>(200, 7.0));
    // Cut short or changed anywhere, it is an error or the same arrays, and never anything else.
    for (std::size_t length = 0; length < archive.size(); length += 3) {
      CHECK_THROWS_AS(nn::parse_npz(archive.substr(0, length), "f"), FileError);
    }
    for (std::size_t at = 0; at < archive.size(); ++at) {
      std::string changed = archive;
      changed[at] = static_cast<char>(changed[at] ^ 0x41);
      const std::string what = said([&] { return nn::parse_npz(changed, "f"); });
      CHECK(what.find('\0') == std::string::npos);
    }
  }
  CHECK(said([] { return nn::parse_npz("PK", "f"); }) == "f: this is no .npz file");
  CHECK_THROWS_AS(nn::read_npz("no/such/file"), FileError);
}

TEST_CASE("compressed files are unpacked", "[array files]") {
  const std::string path =
      (std::filesystem::temp_directory_path() / fmt::format("gradus_{}_idx.gz", ::getpid())).string();
  const auto with = [&](const std::string& bytes, auto&& read) {
    write_file(path, bytes);
    const std::string message = said([&] { return read(path); });
    std::filesystem::remove(path);
    return message;
  };
  const auto idx = [](const std::string& file) { return nn::read_idx(file); };
  if (with(gzipped_idx, idx).find("without zlib") != std::string::npos) return;
  write_file(path, gzipped_idx);
  CHECK(nn::read_idx(path).to_vector() == std::vector<double>{1, 2, 3});
  write_file(path, gzipped_table + gzipped_rows);  // gzip files may be joined
  const nn::DataFrame frame = nn::read_data_frame(path);
  CHECK(frame.rows == 4);
  CHECK(frame.column("b").values == std::vector<double>{2, 4, 6, 8});
  std::filesystem::remove(path);
  CHECK(with("abc", idx) == path + ": this is no gzip file");
  CHECK(with(gzipped_idx.substr(0, 20), idx) == path + ": the compressed data end early");
  std::string damaged = gzipped_idx;
  damaged[gzipped_idx.size() - 6] = static_cast<char>(damaged[gzipped_idx.size() - 6] ^ 1);
  CHECK(with(damaged, idx) == path + ": the compressed data are damaged");
}
