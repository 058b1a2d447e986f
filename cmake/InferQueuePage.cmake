# Sees whether page/ can be built, and sets INFERQUEUE_HAS_PAGE. Its packages are fetched when CMake configures, by the
# hashes of the lock file, so that a machine without npm or without a network still builds the command: AUTO goes on
# without the page.
set(INFERQUEUE_BUILD_PAGE AUTO CACHE STRING "Build the page of `inferqueue bench --html`: AUTO if npm can, ON or OFF")
set_property(CACHE INFERQUEUE_BUILD_PAGE PROPERTY STRINGS AUTO ON OFF)

set(INFERQUEUE_HAS_PAGE OFF)
set(INFERQUEUE_PAGE_FROM ${PROJECT_SOURCE_DIR}/page)
set(INFERQUEUE_PAGE_TO ${PROJECT_BINARY_DIR}/page)

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
  set(stamp ${INFERQUEUE_PAGE_TO}/.packages)
  file(SHA256 ${INFERQUEUE_PAGE_FROM}/package-lock.json wanted)
  set(present "")
  if(EXISTS ${stamp})
    file(READ ${stamp} present)
  endif()
  if(NOT present STREQUAL wanted)
    file(COPY ${INFERQUEUE_PAGE_FROM}/package.json ${INFERQUEUE_PAGE_FROM}/package-lock.json
              ${INFERQUEUE_PAGE_FROM}/.npmrc DESTINATION ${INFERQUEUE_PAGE_TO})
    message(STATUS "Fetching the packages of the page")
    # No scripts: a package is only what its hash says.
    execute_process(COMMAND ${INFERQUEUE_NPM} ci --ignore-scripts --loglevel=error WORKING_DIRECTORY ${INFERQUEUE_PAGE_TO}
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
    inferqueue_no_page("npm and Node.js were not found: ./dev setup page installs them")
  else()
    inferqueue_page_packages(INFERQUEUE_HAS_PAGE)
  endif()
endif()
