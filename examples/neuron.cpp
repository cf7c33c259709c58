// One neuron with two inputs: o = tanh(x1·w1 + x2·w2 + b).  Its value, and how much it changes with each number in it.
//
//   neuron [--draw FILE.dot]        then, for a picture:  dot -Tsvg FILE.dot -o neuron.svg
#include <autograd/autograd.h>
#include <autograd/base/file.h>
#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

using namespace gradus;

namespace {

Tensor named(Tensor x, const std::string& name) { return x.set_name(name); }

void run(const std::string& drawing) {
  // Leaves: where the computation starts.  Both kinds are differentiated; a drawing tells them apart.
  const Tensor x1 = variable(2.0, "x1");
  const Tensor x2 = variable(0.0, "x2");
  const Tensor w1 = parameter(-3.0, "w1");
  const Tensor w2 = parameter(1.0, "w2");
  const Tensor b = parameter(6.8813735870195432, "b");

  // Ordinary expressions record themselves.  Names are for the reader; they may be left out.
  const Tensor p1 = named(x1 * w1, "p1");
  const Tensor p2 = named(x2 * w2, "p2");
  const Tensor n = named(p1 + p2 + b, "n");
  const Tensor o = named(tanh(n), "o");

  // grad() answers for any tensor on the way to o; o.backward() would leave the gradients in the leaves instead.
  const std::vector<Tensor> all{x1, w1, p1, x2, w2, p2, b, n, o};
  const std::vector<Tensor> gradients = grad(o, all);
  for (std::size_t k = 0; k < all.size(); ++k) {
    fmt::print("{:<2} = {:7.4f}   do/d{:<2} = {:7.4f}\n", all[k].name(), all[k].item(), all[k].name(),
               gradients[k].item());
  }

  if (!drawing.empty()) {
    Graph graph(o);
    graph.compute_gradients();
    write_file(drawing, to_dot(graph, {.title = "A neuron", .subtitle = "o = tanh(x1·w1 + x2·w2 + b)"}));
  }
}

}  // namespace

int main(int argc, char** argv) {
  const bool draws = argc == 3 && std::string_view(argv[1]) == "--draw";
  if (argc != 1 && !draws) {
    fmt::print(stderr, "usage: neuron [--draw FILE.dot]\n");
    return 2;
  }
  try {
    run(draws ? argv[2] : "");
  } catch (const Error& error) {
    fmt::print(stderr, "neuron: {}\n", error.what());
    return 1;
  }
}
