// Any model, any input: shapes, types, what goes in; .npy files byte by byte.
#include "measure/inference_work.hpp"

#include <cstring>
#include <set>
#include <string>

#include <gtest/gtest.h>
#include <openvino/opsets/opset13.hpp>

#include "measure/npy.hpp"
#include "measure/runner.hpp"
#include "support/known_boxes.hpp"
#include "support/models.hpp"
#include "support/temp_folder.hpp"
#include "support/user_error.hpp"

namespace inferqueue::measure {
namespace {

using testing::user_error_of;

/// A file as numpy.save() writes it.
std::string npy(const std::string& descr, const std::string& shape, const std::string& data,
                const std::string& fortran = "False") {
  std::string header = "{'descr': '" + descr + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }";
  header.append(64 - (10 + header.size()) % 64 - 1, ' ');
  header += '\n';
  return "\x93NUMPY\x01" + std::string(1, '\0') + static_cast<char>(header.size() & 255U) +
         static_cast<char>(header.size() >> 8U) + header + data;
}

std::string bytes_of(const std::vector<float>& values) {
  std::string bytes(values.size() * sizeof(float), '\0');
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

TEST(Npy, TypesAndShapes) {
  const NpyHeader header = read_npy_header(npy("<f4", "(2, 3)", ""));
  EXPECT_EQ(header.type, ov::element::f32);
  EXPECT_EQ(header.shape, (ov::Shape{2, 3}));
  EXPECT_EQ(header.data_at % 64, 0U);
  EXPECT_EQ(read_npy_header(npy("|u1", "(5,)", "")).shape, ov::Shape{5});
  EXPECT_EQ(read_npy_header(npy("|b1", "()", "")).type, ov::element::boolean);
  EXPECT_EQ(read_npy_header(npy("<i8", "(0, 4)", "")).shape, (ov::Shape{0, 4}));
}

TEST(Npy, WhatCannotBeReadSaysWhy) {
  const auto told = [](const std::string& bytes) { return user_error_of([&] { read_npy_header(bytes); }); };
  EXPECT_EQ(told("PNG"), "is no .npy file");
  EXPECT_EQ(told(std::string("\x93NUMPY\x09\x00\x10\x00", 10)), "is of a version of .npy that is not known");
  EXPECT_EQ(told(npy("<f4", "(2,)", "").substr(0, 40)), "is cut short");
  EXPECT_EQ(told(npy(">f4", "(2,)", "")), "its bytes are in the other order (big endian)");
  EXPECT_EQ(told(npy("<c8", "(2,)", "")), "its elements are of type '<c8'; give whole numbers, floats or booleans");
  EXPECT_EQ(told(npy("<f4", "(2,)", "", "True")), "is in Fortran's order; save numpy.ascontiguousarray(x)");
  EXPECT_EQ(told(npy("<f4", "(-2,)", "")), "its shape can't be read");
  EXPECT_EQ(told(npy("<f4", "(99999999999999999999,)", "")), "its shape can't be read");
}

TEST(Npy, AFileWithLessThanItSaysIsNamed) {
  const testing::TempFolder temp;
  const auto file = temp.file("a.npy", npy("<f4", "(2,)", "1234567"));
  EXPECT_EQ(user_error_of([&] { read_npy(file); }), "--input " + file.string() + ": is cut short");
  const auto folder = temp.folder("c.npy");
  EXPECT_EQ(user_error_of([&] { read_npy(folder); }), "--input " + folder.string() + ": can't be read");
  const auto huge = temp.file("b.npy", npy("<f4", "(4294967296, 4294967296)", "1234"));
  EXPECT_EQ(user_error_of([&] { read_npy(huge); }), "--input " + huge.string() + ": is cut short");
}

TEST(Shapes, AsTheyAreTyped) {
  const auto one = parse_shapes("[1,3,64,64]");
  ASSERT_EQ(one.size(), 1U);
  EXPECT_EQ(one[0].input, "");
  EXPECT_EQ(one[0].shape, (ov::Shape{1, 3, 64, 64}));
  const auto two = parse_shapes(" a[1, 4], b [] ");
  ASSERT_EQ(two.size(), 2U);
  EXPECT_EQ(two[0].input, "a");
  EXPECT_EQ(two[1].shape, ov::Shape{});
  for (const char* text : {"1,3", "[1,3", "[1,,3]", "[a]", "[1],", "[1][2]", "[-1]", "[1,]", "]["})
    EXPECT_NE(user_error_of([&] { parse_shapes(text); }), "no error") << text;
}

/// y = x in this type, and the model's file.
std::string save_identity(const testing::TempFolder& temp, ov::element::Type type, const ov::PartialShape& shape) {
  const auto x = std::make_shared<ov::opset13::Parameter>(type, shape);
  x->output(0).set_names({"x"});
  const auto y =
      std::make_shared<ov::opset13::Reshape>(x, ov::opset13::Constant::create(ov::element::i64, {1}, {-1}), false);
  const auto path = temp / (type.get_type_name() + ".xml");
  ov::serialize(std::make_shared<ov::Model>(ov::OutputVector{y}, ov::ParameterVector{x}), path.string());
  return path.string();
}

TEST(InferenceWork, EveryElementTypeRunsOnRandomInputs) {
  const testing::TempFolder temp;
  ov::Core core;
  using namespace ov::element;
  for (const Type type : {Type(f32), Type(f16), Type(bf16), Type(f64), Type(i8), Type(u8), Type(i16), Type(u16),
                          Type(i32), Type(u32), Type(i64), Type(u64), Type(boolean)}) {
    SCOPED_TRACE(type.get_type_name());
    InferenceWork work(core, save_identity(temp, type, {1, 64}), {});
    ov::CompiledModel compiled = core.compile_model(work.graph(), "CPU");
    ov::InferRequest request = compiled.create_infer_request();
    request.set_input_tensor(work.inputs().at(0));
    request.infer();
    const auto* bytes = static_cast<const unsigned char*>(work.inputs()[0].data());
    EXPECT_GT(std::set<unsigned char>(bytes, bytes + work.inputs()[0].get_byte_size()).size(), 1U);
  }
}

TEST(InferenceWork, TheSameSeedGivesTheSameInputs) {
  ov::Tensor a(ov::element::f32, {1000});
  ov::Tensor b(ov::element::f32, {1000});
  const auto same = [&] { return std::memcmp(a.data(), b.data(), a.get_byte_size()) == 0; };
  fill_random(a, 7);
  fill_random(b, 7);
  EXPECT_TRUE(same());
  fill_random(b, 8);
  EXPECT_FALSE(same());
}

TEST(InferenceWork, DynamicInputsTakeTheirShapesAndTheBatch) {
  const testing::TempFolder temp;
  ov::Core core;
  const std::string model = save_identity(temp, ov::element::f32, {-1, -1});
  EXPECT_EQ(user_error_of([&] { InferenceWork(core, model, {}); }),
            "--shape: the input 'x' has none of its own, give one: it has x f32 [?,?]");
  InputOptions options;
  options.shapes = parse_shapes("x[2,5]");
  EXPECT_EQ(InferenceWork(core, model, options).inputs().at(0).get_shape(), (ov::Shape{2, 5}));
  options.batch = 7;
  const InferenceWork work(core, model, options);
  EXPECT_EQ(work.inputs().at(0).get_shape(), (ov::Shape{7, 5}));
  EXPECT_EQ(work.batch(), 7U);
}

TEST(InferenceWork, InputsComeFromFilesByName) {
  const testing::TempFolder temp;
  ov::Core core;
  const std::string model = (temp / "two.xml").string();
  ov::serialize(testing::two_inputs_model(), model);
  const auto file = temp.file("a.npy", npy("<f4", "(1, 4)", bytes_of({1, 2, 3, 4}))).string();
  InputOptions options;
  options.inputs = {"zeros", "b=" + file};
  const InferenceWork work(core, model, options);
  EXPECT_EQ(work.inputs().at(0).data<float>()[3], 0);
  EXPECT_EQ(work.inputs().at(1).data<float>()[3], 4);
  const auto wrong = temp.file("wrong.npy", npy("<f4", "(4,)", bytes_of({1, 2, 3, 4}))).string();
  options.inputs = {wrong};
  EXPECT_EQ(user_error_of([&] { InferenceWork(core, model, options); }),
            "--input " + wrong + ": holds f32 [4], the input is f32 [1,4]");
}

TEST(InferenceWork, TwoInputsForOneAreRefused) {
  const testing::TempFolder temp;
  ov::Core core;
  const std::string model = (temp / "two.xml").string();
  ov::serialize(testing::two_inputs_model(), model);
  InputOptions options;
  options.inputs = {"a.npy", "b.npy"};  // as benchmark_app takes them, by position
  EXPECT_EQ(user_error_of([&] { InferenceWork(core, model, options); }),
            "--input b.npy: a second one for every input; give NAME=… for each input");
  options.inputs = {"a=zeros", "a=random"};
  EXPECT_EQ(user_error_of([&] { InferenceWork(core, model, options); }),
            "--input a=random: a second one for 'a'; give NAME=… for each input");
}

TEST(InferenceWork, TextIsRefusedWhateverIsToGoIn) {
  const testing::TempFolder temp;
  ov::Core core;
  const auto x = std::make_shared<ov::opset13::Parameter>(ov::element::string, ov::PartialShape{2});
  const auto path = (temp / "text.xml").string();
  ov::serialize(std::make_shared<ov::Model>(ov::OutputVector{x}, ov::ParameterVector{x}), path);
  InputOptions options;
  for (const char* what : {"random", "zeros", "a.npy", "a.png"}) {
    options.inputs = {what};
    EXPECT_EQ(user_error_of([&] { InferenceWork(core, path, options); }),
              "an input of text can't be made up or read; this model can't be measured here");
  }
}

TEST(InferenceWork, ABatchNeedsADimension) {
  const testing::TempFolder temp;
  ov::Core core;
  InputOptions options;
  options.batch = 4;
  EXPECT_EQ(
      user_error_of([&] { InferenceWork(core, save_identity(temp, ov::element::f32, ov::PartialShape{}), options); }),
      "--batch 4: no input of the model has a first dimension; it has x f32 []");
}

TEST(InferenceWork, WhatNoMemoryHoldsNamesTheOption) {
  ov::Core core;
  InputOptions options;
  options.shapes = parse_shapes("[1073741824,1073741824,1073741824]");
  EXPECT_EQ(user_error_of([&] { InferenceWork(core, "builtin:relu", options); }),
            "--shape, --batch: an input of f32 [1073741824,1073741824,1073741824] takes more memory than there is");
}

TEST(InferenceWork, APictureIsStretchedAndItsChannelsTurned) {
  const testing::TempFolder temp;
  ov::Core core;
  InputOptions options;
  options.inputs = {testing::write(temp / "red.png", cv::Mat(64, 64, CV_8UC3, cv::Scalar(0, 0, 255))).string()};
  const InferenceWork planes(core, save_identity(temp, ov::element::f32, {1, 3, 8, 4}), options);
  EXPECT_EQ(planes.inputs()[0].data<float>()[0], 1);      // red comes first
  EXPECT_EQ(planes.inputs()[0].data<float>()[8 * 4], 0);  // then green
  const InferenceWork pixels(core, save_identity(temp, ov::element::u8, {2, 8, 4, 3}), options);
  EXPECT_EQ(pixels.inputs()[0].data<std::uint8_t>()[3], 255);
  EXPECT_EQ(pixels.inputs()[0].data<std::uint8_t>()[4], 0);
  EXPECT_EQ(pixels.inputs()[0].data<std::uint8_t>()[8 * 4 * 3], 255) << "the second of the batch";
}

}  // namespace
}  // namespace inferqueue::measure
