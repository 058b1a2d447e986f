# For builds of mutants, through CMAKE_PROJECT_INCLUDE: GoogleTest's header is what the tests' compilers spend their time
# on, and a mutated header has all of them compiled again.
function(precompile_test_headers)
  get_property(targets DIRECTORY ${PROJECT_SOURCE_DIR}/tests/core PROPERTY BUILDSYSTEM_TARGETS)
  foreach(target IN LISTS targets)
    get_target_property(type ${target} TYPE)
    if(type STREQUAL EXECUTABLE)
      target_precompile_headers(${target} PRIVATE <gtest/gtest.h> <functional> <stop_token> <thread>)
    endif()
  endforeach()
endfunction()
cmake_language(DEFER CALL precompile_test_headers)
