# What `cmake --install` puts where; docs/library.md describes it. Components, for packages: `development` is what it
# takes to compile against the library, `command` the command, `runtime` what both need: a shared library, the licence.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

get_target_property(openvino_library openvino::runtime LOCATION)
get_filename_component(openvino_libdir ${openvino_library} DIRECTORY)
if(openvino_libdir IN_LIST CMAKE_CXX_IMPLICIT_LINK_DIRECTORIES)
  set(openvino_rpath)
else()
  set(openvino_rpath ${openvino_libdir})
endif()

# inferqueue_install_rpath(TARGET FOLDER…): the installed file finds what lies in FOLDER…, OpenVINO and whatever else it
# was linked with, as it was found here. CMAKE_INSTALL_RPATH and CMAKE_SKIP_INSTALL_RPATH mean what they do everywhere.
# OpenVINO is named because INSTALL_RPATH_USE_LINK_PATH leaves out what lies in the source folder, as .deps/ does.
function(inferqueue_install_rpath target)
  if(NOT DEFINED CMAKE_INSTALL_RPATH)
    set(folders ${ARGN} ${openvino_rpath})
    set_target_properties(${target} PROPERTIES INSTALL_RPATH "${folders}" INSTALL_RPATH_USE_LINK_PATH ON)
  endif()
endfunction()

# ---- Files -----------------------------------------------------------------------------------------------------------

target_include_directories(inferqueue INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
inferqueue_install_rpath(inferqueue $ORIGIN)
install(TARGETS inferqueue EXPORT InferQueueTargets
        LIBRARY COMPONENT runtime NAMELINK_COMPONENT development
        ARCHIVE COMPONENT development)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/ TYPE INCLUDE COMPONENT development FILES_MATCHING PATTERN *.hpp)
set(doc ${CMAKE_INSTALL_DATAROOTDIR}/doc/inferqueue)
install(FILES LICENSE DESTINATION ${doc} COMPONENT runtime)
install(FILES docs/library.md docs/queue.md DESTINATION ${doc} COMPONENT development)
if(INFERQUEUE_BUILD_CLI)
  file(RELATIVE_PATH bin_to_lib ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR})
  inferqueue_install_rpath(inferqueue_cli $ORIGIN/${bin_to_lib} $ORIGIN/${bin_to_lib}/inferqueue)
  install(TARGETS inferqueue_cli RUNTIME COMPONENT command)
  inferqueue_install_rpath(inferqueue_media_module)
  install(TARGETS inferqueue_media_module LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/inferqueue COMPONENT command)
  install(FILES docs/detect.md DESTINATION ${doc} COMPONENT command)
endif()

# ---- find_package(InferQueue) ----------------------------------------------------------------------------------------

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/InferQueue)
install(EXPORT InferQueueTargets NAMESPACE InferQueue:: DESTINATION ${package} COMPONENT development)
configure_package_config_file(cmake/InferQueueConfig.cmake.in InferQueueConfig.cmake INSTALL_DESTINATION ${package}
                              NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(InferQueueConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/InferQueueConfig.cmake ${PROJECT_BINARY_DIR}/InferQueueConfigVersion.cmake
        DESTINATION ${package} COMPONENT development)

# ---- pkg-config ------------------------------------------------------------------------------------------------------

# Told from where the file lies, so that the whole may be moved. pkg-config itself escapes what is odd in that path.
set(pc_libdir \${prefix}/${CMAKE_INSTALL_LIBDIR})
set(pc_includedir \${prefix}/${CMAKE_INSTALL_INCLUDEDIR})
cmake_path(RELATIVE_PATH CMAKE_INSTALL_PREFIX BASE_DIRECTORY ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig OUTPUT_VARIABLE up)
set(pc_prefix \${pcfiledir}/${up})
if(IS_ABSOLUTE ${CMAKE_INSTALL_LIBDIR})
  set(pc_prefix ${CMAKE_INSTALL_PREFIX})
  set(pc_libdir ${CMAKE_INSTALL_LIBDIR})
endif()
if(IS_ABSOLUTE ${CMAKE_INSTALL_INCLUDEDIR})
  set(pc_includedir ${CMAKE_INSTALL_INCLUDEDIR})
endif()

set(pc_variables)
set(pc_requires)
set(pc_cflags)
set(pc_libs)
get_target_property(type inferqueue TYPE)
if(type STREQUAL STATIC_LIBRARY)
  set(pc_libs " -pthread") # not in Libs.private: there is no shared library that would have been linked with it
endif()
if(EXISTS ${openvino_libdir}/pkgconfig/openvino.pc)
  set(pc_requires "Requires: openvino")
else() # the wheel has none, nor a libopenvino.so without a version
  get_filename_component(name ${openvino_library} NAME)
  string(REPLACE " " "\\ " folder ${openvino_libdir})
  set(pc_variables "openvino_libdir=${folder}")
  string(APPEND pc_libs " -L\${openvino_libdir} -l:${name}")
  get_target_property(includes openvino::runtime INTERFACE_INCLUDE_DIRECTORIES)
  get_target_property(definitions openvino::runtime INTERFACE_COMPILE_DEFINITIONS)
  list(FILTER includes EXCLUDE REGEX "-NOTFOUND$") # what a target without them is said to have
  list(FILTER definitions EXCLUDE REGEX "-NOTFOUND$")
  if(CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES)
    list(REMOVE_ITEM includes ${CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES}) # named again they hide others
  endif()
  foreach(include ${includes})
    string(REPLACE " " "\\ " folder ${include})
    string(APPEND pc_cflags " -isystem${folder}") # as with CMake: warnings in its headers are not the user's
  endforeach()
  foreach(definition ${definitions})
    string(APPEND pc_cflags " -D${definition}")
  endforeach()
endif()
configure_file(cmake/inferqueue.pc.in inferqueue.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/inferqueue.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
        COMPONENT development)
