// Detection as work: letterbox, inference and NMS over pictures in memory.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <opencv2/core/mat.hpp>

#include "measure/work.hpp"
#include "pipeline/detector.hpp"

namespace inferqueue::measure {

/// The pictures again and again; where none is prepared, the first one stays in the inputs. Thread rules: as Work.
class DetectionWork final : public Work {
 public:
  /// Holds references to its arguments.
  DetectionWork(const pipeline::DetectorModel& model, std::span<const cv::Mat> pictures,
                const vision::PostprocessOptions& options)
      : model_(model), pictures_(pictures), options_(options) {}

  const std::shared_ptr<ov::Model>& graph() const override { return model_.graph; }
  std::string model_name() const override { return model_.path.string(); }
  ov::CompiledModel compile(ov::Core& core, const pipeline::DeviceOptions& device) const override {
    return pipeline::compile(core, model_, device);
  }
  std::size_t batch() const override { return 1; }
  void reserve(std::size_t places) override;
  void fill(const Tensors& inputs) override;
  void prepare(std::size_t place, std::size_t item, const Tensors& inputs) override;
  void look(std::size_t place, const Tensors& outputs) override;

 private:
  struct Place {
    vision::Postprocess postprocess;
    vision::Geometry geometry;
    std::vector<vision::Detection> objects;  // kept, so that its memory is used again
  };

  const pipeline::DetectorModel& model_;
  std::span<const cv::Mat> pictures_;
  const vision::PostprocessOptions& options_;
  vision::Letterbox letterbox_;
  std::vector<Place> places_;
};

}  // namespace inferqueue::measure
