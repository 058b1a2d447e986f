# Finds what the project links. A user's own OpenVINO or OpenCV (OpenVINO_DIR, OpenCV_DIR, CMAKE_PREFIX_PATH) comes
# before the copy that `./dev setup` unpacks below .deps/, because PATHS are searched last.

# For a project that takes this one in: what the library links has to be known in its folders too.
set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL ON)
find_package(Threads REQUIRED)

if(INFERQUEUE_WITH_OPENVINO)
  find_package(OpenVINO CONFIG QUIET COMPONENTS Runtime PATHS ${CMAKE_CURRENT_SOURCE_DIR}/.deps/openvino/openvino/cmake)
  if(NOT OpenVINO_FOUND)
    message(FATAL_ERROR "No OpenVINO was found. `./dev setup` fetches one into .deps/; to use your own, set OpenVINO_DIR "
                        "to the folder of its OpenVINOConfig.cmake. ${OpenVINO_NOT_FOUND_MESSAGE}")
  endif()
  message(STATUS "OpenVINO ${OpenVINO_VERSION}: ${OpenVINO_DIR}")
endif()
if(INFERQUEUE_BUILD_CLI)
  include(InferQueueOpenCV)
  inferqueue_find_opencv(core imgproc imgcodecs videoio)
  find_package(fmt CONFIG REQUIRED)
  find_package(CLI11 CONFIG REQUIRED)
  find_package(nlohmann_json CONFIG REQUIRED)
endif()
if(INFERQUEUE_BUILD_TESTS)
  find_package(GTest CONFIG REQUIRED)
endif()
if(INFERQUEUE_BUILD_BENCHMARKS)
  find_package(benchmark CONFIG REQUIRED)
endif()
