// Names of files that people, cameras and foes give: every byte but / and NUL.
#include <algorithm>
#include <filesystem>
#include <set>
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
using Json = nlohmann::json;
using testing::content_of;
using testing::lines_in;

/// What a terminal must not get: controls but for the lines' ends, and bytes that are no text.
void expect_harmless(const std::string& text) {
  EXPECT_TRUE(std::ranges::none_of(text, [](unsigned char c) { return (c < 0x20 && c != '\n') || c == 0x7F; })) << text;
  EXPECT_NO_THROW(Json(text).dump()) << "it is UTF-8: " << text;
  for (const char* hidden : {"\xC2\x9B", "\xE2\x80\xAE"}) EXPECT_EQ(text.find(hidden), std::string::npos) << text;
}

class FileNames : public CliTest {
 protected:
  FileNames() { temp.folder("in"); }

  /// Detects, with labels and a JSON. Expects that each picture has its line, its copy, its labels and its place in
  /// the JSON, and that what is printed is harmless.
  testing::Outcome detect(const std::vector<std::string>& sources, std::size_t pictures) const {
    Arguments arguments{"detect", "-m", model_, "--save-txt", "--json", "out.json", "--exist-ok", "--source"};
    arguments.insert(arguments.end(), sources.begin(), sources.end());
    const auto outcome = cli(arguments);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(lines_in(outcome.out), pictures + 2) << outcome.out;
    EXPECT_EQ(Json::parse(content_of(temp / "out.json")).at("images").size(), pictures);
    for (const std::string& text : {outcome.out, outcome.err}) expect_harmless(text);
    return outcome;
  }
  std::set<std::string> written(const std::string& folder = "") const {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(temp / ("runs/detect/exp" + folder)))
      if (!entry.is_directory()) names.insert(entry.path().filename().string());
    return names;
  }

  std::string model_ = model();
};

/// As on a terminal, and as in the JSON.
struct Name {
  std::string raw;
  std::string shown;
  std::string json;
};

TEST_F(FileNames, EveryKind) {
  const std::vector<Name> names{
      {"a space .png", "a space .png", "a space .png"},
      {"größe 写真 🙂.png", "größe 写真 🙂.png", "größe 写真 🙂.png"},
      {"latin\xE9.png", "latin\\xe9.png", "latin\xEF\xBF\xBD.png"},
      {"cut\xF0\x9F\x99.png", "cut\\xf0\\x9f\\x99.png", ""},
      {"overlong\xC0\xAF.png", "overlong\\xc0\\xaf.png", ""},
      {"surrogate\xED\xA0\x80.png", "surrogate\\xed\\xa0\\x80.png", ""},
      {"two\nlines\t.png", "two\\nlines\\t.png", "two\nlines\t.png"},
      {"red\x1B[31m\x07.png", "red\\x1b[31m\\x07.png", "red\x1B[31m\x07.png"},
      {"c1\xC2\x9B"
       "31m.png",
       "c1\\xc2\\x9b31m.png",
       "c1\xC2\x9B"
       "31m.png"},
      {"turned\xE2\x80\xAEgnp.png", "turned\\xe2\\x80\\xaegnp.png", "turned\xE2\x80\xAEgnp.png"},
      {"-rf.png", "-rf.png", "-rf.png"},
      {"--nosave.png", "--nosave.png", "--nosave.png"},
      {"[ab]*?.png", "[ab]*?.png", "[ab]*?.png"},
      {"back\\slash {} %s \"quotes\".png", "back\\slash {} %s \"quotes\".png", "back\\slash {} %s \"quotes\".png"}};
  std::set<std::string> raw;
  for (const Name& name : names) {
    picture("in/" + name.raw);
    raw.insert(name.raw);
  }
  const std::string out = detect({"in"}, names.size()).out;
  EXPECT_EQ(written(), raw);
  EXPECT_EQ(written("/labels").size(), raw.size());
  std::set<std::string> sources;
  const Json json = Json::parse(content_of(temp / "out.json"));
  for (const Json& image : json.at("images")) sources.insert(image.at("source"));
  for (const Name& name : names) {
    EXPECT_NE(out.find(" in/" + name.shown + ": 64x64 "), std::string::npos) << name.shown << "\n" << out;
    EXPECT_TRUE(name.json.empty() || sources.contains("in/" + name.json)) << name.shown;
  }
}

TEST_F(FileNames, GivenOneByOne) {
  for (const char* name : {"-rf.png", "[ab].png", "a.png", "*.png"}) picture(name);
  EXPECT_NE(detect({"./-rf.png"}, 1).out.find("image 1/1 ./-rf.png: "), std::string::npos);
  EXPECT_NE(detect({"[ab].png"}, 1).out.find("image 1/1 [ab].png: "), std::string::npos) << "the file, not its matches";
  EXPECT_NE(detect({"*.png"}, 1).out.find("image 1/1 *.png: "), std::string::npos) << "the file, not its matches";
  EXPECT_NE(detect({"?rf.png"}, 1).out.find("image 1/1 -rf.png: "), std::string::npos) << "a match is no option";
  const auto outcome = cli({"detect", "-m", model_, "--source=-rf.png", "--nosave"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
}

TEST_F(FileNames, InEveryMessage) {
  const std::string evil = "evil\x1B]0;\n\xFF";
  temp.file("in/" + evil + ".png", "no picture");
  temp.file("in/" + evil + ".txt");
  picture("in/a.png");
  const auto refused = cli({"detect", "-m", model_, "-s", "in", evil, "--json", "out.json"});
  EXPECT_EQ(refused.status, 1);
  EXPECT_EQ(refused.err,
            "inferqueue: in: passed over a file that is no picture: evil\\x1b]0;\\n\\xff.txt\n"
            "inferqueue: evil\\x1b]0;\\n\\xff: no such file, folder or match\n"
            "inferqueue: in/evil\\x1b]0;\\n\\xff.png: is no picture that can be decoded, or is damaged\n");
  const std::vector<Arguments> wrong{{"detect", "-m", evil, "-s", "in/a.png"},
                                     {"detect", "-m", model_, "-s", "in/a.png", "--labels", evil},
                                     {"detect", "-m", model_, "-s", "in/a.png", "--json", evil + "/x"},
                                     {"detect", "-m", model_, "-s", "in/a.png", "--project", "in/a.png/" + evil},
                                     {"detect", "-m", model_, "-s", "in/a.png", "--device", evil},
                                     {"detect", "-m", model_, "-s", "in/a.png", "--precision", evil},
                                     {"detect", "-m", model_, "-s", "in/a.png", "--hint", evil},
                                     {"detect", "-m", model_, "-s", "in/a.png", "--conf", evil},
                                     {"detect", "-m", model_, "-s", "in/a.png", "--" + evil},
                                     {"export", evil},
                                     {"export", "builtin:relu", evil},
                                     {"bench", "-m", model_, "-s", evil},
                                     {evil}};
  for (const Arguments& arguments : wrong) {
    const auto outcome = cli(arguments);
    EXPECT_NE(outcome.status, 0);
    EXPECT_EQ(lines_in(outcome.err), 1U) << outcome.err;
    expect_harmless(outcome.err);
  }
}

TEST_F(FileNames, ClassesToo) {
  temp.file("names.txt", "red\x1B[31m\n\xE9t\xE9\nblue\n");
  picture("in/a.png", 255);
  const auto outcome = cli({"detect", "-m", model_, "-s", "in/a.png", "--labels", "names.txt", "--json", "out.json"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_NE(outcome.out.find(" 1 red\\x1b[31m, 1 \\xe9t\\xe9, 1 blue, "), std::string::npos) << outcome.out;
  EXPECT_EQ(Json::parse(content_of(temp / "out.json")).at("images").at(0).at("detections").at(0).at("class_name"),
            "\xEF\xBF\xBDt\xEF\xBF\xBD");
}

TEST_F(FileNames, AsLongAsTheyMayBe) {
  const std::string longest(251, 'x');
  picture("in/" + longest + ".png");
  testing::write(temp / "in/short.png", testing::plain(1));
  fs::rename(temp / "in/short.png", temp / ("in/" + std::string(255, 'y')));
  picture("in/b/" + longest + ".png");
  detect({"in/" + longest + ".png", "in/" + std::string(255, 'y'), "in/b"}, 3);
  EXPECT_EQ(written(), (std::set<std::string>{longest + ".png", std::string(249, 'x') + "-2.png",
                                              std::string(251, 'y') + ".png"}));
  EXPECT_EQ(written("/labels"), (std::set<std::string>{longest + ".txt", std::string(249, 'x') + "-2.txt",
                                                       std::string(251, 'y') + ".txt"}));
  const std::string json(255, 'j');
  EXPECT_EQ(cli({"detect", "-m", model_, "-s", "in/b", "--nosave", "--json", json}).status, 0);
  EXPECT_EQ(Json::parse(content_of(temp / json)).at("images").size(), 1U);
  EXPECT_EQ(cli({"export", "builtin:relu", longest + ".xml"}).status, 0);
  expect_refused({"detect", "-m", model_, "-s", "in/b", "--nosave", "--json", json + "j"}, {"File name too long"});
  expect_refused({"detect", "-m", json + "j.xml", "-s", "in/b"}, {"there is no such file"});
  expect_refused({"export", "builtin:relu", json + "j.xml"}, {"File name too long"});
  expect_refused({"export", "builtin:relu", json + "j/a.xml"}, {"there is no folder"});
}

}  // namespace
}  // namespace inferqueue::cli
