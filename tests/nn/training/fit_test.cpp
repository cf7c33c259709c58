// fit: what it learns, what it says, how it ends.
#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "autograd/autograd.h"
#include "nn/nn.h"
#include "tests/catch.h"

using namespace gradus;

namespace {

nn::FitOptions quiet(std::int64_t epochs) {
  nn::FitOptions options;
  options.epochs = epochs;
  options.progress.shown = false;
  return options;
}

nn::Dataset line() {
  const Array x = uniform_array({40, 1}, -1.0, 1.0, Key{3});
  return {Tensor(x), Tensor(x) * 2.0 + 1.0};
}

std::vector<double> weights_of(nn::Module& model) {
  std::vector<double> all;
  for (const Tensor& p : model.parameters()) {
    for (const double x : p.to_vector()) all.push_back(x);
  }
  return all;
}

}  // namespace

TEST_CASE("fit: a line, and two classes", "[fit]") {
  nn::Linear model(1, 1, Key{1});
  nn::SGD sgd(model.parameters(), 0.2);
  const nn::History history = nn::fit(model, line(), sgd, quiet(60));
  CHECK_THAT(model.weight().item(), test::WithinAbs(2.0, 1e-6));
  CHECK_THAT(model.bias().item(), test::WithinAbs(1.0, 1e-6));
  REQUIRE(history.epochs.size() == 60);
  CHECK(history.epochs.back().steps == 120);
  CHECK(history.ending == nn::Ending::all_epochs);
  CHECK(history.warnings.empty());
  CHECK_FALSE(model.weight().has_grad());

  const nn::Dataset moons = nn::toy::moons(200, Key{5});
  const auto [training, held_out] = nn::split(moons, 0.25, Key{6});
  nn::MLP net({2, 16, 2}, nn::tanh_of, ops::identity<Tensor>, Key{2});
  nn::FitOptions options = quiet(60);
  options.metrics = {nn::metric("accuracy"), nn::metric("f1")};
  options.validation = held_out;
  nn::Adam adam(net.parameters(), 0.02);
  const nn::History learned = nn::fit(net, training, adam, options);
  CHECK(learned.metrics == std::vector<std::string>{"accuracy", "f1"});
  REQUIRE(learned.epochs.back().validation);
  CHECK(learned.epochs.back().validation->metrics[0] > 0.95);
  CHECK(learned.epochs.back().training.metrics[0] > 0.95);
  CHECK(learned.best_epoch >= 1);
  const nn::Scores again = nn::evaluate(net, held_out, nn::default_loss, options.metrics, 7);
  CHECK_THAT(again.loss, test::WithinRel(learned.epochs.back().validation->loss, 1e-12));
  CHECK(again.metrics == learned.epochs.back().validation->metrics);
  CHECK(nn::predict(net, held_out.x, 7).shape() == Shape{50, 2});
  const std::vector<double> whole = nn::predict(net, held_out.x).to_vector();
  const std::vector<double> parts = nn::predict(net, held_out.x, 7).to_vector();
  for (std::size_t k = 0; k < whole.size(); ++k) CHECK_THAT(parts[k], test::WithinAbs(whole[k], 1e-12));
}

TEST_CASE("fit: one logit for two classes, and Adam where no optimizer is given", "[fit]") {
  nn::Dataset data = nn::toy::moons(100, Key{5});
  nn::MLP net({2, 8, 1}, nn::tanh_of, ops::identity<Tensor>, Key{2});
  nn::FitOptions options = quiet(40);
  options.metrics = {nn::metric("accuracy"), nn::metric("roc_auc")};
  options.batch_size = 4;
  const nn::History history = nn::fit(net, data, options);
  CHECK(history.epochs.back().training.loss < history.epochs.front().training.loss);
  CHECK(history.epochs.back().training.metrics[1] > 0.9);
}

TEST_CASE("fit: the same key gives the same weights, whatever the number of threads", "[fit]") {
  const nn::Dataset data = nn::toy::moons(300, Key{5});
  std::vector<std::vector<double>> all;
  const int before = num_threads();
  for (const int threads : {1, 2, 8}) {
    set_num_threads(threads);
    nn::MLP net({2, 400, 100, 2}, nn::tanh_of, ops::identity<Tensor>, Key{2});
    nn::AdamW adam(net.parameters(), 0.01);
    nn::FitOptions options = quiet(2);
    options.batch_size = 150;
    options.key = Key{9};
    nn::fit(net, data, adam, options);
    all.push_back(weights_of(net));
  }
  set_num_threads(before);
  CHECK(all[0] == all[1]);
  CHECK(all[0] == all[2]);
}

TEST_CASE("fit: it stops early, with the best weights", "[fit]") {
  nn::Linear model(1, 1, Key{1});
  nn::SGD sgd(model.parameters(), 0.1);
  nn::FitOptions options = quiet(100);
  options.validation = line();
  options.stop_early = nn::EarlyStopping{.patience = 2};
  std::vector<std::vector<double>> after;
  options.callbacks = {[&](const nn::Epoch& epoch) {
    after.push_back(weights_of(model));
    if (epoch.number == 3) sgd.set_rate(2.5);  // from here on it goes wrong
    return true;
  }};
  const nn::History history = nn::fit(model, line(), sgd, options);
  CHECK(history.ending == nn::Ending::early);
  CHECK(history.best_epoch == 3);
  CHECK(history.epochs.size() == 6);
  CHECK(history.model_epoch == 3);
  CHECK(weights_of(model) == after[2]);
}

namespace {

/// A model that soon learns its few rows by heart, with dropout and momentum: all that a training goes on from.
struct Overfitting {
  nn::Dataset data = nn::toy::moons(24, Key{5}, 0.5);
  nn::Dataset held_out = nn::toy::moons(40, Key{6}, 0.5);
  nn::Sequential model{std::make_shared<nn::Linear>(2, 24, Key{2}), std::make_shared<nn::Tanh>(),
                       std::make_shared<nn::Dropout>(0.2, Key{7}), std::make_shared<nn::Linear>(24, 2, Key{3})};
  nn::Adam adam{model.parameters(), 0.05};

  nn::FitOptions options(std::int64_t epochs, std::int64_t patience) const {
    nn::FitOptions all = quiet(epochs);
    all.batch_size = 8;
    all.validation = held_out;
    all.stop_early = nn::EarlyStopping{.patience = patience};
    return all;
  }
  nn::History run(const nn::FitOptions& options) { return nn::fit(model, data, adam, options); }
};

void check_same(const Overfitting& a, const Overfitting& b) {
  const SafeTensors one = nn::checkpoint_of(a.model, &a.adam), two = nn::checkpoint_of(b.model, &b.adam);
  REQUIRE(one.tensors.size() == two.tensors.size());
  for (std::size_t k = 0; k < one.tensors.size(); ++k) {
    INFO(one.tensors[k].name);
    CHECK(one.tensors[k].array.to_vector() == two.tensors[k].array.to_vector());
  }
}

}  // namespace

TEST_CASE("fit: a training that went back to its best epoch goes on as if it had not ended", "[fit]") {
  Overfitting whole;
  const nn::History all = whole.run(whole.options(60, 100));
  REQUIRE(all.ending == nn::Ending::all_epochs);
  REQUIRE(all.best_epoch < 55);
  CHECK(all.model_epoch == all.best_epoch);

  Overfitting parts;
  nn::History history = parts.run(parts.options(60, 1));
  CHECK(history.ending == nn::Ending::early);
  CHECK(history.model_epoch == history.best_epoch);
  CHECK(history.model_epoch < std::ssize(history.epochs));
  // Through a file, which knows of numbers alone.
  const SafeTensors kept = nn::checkpoint_of(parts.model, &parts.adam);
  Overfitting later;
  nn::restore(parse_safetensors(format_safetensors(kept), "kept"), later.model, &later.adam);
  nn::FitOptions options = later.options(60, 100);
  options.resume = &history;
  const nn::History rest = later.run(options);
  CHECK(rest.best_epoch == all.best_epoch);
  REQUIRE(rest.epochs.size() == all.epochs.size());
  for (std::size_t k = 0; k < all.epochs.size(); ++k)
    CHECK(rest.epochs[k].training.loss == all.epochs[k].training.loss);
  check_same(whole, later);

  // Interrupted behind its best epoch: model and optimizer are of the last whole one, and the best is known still.
  Overfitting stopped;
  options = stopped.options(60, 100);
  std::int64_t steps = 0;
  options.stop = [&] { return ++steps == 58 * 3 - 1; };
  history = stopped.run(options);
  CHECK(history.ending == nn::Ending::interrupted);
  CHECK(history.model_epoch == 57);
  options.stop = {};
  options.resume = &history;
  stopped.run(options);
  check_same(whole, stopped);

  // Where nobody kept the best weights, the best that is known is where it goes on.
  Overfitting careless;
  options = careless.options(50, 0);
  options.stop_early = {};
  history = careless.run(options);
  CHECK(history.best.tensors.empty());
  CHECK(history.model_epoch == 50);
  nn::FitOptions then = careless.options(51, 100);
  then.resume = &history;
  const nn::History more = careless.run(then);
  const bool better = more.epochs[50].validation->loss < more.epochs[49].validation->loss;
  CHECK(more.best_epoch == (better ? 51 : 50));
}

TEST_CASE("fit: L-BFGS takes the loss", "[fit]") {
  nn::Linear model(1, 1, Key{1});
  nn::LBFGS lbfgs(model.parameters(), 1.0, {.tolerance_grad = 1e-12, .tolerance_change = 1e-16, .strong_wolfe = true});
  CHECK(lbfgs.asks_again());
  nn::FitOptions options = quiet(3);
  options.batch_size = 0;
  options.metrics = {nn::metric("r2")};
  const nn::History history = nn::fit(model, line(), lbfgs, options);
  CHECK_THAT(model.weight().item(), test::WithinAbs(2.0, 1e-6));
  CHECK_THAT(history.epochs[1].training.loss, test::WithinAbs(0.0, 1e-12));
  CHECK(history.epochs[1].training.metrics[0] > 0.999);

  // In the middle as from a file.
  nn::MLP whole({2, 4, 2}, nn::tanh_of, ops::identity<Tensor>, Key{2}),
      half({2, 4, 2}, nn::tanh_of, ops::identity<Tensor>, Key{2});
  nn::LBFGS one(whole.parameters(), 1.0, {.max_iter = 3, .strong_wolfe = true});
  nn::LBFGS two(half.parameters(), 1.0, {.max_iter = 3, .strong_wolfe = true});
  const nn::Dataset moons = nn::toy::moons(60, Key{5});
  options = quiet(6);
  options.batch_size = 0;
  nn::fit(whole, moons, one, options);
  options.epochs = 2;
  const nn::History before = nn::fit(half, moons, two, options);
  nn::MLP again({2, 4, 2}, nn::tanh_of, ops::identity<Tensor>, Key{9});
  nn::LBFGS three(again.parameters(), 1.0, {.max_iter = 3, .strong_wolfe = true});
  nn::restore(parse_safetensors(format_safetensors(nn::checkpoint_of(half, &two)), "kept"), again, &three);
  options.epochs = 6;
  options.resume = &before;
  nn::fit(again, moons, three, options);
  CHECK(weights_of(again) == weights_of(whole));

  options = quiet(1);
  options.clip_norm = 1.0;
  CHECK_THROWS_MATCHES(
      nn::fit(model, line(), lbfgs, options), ValueError,
      test::Message("[fit] lbfgs looks at several gradients a step, and none of them can be clipped: no "
                    "clip_norm"));
  options.clip_norm = 0.0;
  const nn::Dataset broken{line().x, Tensor(Array::full({40, 1}, std::nan("")))};
  const std::vector<double> kept = weights_of(model);
  CHECK_THROWS_MATCHES(nn::fit(model, broken, lbfgs, options), ValueError,
                       test::Message("[fit] the loss is nan in step 1, with parameters that are finite: look for "
                                     "numbers in the data that are not, or too large; or take a smaller rate"));
  CHECK(weights_of(model) == kept);
  options.loss = [](const Tensor&, const nn::Dataset&) { return Tensor(1.0); };
  CHECK_THROWS_MATCHES(nn::fit(model, line(), lbfgs, options), ValueError,
                       test::Message("[fit] the loss depends on no parameter that is learned"));
  options.loss = [&](const Tensor&, const nn::Dataset&) { return sum(square(model.bias() - 1.0)); };
  CHECK(nn::fit(model, line(), lbfgs, options).warnings.at(0) ==
        "no gradient reaches weight: the loss does not depend on it");
}

TEST_CASE("fit: callbacks, schedules and plateaus", "[fit]") {
  nn::Linear model(1, 1, Key{1});
  nn::SGD sgd(model.parameters(), 0.1);
  nn::FitOptions options = quiet(100);
  options.batch_size = 0;
  options.schedule = nn::step_schedule(0.1, 2, 0.5);
  options.callbacks = {[](const nn::Epoch&) { return true; }, [](const nn::Epoch& e) { return e.number < 4; }};
  nn::History history = nn::fit(model, line(), sgd, options);
  CHECK(history.ending == nn::Ending::callback);
  REQUIRE(history.epochs.size() == 4);
  CHECK(history.epochs[1].rate == 0.1);
  CHECK(history.epochs[3].rate == 0.05);
  CHECK(history.epochs[3].steps == 4);
  options.schedule = {};
  options.callbacks = {};
  options.epochs = 3;
  options.plateau = nn::ReduceOnPlateau({.factor = 0.5, .patience = 0, .threshold = 0.9999});
  sgd.set_rate(0.25);
  history = nn::fit(model, line(), sgd, options);
  CHECK(history.epochs[1].rate == 0.25);
  CHECK(history.epochs[2].rate == 0.125);
}

TEST_CASE("fit: interrupted, it is as after the last whole epoch", "[fit]") {
  const nn::Dataset data = line();
  nn::Linear model(1, 1, Key{1});
  nn::Adam adam(model.parameters(), 0.1);
  nn::FitOptions options = quiet(10);
  options.batch_size = 8;
  std::vector<double> whole;
  options.callbacks = {[&](const nn::Epoch&) {
    whole = weights_of(model);
    return true;
  }};
  int steps = 0;
  options.stop = [&] { return ++steps == 17; };
  const nn::History history = nn::fit(model, data, adam, options);
  CHECK(history.ending == nn::Ending::interrupted);
  CHECK(history.epochs.size() == 3);
  CHECK(weights_of(model) == whole);

  // And goes on from there as if nothing had happened.
  options.stop = {};
  options.resume = &history;
  const nn::History rest = nn::fit(model, data, adam, options);
  CHECK(rest.epochs.size() == 10);
  CHECK(rest.epochs.back().steps == 50);
  nn::Linear twin(1, 1, Key{1});
  nn::Adam second(twin.parameters(), 0.1);
  options.resume = nullptr;
  options.callbacks = {};
  nn::fit(twin, data, second, options);
  CHECK(weights_of(model) == weights_of(twin));
}

TEST_CASE("fit: what is not finite ends it, by name and step", "[fit]") {
  nn::MLP model({1, 3, 1}, nn::tanh_of, ops::identity<Tensor>, Key{1});
  nn::Dataset data = line();
  nn::SGD sgd(model.parameters(), 0.1);
  const auto message = [&](const nn::Dataset& rows, nn::FitOptions options) -> std::string {
    try {
      nn::fit(model, rows, sgd, options);
    } catch (const Error& e) {
      return e.what();
    }
    return "nothing";
  };
  nn::FitOptions options = quiet(5);
  options.batch_size = 10;
  const std::vector<double> before = weights_of(model);
  nn::Dataset broken{data.x, Tensor(Array::full({40, 1}, std::nan("")))};
  CHECK(
      message(broken, options) ==
      "[fit] the loss is nan in step 1, with parameters that are finite: look for numbers in the data that are not, or "
      "too large; or take a smaller rate");
  CHECK(weights_of(model) == before);
  int count = 0;
  options.loss = [&](const Tensor& p, const nn::Dataset& batch) {
    const Tensor loss = nn::mse_loss(p, batch.y);
    return ++count == 3 ? loss + sum(sqrt(0.0 * model.parameters()[1])) : loss;  // √ has an infinite slope at 0
  };
  CHECK(message(data, options).substr(0, 62) == "[fit] the gradient of layer1.bias is not finite in step 3, whe");
  options.loss = nn::default_loss;
  sgd.set_rate(1e300);
  CHECK(message(data, options).find("finite") != std::string::npos);
  model.parameters()[0].set_value(Array::full({3, 1}, std::numeric_limits<double>::infinity()));
  model.parameters()[1].set_value(Array::full({3}, -std::numeric_limits<double>::infinity()));
  CHECK(message(data, options) ==
        "[fit] the parameter layer1.weight is not finite before step 1: the loss is nan; take a smaller rate, or clip "
        "the "
        "gradients");
}

TEST_CASE("fit: warnings", "[fit]") {
  const nn::Dataset data = line();
  nn::Linear model(1, 1, Key{1});
  nn::SGD still(model.parameters(), 0.0);
  nn::FitOptions options = quiet(3);
  options.batch_size = 0;
  CHECK(nn::fit(model, data, still, options).warnings.at(0).substr(0, 20) == "nothing was learned:");
  nn::SGD wild(model.parameters(), 1.5);
  CHECK(nn::fit(model, data, wild, options).warnings.at(0).substr(0, 14) == "the loss grew ");
  options.loss = [&](const Tensor&, const nn::Dataset&) { return sum(square(model.bias())); };
  CHECK(nn::fit(model, data, still, options).warnings.at(0) ==
        "no gradient reaches weight: the loss does not depend on it");
}

TEST_CASE("fit: options that make no sense are refused", "[fit]") {
  nn::Linear model(1, 1, Key{1});
  nn::SGD sgd(model.parameters(), 0.1);
  const auto message = [&](auto change, nn::Dataset data = line()) -> std::string {
    nn::FitOptions options = quiet(1);
    change(options);
    try {
      nn::fit(model, data, sgd, options);
    } catch (const ValueError& e) {
      return e.what();
    }
    return "nothing";
  };
  CHECK(message([](nn::FitOptions&) {}, {Tensor(zeros({0, 1})), Tensor(zeros({0, 1}))}) ==
        "[fit] there are no rows to learn from");
  CHECK(message([](nn::FitOptions& o) { o.epochs = 0; }) == "[fit] 0 epochs: there must be one at least");
  CHECK(message([](nn::FitOptions& o) { o.batch_size = -1; }) ==
        "[fit] a batch of -1 rows: there must be one at least, or 0 for all");
  CHECK(message([](nn::FitOptions& o) { o.loss = {}; }) == "[fit] the loss is empty: it holds no function");
  CHECK(message([](nn::FitOptions& o) { o.stop_early = nn::EarlyStopping{}; }) ==
        "[fit] stopping early needs rows to validate on");
  CHECK(message([](nn::FitOptions& o) {
          o.validation = line();
          o.stop_early = nn::EarlyStopping{-1};
        }) == "[fit] patience and the least progress must not be negative");
  CHECK(message([](nn::FitOptions& o) {
          o.validation = nn::Dataset{zeros({0, 1}), zeros({0, 1})};
        }) == "[fit] there are no rows to validate on");
  CHECK(message([](nn::FitOptions& o) {
          o.schedule = nn::constant_schedule(0.1);
          o.plateau = nn::ReduceOnPlateau();
        }) == "[fit] a schedule and a plateau cannot both set the rate: take one of them");
  CHECK(message([](nn::FitOptions& o) { o.loss = [](const Tensor&, const nn::Dataset&) { return Tensor(1.0); }; }) ==
        "[fit] the loss depends on no parameter that is learned");
  CHECK_THROWS_MATCHES(nn::metric("acuracy"), ValueError,
                       test::Message("[metric] 'acuracy' is not known; did you mean 'accuracy'?"));
}

TEST_CASE("fit: what it says on the way", "[fit]") {
  std::string text;
  nn::FitOptions options = quiet(10);
  options.progress.shown = true;
  options.progress.every = 4;
  options.progress.terminal = false;
  options.progress.write = [&](std::string_view part) { text += part; };
  nn::Linear model(1, 1, Key{1});
  nn::SGD sgd(model.parameters(), 0.1);
  options.validation = line();
  options.metrics = {nn::metric("r2")};
  nn::fit(model, line(), sgd, options);
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1)
    lines.push_back(text.substr(at, text.find('\n', at) - at));
  REQUIRE(lines.size() == 4);  // 1, 5, 9 and the last
  CHECK(lines[0].substr(0, 13) == "Epoch  1/10  ");
  CHECK(lines[0].find(" s  rate 0.1  loss ") != std::string::npos);
  CHECK(lines[3].find("val_r2 ") != std::string::npos);

  text.clear();
  options.progress.terminal = true;
  options.epochs = 1;
  nn::fit(model, line(), sgd, options);
  CHECK(text.substr(0, 14) == "\rEpoch 1/1 ━");
  CHECK(text.find(" 1/2  rate 0.1  loss ") != std::string::npos);
  CHECK(text.find(" s left\x1b[K") != std::string::npos);
  CHECK(text.back() == '\n');
  CHECK(nn::duration_text(47.4) == "47 s");
  CHECK(nn::duration_text(200.0) == "3 min 20 s");
  CHECK(nn::duration_text(7500.0) == "2 h 5 min");
}
