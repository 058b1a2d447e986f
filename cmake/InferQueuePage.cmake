# Builds page/ into one HTML file and that into a C++ source. Sets INFERQUEUE_PAGE_SOURCE, the source that defines
# page_template(), and INFERQUEUE_HAS_PAGE. The packages are fetched when CMake configures, by the hashes of the lock
# file, so that a machine without npm or without a network still builds the command: AUTO goes on without the page.
set(INFERQUEUE_BUILD_PAGE AUTO CACHE STRING "Build the page of `inferqueue bench --html`: AUTO if npm can, ON or OFF")
set_property(CACHE INFERQUEUE_BUILD_PAGE PROPERTY STRINGS AUTO ON OFF)

set(INFERQUEUE_HAS_PAGE OFF)
set(INFERQUEUE_PAGE_SOURCE ${PROJECT_SOURCE_DIR}/src/page/no_template.cpp)
set(inferqueue_page_from ${PROJECT_SOURCE_DIR}/page)
set(inferqueue_page_to ${PROJECT_BINARY_DIR}/page)

# Says why there is no page: an error if the user asked for one.
function(inferqueue_no_page reason)
  if(INFERQUEUE_BUILD_PAGE STREQUAL "AUTO")
    message(STATUS "The command will have no page (bench --html): ${reason}")
  else()
    message(FATAL_ERROR "INFERQUEUE_BUILD_PAGE is ON, but ${reason}")
  endif()
endfunction()

# Fetches what the lock file names into the build folder, unless it is there. Sets `result` to ON or OFF.
function(inferqueue_page_packages result)
  set(stamp ${inferqueue_page_to}/.packages)
  file(SHA256 ${inferqueue_page_from}/package-lock.json wanted)
  set(present "")
  if(EXISTS ${stamp})
    file(READ ${stamp} present)
  endif()
  if(NOT present STREQUAL wanted)
    file(COPY ${inferqueue_page_from}/package.json ${inferqueue_page_from}/package-lock.json
              ${inferqueue_page_from}/.npmrc DESTINATION ${inferqueue_page_to})
    message(STATUS "Fetching the packages of the page")
    # No scripts: a package is only what its hash says.
    execute_process(COMMAND ${INFERQUEUE_NPM} ci --ignore-scripts --loglevel=error WORKING_DIRECTORY ${inferqueue_page_to}
                    RESULT_VARIABLE status OUTPUT_QUIET ERROR_VARIABLE problem)
    if(NOT status EQUAL 0)
      inferqueue_no_page("npm could not fetch its packages:\n${problem}")
      set(${result} OFF PARENT_SCOPE)
      return()
    endif()
    file(WRITE ${stamp} ${wanted})
  endif()
  set(${result} ON PARENT_SCOPE)
endfunction()

if(INFERQUEUE_BUILD_PAGE)
  find_program(INFERQUEUE_NPM npm)
  find_program(INFERQUEUE_NODE NAMES node nodejs)
  mark_as_advanced(INFERQUEUE_NPM INFERQUEUE_NODE)
  if(NOT INFERQUEUE_NPM OR NOT INFERQUEUE_NODE)
    inferqueue_no_page("npm was not found")
  else()
    inferqueue_page_packages(INFERQUEUE_HAS_PAGE)
  endif()
endif()

if(INFERQUEUE_HAS_PAGE)
  set_property(DIRECTORY ${PROJECT_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
                                                               ${inferqueue_page_from}/package-lock.json)
  file(GLOB inferqueue_page_inputs CONFIGURE_DEPENDS ${inferqueue_page_from}/src/* ${inferqueue_page_from}/build.mjs)
  set(INFERQUEUE_PAGE_SOURCE ${inferqueue_page_to}/page_template.cpp)
  add_custom_command(
    OUTPUT ${INFERQUEUE_PAGE_SOURCE} ${inferqueue_page_to}/bench.html
    COMMAND ${INFERQUEUE_NODE} ${inferqueue_page_from}/build.mjs ${inferqueue_page_to}
    DEPENDS ${inferqueue_page_inputs} ${inferqueue_page_from}/package-lock.json
    COMMENT "Building the page"
    VERBATIM)
endif()
