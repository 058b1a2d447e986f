// What goes into `inferqueue bench` by file, and the files that come out for other programs.
#include <cstddef>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <openvino/openvino.hpp>
#include <openvino/opsets/opset13.hpp>

#include "cli/cli_fixture.hpp"

namespace inferqueue::cli {
namespace {

using Json = nlohmann::ordered_json;
using testing::content_of;

class BenchFiles : public CliTest {
 protected:
  /// A moment of inference alone, without failures; what --json says of it.
  Json measured(const Arguments& options) const {
    Arguments arguments{"bench", "--hint", "throughput", "--rounds", "2", "--niter", "12", "--json", "-"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const auto outcome = cli(arguments);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    return outcome.status == 0 ? Json::parse(outcome.out) : Json();
  }

  /// As numpy.save() writes zeros.
  void npy(const std::string& name, const std::string& descr, const std::string& shape, std::size_t bytes,
           const std::string& fortran = "False") const {
    std::string header = "{'descr': '" + descr + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }";
    header.append(117 - header.size(), ' ');
    temp.file(name, "\x93NUMPY\x01" + std::string(1, '\0') + "\x76" + std::string(1, '\0') + header + "\n" +
                        std::string(bytes, '\0'));
  }

  /// y = x + c, where c has the shape [3,1,1].
  std::string sum(const ov::PartialShape& shape) const {
    const auto x = std::make_shared<ov::opset13::Parameter>(ov::element::f32, shape);
    x->output(0).set_names({"x"});
    const auto c = ov::opset13::Constant::create(ov::element::f32, {3, 1, 1}, {1, 2, 3});
    const auto y = std::make_shared<ov::opset13::Add>(x, c);
    ov::serialize(std::make_shared<ov::Model>(ov::OutputVector{y}, ov::ParameterVector{x}),
                  (temp / "sum.xml").string());
    return "sum.xml";
  }
};

TEST_F(BenchFiles, AnArrayOfNumpyGoesIn) {
  npy("ok.npy", "<f4", "(1, 256)", 1024);
  npy("Größe ß.npy", "<f4", "(1, 256)", 1024);
  for (const std::string name : {"ok.npy", "x=ok.npy", "Größe ß.npy"}) {
    const Json json = measured({"-m", "builtin:mlp", "--input", name});
    for (const Json& run : json.at("runs")) EXPECT_EQ(run.at("requests"), 12) << name;
  }
}

TEST_F(BenchFiles, AnArrayThatDoesNotFitIsRefusedByName) {
  npy("type.npy", "<f8", "(1, 256)", 2048);
  npy("shape.npy", "<f4", "(256,)", 1024);
  npy("short.npy", "<f4", "(1, 256)", 1000);
  npy("fortran.npy", "<f4", "(1, 256)", 1024, "True");
  temp.file("header.npy", std::string("\x93NUMPY\x02\0\xff\xff\xff\xff{}", 14));
  temp.file("empty.npy");
  temp.folder("folder.npy");
  for (const auto& [name, why, status] : {std::tuple{"type.npy", "holds f64 [1,256], the input is f32 [1,256]", 2},
                                          {"shape.npy", "holds f32 [256], the input is f32 [1,256]", 2},
                                          {"short.npy", "is cut short", 1},
                                          {"fortran.npy", "is in Fortran's order", 1},
                                          {"header.npy", "is cut short", 1},
                                          {"empty.npy", "is no .npy file", 1},
                                          {"folder.npy", "can't be read", 1}})
    expect_refused({"bench", "-m", "builtin:mlp", "--input", name}, {std::string("--input ") + name + ": " + why},
                   status);
}

TEST_F(BenchFiles, AModelWithoutShapesIsGivenOne) {
  const std::string model = sum({-1, 3, -1, -1});
  expect_refused({"bench", "-m", model}, {"--shape: the input 'x' has none of its own", "x f32 [?,3,?,?]"}, 2);
  expect_refused({"bench", "-m", model, "--shape", "[1,4,8,8]"}, {"the model refuses this", "x f32 [?,3,?,?]"}, 2);
  expect_refused({"bench", "-m", model, "--shape", "[1,?,8,8]"}, {"--shape [1,?,8,8]: write [1,3,640,640]"}, 2);
  Json json = measured({"-m", model, "--shape", "[1,3,8,8]"});
  EXPECT_EQ(json.at("model").at("inputs").at(0).at("shape"), "[1,3,8,8]");
  EXPECT_EQ(json.at("runs").at(0).at("batch"), 1);
  json = measured({"-m", model, "--shape", "x[1,3,8,8]", "-b", "4"});
  EXPECT_EQ(json.at("model").at("inputs").at(0).at("shape"), "[4,3,8,8]");
  EXPECT_EQ(json.at("runs").at(0).at("batch"), 4);
  json = measured({"-m", sum({-1, 3, 8, 5})});
  EXPECT_EQ(json.at("model").at("inputs").at(0).at("shape"), "[1,3,8,5]") << "a batch that is open is 1";
}

TEST_F(BenchFiles, TheTraceIsOneThatPerfettoReads) {
  measured({"-m", "builtin:mlp", "--nireq", "3", "--trace", "trace.json"});
  const Json trace = Json::parse(content_of(temp / "trace.json"));
  ASSERT_TRUE(trace.at("traceEvents").is_array());
  std::set<std::string> processes;
  std::map<std::pair<std::size_t, std::size_t>, std::string> threads;
  std::map<std::pair<std::size_t, std::size_t>, double> busy_until;
  std::map<std::string, int> spans;
  for (const Json& event : trace.at("traceEvents")) {
    ASSERT_TRUE(event.at("pid").is_number_unsigned());
    ASSERT_TRUE(event.at("tid").is_number_unsigned());
    const std::pair<std::size_t, std::size_t> thread(event.at("pid"), event.at("tid"));
    const std::string name = event.at("name");
    if (event.at("ph") == "M") {
      if (name == "process_name") processes.insert(event.at("args").at("name"));
      if (name == "thread_name") threads[thread] = event.at("args").at("name");
      continue;
    }
    ASSERT_EQ(event.at("ph"), "X");
    ASSERT_TRUE(event.at("ts").is_number() && event.at("dur").is_number());
    EXPECT_GE(event.at("dur").get<double>(), 0);
    // Spans of a slot follow each other: those that overlap without one in the other would not be shown.
    EXPECT_GE(event.at("ts").get<double>(), busy_until[thread] - 1e-3);
    busy_until[thread] = event.at("ts").get<double>() + event.at("dur").get<double>();
    EXPECT_TRUE(threads.contains(thread)) << "a slot has a name";
    ++spans[name];
  }
  EXPECT_EQ(processes, (std::set<std::string>{"sync THROUGHPUT 1", "two_requests THROUGHPUT 2", "queue THROUGHPUT 3"}));
  EXPECT_EQ(threads.size(), 6U);
  EXPECT_EQ((threads[{3, 2}]), "slot 2");
  EXPECT_EQ(spans, (std::map<std::string, int>{{"callback", 18}, {"inference", 18}, {"prepare", 18}}))
      << "of the last round, 6 requests in each of three modes";
}

TEST_F(BenchFiles, TheCsvHasTheColumnsThatItNames) {
  measured({"-m", "builtin:mlp", "--csv", "out.csv"});
  std::istringstream lines(content_of(temp / "out.csv"));
  std::string header;
  std::getline(lines, header);
  for (const char* name :
       {",failures,unsent,", "latency_p99_9_us", "wait_mean_us", "prepare_p50_us", "callback_max_us"})
    EXPECT_NE(header.find(name), std::string::npos) << name;
}

}  // namespace
}  // namespace inferqueue::cli
