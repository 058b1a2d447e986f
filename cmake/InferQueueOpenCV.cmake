# inferqueue_find_opencv(MODULE…) finds OpenCV and leaves a target opencv_MODULE for each.
#
# Debian's OpenCVConfig.cmake is in libopencv-dev, which depends on every module there is: 120 packages and 450 MB more
# than the four modules that are used, and the file refuses to be loaded where one is missing. So where no OpenCV has
# a configuration file, the modules' own packages are found by their files.
function(inferqueue_find_opencv)
  find_package(OpenCV CONFIG QUIET COMPONENTS ${ARGN})
  if(OpenCV_FOUND)
    message(STATUS "OpenCV ${OpenCV_VERSION}: ${OpenCV_DIR}")
    return()
  endif()
  find_path(INFERQUEUE_OPENCV_INCLUDE opencv2/core.hpp PATH_SUFFIXES opencv4)
  mark_as_advanced(INFERQUEUE_OPENCV_INCLUDE)
  foreach(module ${ARGN})
    find_library(INFERQUEUE_OPENCV_${module} opencv_${module})
    mark_as_advanced(INFERQUEUE_OPENCV_${module})
    if(NOT INFERQUEUE_OPENCV_${module} OR NOT INFERQUEUE_OPENCV_INCLUDE)
      message(FATAL_ERROR "OpenCV's module ${module} was not found. `./dev setup` installs Debian's; to use your own, set "
                          "OpenCV_DIR to the folder of its OpenCVConfig.cmake.")
    endif()
    add_library(opencv_${module} UNKNOWN IMPORTED)
    set_target_properties(opencv_${module} PROPERTIES IMPORTED_LOCATION ${INFERQUEUE_OPENCV_${module}}
                                                      INTERFACE_INCLUDE_DIRECTORIES ${INFERQUEUE_OPENCV_INCLUDE})
    if(NOT module STREQUAL "core")
      target_link_libraries(opencv_${module} INTERFACE opencv_core)
    endif()
  endforeach()
  message(STATUS "OpenCV: ${INFERQUEUE_OPENCV_core}")
endfunction()
