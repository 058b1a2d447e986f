// More or fewer names than the model has classes: one line says so, and text, JSON and pictures agree.
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

#include "cli/cli_fixture.hpp"

namespace inferqueue::cli {
namespace {

namespace fs = std::filesystem;
using testing::content_of;

class ClassNames : public CliTest {
 protected:
  ClassNames() { picture("a.png", 255); }

  /// What is printed on standard error, where the three objects show as `summary`. Expects that the JSON has the names
  /// too, and that the annotated picture is the one with them.
  std::string told(const Arguments& options, const std::string& summary, const std::vector<std::string>& names) const {
    Arguments arguments{"detect", "-m", "model.xml", "-s", "a.png", "--json", "out.json", "--name", "tested"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const auto outcome = cli(arguments);
    EXPECT_EQ(outcome.status, 0);
    EXPECT_NE(outcome.out.find(": 64x64 " + summary + ", "), std::string::npos) << outcome.out;
    const auto json = nlohmann::json::parse(content_of(temp / "out.json"));
    EXPECT_EQ(json.at("images").at(0).at("detections").size(), 3U);
    for (const auto& found : json.at("images").at(0).at("detections"))
      EXPECT_EQ(found.at("class_name"), names.at(found.at("class_id").get<std::size_t>()));
    std::string all;
    for (const std::string& name : names) all += name + "\n";
    temp.file("wanted.txt", all);
    const auto wanted = cli({"detect", "-m", "model.xml", "-s", "a.png", "--labels", "wanted.txt", "--name", "wanted"});
    EXPECT_EQ(wanted.err, "");
    EXPECT_EQ(content_of(temp / "runs/detect/tested/a.png"), content_of(temp / "runs/detect/wanted/a.png"));
    fs::remove_all(temp / "runs");
    return outcome.err;
  }
  void names_in_model(const std::string& names) const {
    testing::save_known_boxes(temp / "model.xml", {.names = names});
  }
};

TEST_F(ClassNames, FromAFile) {
  names_in_model("['red', 'green', 'blue']");
  temp.file("names.txt", "un\ndeux\ntrois\n");
  EXPECT_EQ(told({"--labels", "names.txt"}, "1 un, 1 deux, 1 trois", {"un", "deux", "trois"}), "");
}

TEST_F(ClassNames, Fewer) {
  names_in_model("['red', 'green', 'blue']");
  temp.file("names.txt", "un\n");
  EXPECT_EQ(told({"--labels", "names.txt"}, "1 un, 1 class 1, 1 class 2", {"un", "class 1", "class 2"}),
            "inferqueue: names.txt: has 1 name for 3 classes; those without show as 'class N'\n");
  temp.file("names.txt", "un\n\ntrois\n");
  EXPECT_EQ(told({"--labels", "names.txt"}, "1 un, 1 class 1, 1 trois", {"un", "class 1", "trois"}),
            "inferqueue: names.txt: has 2 names for 3 classes; those without show as 'class N'\n")
      << "an empty line is no name";
}

TEST_F(ClassNames, More) {
  names_in_model("");
  temp.file("names.txt", "un\ndeux\ntrois\nquatre\n");
  EXPECT_EQ(told({"--labels", "names.txt"}, "1 un, 1 deux, 1 trois", {"un", "deux", "trois"}),
            "inferqueue: names.txt: has 4 names for the model's 3 classes; those beyond are left out\n");
}

TEST_F(ClassNames, InTheModel) {
  names_in_model("");
  EXPECT_EQ(told({}, "1 class 0, 1 class 1, 1 class 2", {"class 0", "class 1", "class 2"}),
            "inferqueue: model 'model.xml': has 0 names for 3 classes; those without show as 'class N' (--labels names "
            "them)\n");
  names_in_model("{0: 'red', 2: 'blue'}");
  EXPECT_EQ(told({}, "1 red, 1 class 1, 1 blue", {"red", "class 1", "blue"}),
            "inferqueue: model 'model.xml': has 2 names for 3 classes; those without show as 'class N' (--labels names "
            "them)\n");
}

TEST_F(ClassNames, ClassesAreChosenByTheModelAndNotByTheNames) {
  names_in_model("");
  temp.file("few.txt", "un\n");
  const Arguments detect{"detect", "-m", "model.xml", "-s", "a.png", "--nosave", "--labels", "few.txt", "--classes"};
  Arguments unnamed = detect;
  unnamed.emplace_back("2");
  EXPECT_NE(cli(unnamed).out.find(": 64x64 1 class 2, "), std::string::npos);
  temp.file("few.txt", "un\ndeux\ntrois\nquatre\n");
  Arguments beyond = detect;
  beyond.emplace_back("3");
  const auto outcome = cli(beyond);
  EXPECT_EQ(outcome.status, 2);
  EXPECT_EQ(outcome.err, "inferqueue: --classes 3: the model has the classes 0 to 2\n");
}

}  // namespace
}  // namespace inferqueue::cli
