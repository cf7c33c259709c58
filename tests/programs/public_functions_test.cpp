// Public functions that no other test calls through the umbrella headers (tests/public_test.py finds them), each held to what
// its header says.
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "autograd/autograd.h"
#include "nn/nn.h"
#include "tests/catch.h"

using namespace gradus;
using test::Approx;

namespace {

const Tensor row = Tensor{1.0, 2.0, 3.0};
double distance(const Tensor& a, const Tensor& b) { return max(abs(a - b)).item(); }

}  // namespace

TEST_CASE("umbrella: random numbers, threads, files") {
  // Known answers of Philox4x32-10, from the authors' own test vectors.
  CHECK(philox({0, 0, 0, 0}, {0, 0}) == std::array<std::uint32_t, 4>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  const Indices order = permutation(5, Key{.seed = 1});
  CHECK(std::set<std::int64_t>(order.values().begin(), order.values().end()) == std::set<std::int64_t>{0, 1, 2, 3, 4});
  const int before = num_threads();
  set_num_threads(1);
  CHECK(num_threads() == 1);
  set_num_threads(before);
  const std::string path = (std::filesystem::temp_directory_path() / "gradus_umbrella.csv").string();
  check_writable(path);
  CHECK_THROWS_AS(check_writable("/no such folder/x"), FileError);
  const nn::Table table{{"a", "b"}, 2, {1.0, 2.5, -3.0, 4.0}};
  nn::write_csv(path, table);
  CHECK(read_input(path) == nn::format_csv(table));
  CHECK(nn::read_csv(path).values == table.values);
  CHECK(nn::parse_csv("a;b\n1;2\n", "text", {.delimiter = ';'}).values == std::vector<double>{1.0, 2.0});
  std::filesystem::remove(path);
  const ParseError error("x", 3, 4);
  CHECK(error.offset() == 3);
}

TEST_CASE("umbrella: graphs, their words, sizes and steps") {
  const Tensor w = parameter(Tensor(2.0), "w");
  Graph graph(sigmoid(w) * w);
  graph.compute_gradients();
  CHECK(name_of(graph.slots()[0].role) == "parameter");
  CHECK(moved_by_descent(graph) == Moved::parameters);
  const std::vector<Array> after = after_descent(graph, 0.1);
  REQUIRE(after.size() == graph.slots().size());
  CHECK(after[0].item() == Approx(2.0 - 0.1 * graph.slots()[0].gradient.item()));
  const GraphRun run = graph.run_with_gradients({{"w", Array(3.0)}});
  const auto [value, slope] = value_and_grad([](const Tensor& x) { return sigmoid(x) * x; }, Tensor(3.0));
  CHECK(run.outputs[0].item() == value.item());
  CHECK(run.gradient("w").item() == Approx(slope.item()));
  CHECK(graph.plan_size().steps == 2);
  CHECK(drawn_size(graph).nodes >= 2);
  CHECK(drawn_size(graph, {.max_nodes = 1}).nodes <= drawn_size(graph).nodes);
  const Tensor x = variable(2.0, "x");
  CHECK(with_written_gradients(Graph(recorded_grad(tanh(x), x))).outputs().size() == 1);
  CHECK(have_onnx() == have_onnx());
}

TEST_CASE("umbrella: derivations and their formats") {
  const Tensor x = variable(2.0, "x");
  Graph square_of_x(x * x);
  square_of_x.compute_gradients();
  const Derivation derived = derivation(square_of_x);
  CHECK(name_of(Phase::backward) == "backward");
  CHECK(name_of(QuizLevel::number) == "number");
  CHECK(Equation{}.sign_before(1) == "=");
  CHECK(Equation{.sides = {}, .shapes = {}, .reason = {}, .approximate = {false, true}}.sign_before(1) == "≈");
  CHECK_FALSE(derivation_formats().empty());
  const DerivationFormat* html = find_derivation_format("html");
  REQUIRE(html != nullptr);
  CHECK(html->write(square_of_x, derived, {}).find("<") != std::string::npos);
  CHECK(find_derivation_format("no such format") == nullptr);
}

TEST_CASE("umbrella: gradients, hooks and constants") {
  const Tensor x = variable(row);
  const Tensor y = sum(x * x);
  CHECK(connected(y, x));
  CHECK_FALSE(connected(y, variable(1.0)));
  CHECK_FALSE(stop_gradient(x * x).requires_grad());
  CHECK(constant_like(cast(x, DType::float32), 0.5).dtype() == DType::float32);
  const auto [value, pullback] = recorded_vjp([](const Tensor& z) { return z * z * z; }, x);
  const Tensor first = pullback(ones({3}))[0];
  CHECK(distance(first, 3.0 * row * row) == 0.0);
  CHECK(distance(grad(sum(first), x), 6.0 * row) == 0.0);
  HookHandle handle = x.register_hook([](const Tensor& g) { return g * 10.0; });
  CHECK(distance(grad(y, x), 20.0 * row) == 0.0);
  handle.remove();
  CHECK(distance(grad(y, x), 2.0 * row) == 0.0);
  const auto compiled = compile([](const Tensor& z) { return sin(z) + cos(z); });
  CHECK(distance(compiled(row), sin(row) + cos(row)) == 0.0);
  CHECK(compiled.eager_calls() == 0);
  CHECK(compiled.plan_size().steps == 3);
}

TEST_CASE("umbrella: tensors and Scalars") {
  Tape tape;
  const Scalar s = read_scalar(row, 2);
  CHECK(s.value() == 3.0);
  CHECK(tape.gradient(s * s, s) == 6.0);
  CHECK(to_tensor(s * s).item() == 9.0);
}

TEST_CASE("umbrella: looking things up") {
  const Tensor table = variable(Tensor{{1, 2}, {3, 4}, {5, 6}});
  const Tensor looked = embedding(table, Indices{2, 0, 2}, 0);
  CHECK(distance(looked, Tensor{{5, 6}, {1, 2}, {5, 6}}) == 0.0);
  CHECK(distance(grad(sum(looked), table), Tensor{{0, 0}, {0, 0}, {2, 2}}) == 0.0);
  const IndexEntry mask = table > 3.0;
  CHECK(mask.kind() == IndexEntry::Kind::mask);
  CHECK(sum(mask.mask()).item() == 3.0);
  CHECK(distance(part_of(table, std::vector<IndexEntry>{1, all}), Tensor{3, 4}) == 0.0);
}

TEST_CASE("umbrella: decompositions as one array") {
  const Tensor a{{2.0, 1.0}, {1.0, 3.0}};
  const auto [q, r] = qr(a);
  CHECK(distance(stacked_qr(a), concat({q, transpose(r)})) == 0.0);
  const auto [values, vectors] = eigh(a);
  CHECK(distance(stacked_eigh(a), concat({reshape(values, {1, 2}), vectors})) == 0.0);
  const auto [u, s, vh] = svd(a);
  CHECK(distance(stacked_svd(a), concat({u, reshape(s, {1, 2}), transpose(vh)})) == 0.0);
}

TEST_CASE("umbrella: losses of models are those of tensors") {
  const Tensor p{{0.2, 0.7}, {0.9, 0.4}}, t{{0.0, 1.0}, {1.0, 1.0}}, signs = 2.0 * t - 1.0;
  CHECK(nn::mae_loss(p, t).item() == Approx(mean(abs(p - t)).item()));
  CHECK(nn::smooth_l1_loss(p, t, 0.5).item() == Approx(2.0 * nn::huber_loss(p, t, 0.5).item()));
  CHECK(nn::hinge_loss(p, signs).item() == Approx(mean(relu(1.0 - p * signs)).item()));
  CHECK(nn::cosine_loss(p, p).item() == Approx(0.0).margin(1e-15));
  CHECK(nn::bce_loss(p, t).item() == Approx(-mean(t * log(p) + (1.0 - t) * log1p(-p)).item()));
  CHECK(nn::bce_with_logits_loss(log(p / (1.0 - p)), t).item() == Approx(nn::bce_loss(p, t).item()));
  const Tensor q = softmax(p, 1), r = softmax(t, 1);
  CHECK(nn::kl_div_loss(log(q), r).item() == Approx(mean(r * log(r / q)).item()));
  const Indices labels{1, 0};
  CHECK(nn::nll_loss(log_softmax(p, 1), labels).item() == Approx(nn::cross_entropy(p, labels).item()));
  CHECK(nll(log_softmax(p, 1), labels).item() == nn::nll_loss(log_softmax(p, 1), labels).item());
}

TEST_CASE("umbrella: layers and activations by name") {
  CHECK(distance(nn::Linear(3, 2, nn::next_initial_key()).weight(), nn::Linear(3, 2, nn::next_initial_key()).weight()) >
        0.0);
  for (const std::string_view name : nn::activation_names()) {
    INFO(name);
    CHECK(nn::activation_named(name)(row).shape() == Shape{3});
  }
  const Tensor left = nn::dropout(ones({1000}), 0.25, Key{.seed = 1});
  CHECK(all_of(left == 0.0 || left == 1.0 / 0.75).item() == 1.0);
  CHECK(mean(left).item() == Approx(1.0).epsilon(0.1));
}

TEST_CASE("umbrella: a model of parts that are copied, and of one that is shared") {
  const nn::Linear first(3, 4);
  const auto last = std::make_shared<nn::Linear>(4, 2);
  const nn::Sequential model(first, nn::ReLU(), last);
  const Tensor x = reshape(row, {1, 3});
  CHECK(distance(model(x), (*last)(relu(first(x)))) == 0.0);
  CHECK(model.named_parameters()[0].name == "0.weight");
  CHECK(model.parameters()[3].record().get() == last->bias().record().get());
  CHECK(model.parameters()[0].record().get() != first.weight().record().get());
  const nn::Sequential inside(model, nn::Tanh()), copied(inside), listed({last, last});
  CHECK(inside.named_parameters()[0].name == "0.0.weight");
  CHECK(distance(copied(x), tanh(model(x))) == 0.0);
  CHECK(listed.parameters().size() == 2);
}

TEST_CASE("umbrella: plots") {
  Plot plot;
  plot.line({1.0, 10.0}, {1.0, 2.0}).logarithmic_x();
  CHECK(plot.svg().find("<svg") != std::string::npos);
}

TEST_CASE("umbrella: the kernels of OpenBLAS have a name") { CHECK_FALSE(blas_core().empty()); }
