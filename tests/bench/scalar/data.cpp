// The data of ADBench's objectives, made from a key, and its text format.
#include <cmath>
#include <istream>
#include <limits>
#include <ostream>
#include <sstream>
#include <stdexcept>

#include "adbench.h"
#include "bundle.h"
#include "hand.h"
#include "tests/bench/scalar/bench_random.h"

namespace bench::scalar {

namespace {

template <class T>
T next(std::istream& in) {
  T out;
  if (!(in >> out)) throw std::runtime_error("the file ends early, or holds something else than a number");
  return out;
}

void append(std::istream& in, std::size_t count, std::vector<double>& out) {
  for (std::size_t i = 0; i < count; ++i) out.push_back(next<double>(in));
}

/// `width` numbers a line.
void write_lines(std::ostream& out, std::span<const double> numbers, std::size_t width) {
  for (std::size_t i = 0; i < numbers.size(); ++i) out << numbers[i] << ((i + 1) % width == 0 ? '\n' : ' ');
}

/// Whatever is generated passes through the format, so that both of its directions are used.
template <class Data>
Data through_text(const Data& data) {
  std::stringstream text;
  text.precision(std::numeric_limits<double>::max_digits10);
  data.write(text);
  return Data::read(text);
}

}  // namespace

Mixture Mixture::generate(std::size_t d, std::size_t components, std::size_t n) {
  Random random(100 + d);
  const std::size_t factor_size = d * (d + 1) / 2;
  Mixture out{d, components, n, 1.0, 0, random.normals(n * d), random.normals(components)};
  const std::vector<double> means = random.uniforms(components * d);
  const std::vector<double> factors = random.normals(components * factor_size, 0.3);
  out.inputs.insert(out.inputs.end(), means.begin(), means.end());
  out.inputs.insert(out.inputs.end(), factors.begin(), factors.end());
  return through_text(out);
}

Mixture Mixture::read(std::istream& in) {
  Mixture out{};
  out.d = next<std::size_t>(in);
  out.components = next<std::size_t>(in);
  out.n = next<std::size_t>(in);
  append(in, out.components * (1 + out.d + out.d * (out.d + 1) / 2), out.inputs);
  append(in, out.n * out.d, out.points);
  out.wishart_gamma = next<double>(in);
  out.wishart_m = next<int>(in);
  return out;
}

void Mixture::write(std::ostream& out) const {
  const std::span<const double> x(inputs);
  out << d << ' ' << components << ' ' << n << '\n';
  write_lines(out, x.first(components), 1);
  write_lines(out, x.subspan(components, components * d), d);
  write_lines(out, x.subspan(components + components * d), d * (d + 1) / 2);
  write_lines(out, points, d);
  out << wishart_gamma << ' ' << wishart_m << '\n';
}

double Mixture::constant() const {
  const double log_two_pi = std::log(2.0 * M_PI);
  const auto p = static_cast<double>(d);
  const double degrees = p + wishart_m + 1.0;
  double log_gamma = 0.25 * p * (p - 1.0) * std::log(M_PI);
  for (std::size_t j = 0; j < d; ++j) log_gamma += std::lgamma(0.5 * (degrees - static_cast<double>(j)));
  const double prior = degrees * p * (std::log(wishart_gamma) - 0.5 * std::log(2.0)) - log_gamma;
  return -0.5 * static_cast<double>(n) * p * log_two_pi - static_cast<double>(components) * prior;
}

Lstm Lstm::generate(std::size_t layers, std::size_t length, std::size_t bits) {
  Random random(200);
  Lstm out{layers,
           length,
           bits,
           random.uniforms(2 * layers * bits, -0.5, 0.5),
           std::vector<double>(length * bits),
           random.uniforms((8 * layers + 3) * bits, -0.5, 0.5)};
  for (std::size_t t = 0; t < length; ++t) {
    out.sequence[t * bits + static_cast<std::size_t>(random.uniform() * static_cast<double>(bits))] = 1.0;
  }
  return through_text(out);
}

Lstm Lstm::read(std::istream& in) {
  Lstm out{};
  out.layers = next<std::size_t>(in);
  out.length = next<std::size_t>(in);
  out.bits = next<std::size_t>(in);
  append(in, (8 * out.layers + 3) * out.bits, out.inputs);
  append(in, 2 * out.layers * out.bits, out.state);
  append(in, out.length * out.bits, out.sequence);
  return out;
}

void Lstm::write(std::ostream& out) const {
  const std::span<const double> x(inputs);
  out << layers << ' ' << length << ' ' << bits << '\n';
  write_lines(out, x.first(8 * layers * bits), 4 * bits);
  write_lines(out, x.subspan(8 * layers * bits), bits);
  write_lines(out, state, bits);
  write_lines(out, sequence, bits);
}

Bundle Bundle::generate(std::size_t cameras, std::size_t points, std::size_t observations) {
  Random random(300);
  Bundle one{cameras,
             points,
             observations,
             random.uniforms(camera_size, 0.1, 1.0),
             random.uniforms(3, 1.0, 2.0),
             random.uniforms(1),
             random.uniforms(2),
             {},
             {}};
  return through_text(one);
}

Bundle Bundle::read(std::istream& in) {
  Bundle out{};
  out.cameras = next<std::size_t>(in);
  out.points = next<std::size_t>(in);
  out.observations = next<std::size_t>(in);
  const auto repeated = [&in](std::size_t size, std::size_t times) {
    std::vector<double> one;
    append(in, size, one);
    std::vector<double> all;
    for (std::size_t k = 0; k < times; ++k) all.insert(all.end(), one.begin(), one.end());
    return all;
  };
  out.camera = repeated(camera_size, out.cameras);
  out.point = repeated(3, out.points);
  out.weight = repeated(1, out.observations);
  out.feature = repeated(2, out.observations);
  // As ADBench does: observation k sees camera k mod n and point k mod m.
  for (std::size_t k = 0; k < out.observations; ++k) {
    out.seen_by.push_back(k % out.cameras);
    out.seen_point.push_back(k % out.points);
  }
  return out;
}

void Bundle::write(std::ostream& out) const {
  out << cameras << ' ' << points << ' ' << observations << '\n';
  write_lines(out, std::span(camera).first(camera_size), camera_size);
  write_lines(out, std::span(point).first(3), 3);
  write_lines(out, std::span(weight).first(1), 1);
  write_lines(out, std::span(feature).first(2), 2);
}

void Bundle::gather(std::size_t observation, std::span<double, row_inputs> x) const {
  const double* its_camera = &camera[seen_by[observation] * camera_size];
  const double* its_point = &point[seen_point[observation] * 3];
  for (std::size_t i = 0; i < camera_size; ++i) x[i] = its_camera[i];
  for (std::size_t i = 0; i < 3; ++i) x[camera_size + i] = its_point[i];
  x[camera_size + 3] = weight[observation];
}

Hand Hand::generate(std::size_t vertices, std::size_t points) {
  Random random(400);
  Hand out;
  std::vector<Rigid<double>> absolute;
  for (std::size_t b = 0; b < bones; ++b) {
    const bool starts_finger = b >= 2 && (b - 2) % 4 == 0;
    out.parents.push_back(b == 0 || starts_finger ? 0 : b - 1);
    const std::vector<double> a = random.uniforms(3, -0.3, 0.3);
    Rigid<double> own{euler_rotation(a[0], a[1], a[2]), {}};
    for (double& t : own.t) t = random.uniform(0.5, 1.5);
    out.relatives.push_back(own);
    if (b > 0) {
      const Rigid<double>& parent = absolute[out.parents[b]];
      Rigid<double> product = own;
      multiply(parent.r, own.r, product.r);
      for (std::size_t i = 0; i < 3; ++i) product.t[i] = row_times(parent.r, i, own.t.data()) + parent.t[i];
      own = product;
    }
    absolute.push_back(own);
    Rigid<double> inverse = own;
    for (std::size_t i = 0; i < 3; ++i) {
      for (std::size_t j = 0; j < 3; ++j) inverse.r[3 * i + j] = own.r[3 * j + i];
    }
    for (std::size_t i = 0; i < 3; ++i) inverse.t[i] = -row_times(inverse.r, i, own.t.data());
    out.inverses.push_back(inverse);
  }
  out.vertices = random.normals(3 * vertices, 2.0);
  out.weights = random.uniforms(vertices * bones);
  for (std::size_t v = 0; v < vertices; ++v) {
    double sum = 0.0;
    for (std::size_t b = 0; b < bones; ++b) sum += out.weights[v * bones + b];
    for (std::size_t b = 0; b < bones; ++b) out.weights[v * bones + b] /= sum;
  }
  for (std::size_t k = 0; k < points; ++k) {
    out.correspondences.push_back(static_cast<std::size_t>(random.uniform() * static_cast<double>(vertices)));
  }
  out.points = random.normals(3 * points, 2.0);
  out.inputs = random.uniforms(fixed_inputs, 0.05, 0.5);
  return out;
}

}  // namespace bench::scalar
