#include "accuracy/evaluation.hpp"

#include <limits>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

namespace inferqueue::accuracy {
namespace {

using vision::Detection;

vision::Box at(float x) {
  return {x, 0, x + 10, 10};
}

class EvaluationOfThree : public ::testing::Test {
 protected:
  Evaluation evaluation{3, 0.25F};
};

TEST_F(EvaluationOfThree, CountsPicturesObjectsAndFinds) {
  // Class 0: two in one picture, one in another; one is missed. Class 1: found, and once where there is nothing.
  evaluation.add(std::vector<Detection>{{at(0), 0.9F, 0}, {at(20), 0.8F, 0}, {at(40), 0.7F, 1}},
                 std::vector<Truth>{{at(0), 0}, {at(20), 0}, {at(40), 1}});
  evaluation.add(std::vector<Detection>{{at(70), 0.95F, 1}}, std::vector<Truth>{{at(0), 0}});
  evaluation.add({}, {});
  const auto result = evaluation.result();
  const Figures& circles = result.classes.at(0);
  EXPECT_EQ(circles.pictures, 2U);
  EXPECT_EQ(circles.objects, 3U);
  EXPECT_EQ(circles.found, 2U);
  EXPECT_EQ(circles.right, 2U);
  EXPECT_DOUBLE_EQ(*circles.precision(), 1);
  EXPECT_DOUBLE_EQ(*circles.recall(), 2. / 3);
  EXPECT_DOUBLE_EQ(*circles.ap50(), 2. / 3);
  EXPECT_DOUBLE_EQ(*circles.ap50_95(), 2. / 3);
  const Figures& squares = result.classes.at(1);
  EXPECT_EQ(squares.pictures, 1U);
  EXPECT_DOUBLE_EQ(*squares.precision(), 0.5);
  EXPECT_DOUBLE_EQ(*squares.recall(), 1);
  EXPECT_DOUBLE_EQ(*squares.ap50(), 0.5) << "the false find has the higher score";
  EXPECT_EQ(result.all.pictures, 3U);
  EXPECT_EQ(result.all.objects, 4U);
  EXPECT_DOUBLE_EQ(*result.all.precision(), 0.75) << "of all finds, not the mean of the classes'";
  EXPECT_DOUBLE_EQ(*result.all.recall(), 0.75);
  EXPECT_DOUBLE_EQ(*result.all.ap50(), (2. / 3 + 0.5) / 2) << "the mean of the classes that there are";
}

TEST_F(EvaluationOfThree, AClassThatIsNowhereHasNoAveragePrecision) {
  evaluation.add(std::vector<Detection>{{at(0), 0.9F, 0}, {at(0), 0.8F, 2}}, std::vector<Truth>{{at(0), 0}});
  const auto result = evaluation.result();
  const Figures& absent = result.classes.at(1);
  EXPECT_EQ(absent.precision(), std::nullopt);
  EXPECT_EQ(absent.recall(), std::nullopt);
  EXPECT_EQ(absent.ap50(), std::nullopt);
  EXPECT_EQ(absent.ap50_95(), std::nullopt);
  const Figures& only_found = result.classes.at(2);
  EXPECT_EQ(only_found.precision(), 0.0);
  EXPECT_EQ(only_found.recall(), std::nullopt);
  EXPECT_EQ(only_found.ap50(), std::nullopt);
  EXPECT_EQ(result.all.ap50(), 1.0) << "false finds of a class that isn't there cost precision, not the mean";
  EXPECT_EQ(result.all.precision(), 0.5);
}

TEST_F(EvaluationOfThree, NothingFoundIsZeroAndNothingAtAllIsNothing) {
  EXPECT_EQ(evaluation.result().all.ap50(), std::nullopt);
  EXPECT_EQ(evaluation.result().all.precision(), std::nullopt);
  evaluation.add({}, std::vector<Truth>{{at(0), 0}});
  const auto result = evaluation.result();
  EXPECT_EQ(result.all.ap50(), 0.0);
  EXPECT_EQ(result.all.ap50_95(), 0.0);
  EXPECT_EQ(result.all.recall(), 0.0);
  EXPECT_EQ(result.all.precision(), std::nullopt);
}

TEST_F(EvaluationOfThree, TighterOverlapsAskForTighterBoxes) {
  // IoU 0.8: right at 0.50, 0.55 … 0.80, which are seven of the ten.
  evaluation.add(std::vector<Detection>{{{0, 0, 8, 10}, 0.9F, 0}}, std::vector<Truth>{{at(0), 0}});
  const auto result = evaluation.result();
  EXPECT_EQ(result.all.ap.at(6), 1.0);
  EXPECT_EQ(result.all.ap.at(7), 0.0);
  EXPECT_DOUBLE_EQ(*result.all.ap50_95(), 0.7);
}

TEST_F(EvaluationOfThree, UnsureFindsCountForAveragePrecisionAlone) {
  evaluation.add(std::vector<Detection>{{at(0), 0.25F, 0}, {at(50), 0.1F, 0}}, std::vector<Truth>{{at(0), 0}});
  const Figures figures = evaluation.result().classes.at(0);
  EXPECT_EQ(figures.ap50(), 1.0);
  EXPECT_EQ(figures.found, 0U) << "a score must be above the confidence";
  EXPECT_EQ(figures.recall(), 0.0);
}

TEST_F(EvaluationOfThree, EqualScoresCountInTheOrderOfThePictures) {
  const std::vector<Detection> find{{at(0), 0.5F, 0}};
  const std::vector<Truth> object{{at(0), 0}};
  Evaluation right_first(1, 0.25F);
  right_first.add(find, object);
  right_first.add(find, {});
  EXPECT_EQ(right_first.result().all.ap50(), 1.0);
  Evaluation wrong_first(1, 0.25F);
  wrong_first.add(find, {});
  wrong_first.add(find, object);
  EXPECT_EQ(wrong_first.result().all.ap50(), 0.5);
}

TEST_F(EvaluationOfThree, DuplicatesAreFalseFinds) {
  evaluation.add(std::vector<Detection>{{at(0), 0.9F, 0}, {at(0), 0.8F, 0}, {at(20), 0.7F, 0}},
                 std::vector<Truth>{{at(0), 0}, {at(20), 0}});
  const Figures figures = evaluation.result().classes.at(0);
  EXPECT_DOUBLE_EQ(*figures.precision(), 2. / 3);
  EXPECT_DOUBLE_EQ(*figures.ap50(), (1 + 2. / 3) / 2);
}

TEST_F(EvaluationOfThree, WhatMakesNoSenseIsRefusedAndNotCounted) {
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW(evaluation.add(std::vector<Detection>{{at(0), nan, 0}}, {}), std::invalid_argument);
  EXPECT_THROW(evaluation.add(std::vector<Detection>{{at(0), 0.5F, 3}}, {}), std::invalid_argument);
  EXPECT_THROW(evaluation.add(std::vector<Detection>{{at(0), 0.5F, -1}}, {}), std::invalid_argument);
  EXPECT_THROW(evaluation.add({}, std::vector<Truth>{{at(0), 3}}), std::invalid_argument);
  EXPECT_EQ(evaluation.result().all.pictures, 0U);
  evaluation.add(std::vector<Detection>{{{nan, 0, 10, 10}, 0.9F, 0}}, std::vector<Truth>{{at(0), 0}});
  EXPECT_EQ(evaluation.result().all.precision(), 0.0) << "a box that is none finds nothing";
}

}  // namespace
}  // namespace inferqueue::accuracy
