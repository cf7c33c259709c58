// Tensors to Eigen and back.
#include "autograd/tensor/tensor_eigen.h"

#include <Eigen/Dense>
#include <string>
#include <vector>

#include "autograd/autograd.h"
#include "tests/catch.h"

using namespace gradus;

TEST_CASE("tensors in Eigen: views look at the very numbers", "[eigen]") {
  const Tensor x{Array({2, 3}, {1, 2, 3, 4, 5, 6})};
  const auto view = as_eigen<double>(x);
  CHECK(view.rows() == 2);
  CHECK(view.cols() == 3);
  CHECK(view.data() == x.value().data<double>());
  CHECK(view(1, 0) == 4.0);
  const auto turned = as_eigen<double>(transpose(x));
  CHECK(turned.data() == x.value().data<double>());
  CHECK(turned(2, 1) == 6.0);
  CHECK(as_eigen<double>(broadcast_to(x, {2, 3})).sum() == 21.0);
  CHECK(as_eigen<double>(broadcast_to(ops::slice(x, {0}), {4, 3})).sum() == 24.0);
  CHECK(as_eigen<double>(ops::slice(x, {Slice(), Slice({}, {}, -2)}))(0, 0) == 3.0);
  CHECK(as_eigen<double>(Tensor(7.0))(0, 0) == 7.0);
  CHECK(as_eigen<double>(Array::zeros({0, 3})).size() == 0);
}

TEST_CASE("tensors in Eigen: a view outlives its tensor, and a copy the view", "[eigen]") {
  const Eigen::VectorXd copy = as_eigen<double>(Array({3}, {1, 2, 3}));
  CHECK(copy.norm() == test::Approx(std::sqrt(14.0)));
  const auto kept = as_eigen<float>(Array({2, 2}, {1, 2, 3, 4}).to(DType::float32));
  CHECK((kept * kept)(1, 1) == 22.0F);
}

TEST_CASE("tensors from Eigen: matrices, vectors and expressions", "[eigen]") {
  Eigen::MatrixXd m(2, 3);
  m << 1, 2, 3, 4, 5, 6;
  CHECK(from_eigen(m).shape() == Shape{2, 3});
  CHECK(from_eigen(m).to_vector() == std::vector<double>{1, 2, 3, 4, 5, 6});
  CHECK(from_eigen(m.transpose()).to_vector() == std::vector<double>{1, 4, 2, 5, 3, 6});
  CHECK(from_eigen(Eigen::Vector3f(1, 2, 3)).dtype() == DType::float32);
  CHECK(from_eigen(Eigen::Vector3f(1, 2, 3)).shape() == Shape{3});
  CHECK(from_eigen(m.row(1)).to_vector() == std::vector<double>{4, 5, 6});
  CHECK(from_eigen(m.array() * 2.0).to_vector()[5] == 12.0);
  // A gradient of ours of Eigen's numbers, and the solution of Eigen's.
  Eigen::MatrixXd a(2, 2);
  a << 2, 1, 1, 3;
  const Tensor x = variable(from_eigen(a));
  const Array g = grad(det(x), {x})[0].value();
  CHECK((as_eigen<double>(g) - a.determinant() * a.inverse().transpose()).norm() < 1e-14);
}

TEST_CASE("tensors in Eigen: what does not fit is refused", "[eigen]") {
  CHECK_THROWS_MATCHES(as_eigen<double>(Array::zeros({1, 2, 3})), ShapeError,
                       test::Message("[as_eigen] a matrix has two axes at most: [1, 2, 3]"));
  CHECK_THROWS_MATCHES(as_eigen<float>(Array::zeros({2})), ValueError,
                       test::Message("[as_eigen] numbers of float64 are not read as float32"));
}
