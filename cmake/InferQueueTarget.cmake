# What every target of the project is compiled with. Usage: inferqueue_target(NAME).
# A project that takes this one in decides for itself: its build type and its warnings are left alone.
if(PROJECT_IS_TOP_LEVEL)
  set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
  if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
  endif()
endif()

function(inferqueue_target target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF CXX_VISIBILITY_PRESET hidden
                                             VISIBILITY_INLINES_HIDDEN ON POSITION_INDEPENDENT_CODE ON)
  if(PROJECT_IS_TOP_LEVEL)
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
                                             -Wconversion -Wsign-conversion -Wold-style-cast -Wundef)
  endif()
  if(PROJECT_IS_TOP_LEVEL)
    # What the standard library notices by itself: an index out of range, an empty optional.
    target_compile_definitions(${target} PRIVATE $<$<CONFIG:Debug,RelWithDebInfo>:_GLIBCXX_ASSERTIONS>)
  endif()
  if(INFERQUEUE_WARNINGS_AS_ERRORS)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    target_compile_options(${target} PRIVATE -Wthread-safety)
  endif()
  if(INFERQUEUE_SANITIZE)
    # A finding ends the program: UndefinedBehaviorSanitizer would else just print it, and the test pass.
    target_compile_options(${target} PRIVATE -fsanitize=${INFERQUEUE_SANITIZE} -fno-sanitize-recover=all
                                             -fno-omit-frame-pointer)
    target_link_options(${target} PUBLIC -fsanitize=${INFERQUEUE_SANITIZE})
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND INFERQUEUE_SANITIZE MATCHES address)
      # From GCC 12 on it warns there of the standard library's <regex>: https://gcc.gnu.org/bugzilla/show_bug.cgi?id=105616
      target_compile_options(${target} PRIVATE -Wno-maybe-uninitialized)
    endif()
  endif()
  if(INFERQUEUE_FUZZ)
    target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link) # coverage, which leads libFuzzer on
  endif()
endfunction()

# inferqueue_load_openvino_first(NAME), for a program that uses OpenCV too: both may need TBB under the same name, and
# the one that is loaded first serves both. It has to be OpenVINO's own: the system's is older, and refuses sanitizers.
# (The order in target_link_libraries() doesn't tell: CMake keeps the last mention of a shared library.)
function(inferqueue_load_openvino_first target)
  target_link_options(${target} PRIVATE LINKER:--push-state,--no-as-needed $<TARGET_FILE:openvino::runtime>
                                        LINKER:--pop-state)
endfunction()
