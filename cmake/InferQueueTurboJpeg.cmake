# Finds libjpeg-turbo's own interface: the target turbojpeg::turbojpeg. Its package has a configuration file in some
# distributions only.
find_path(INFERQUEUE_TURBOJPEG_INCLUDE turbojpeg.h)
find_library(INFERQUEUE_TURBOJPEG turbojpeg)
mark_as_advanced(INFERQUEUE_TURBOJPEG_INCLUDE INFERQUEUE_TURBOJPEG)
if(NOT INFERQUEUE_TURBOJPEG OR NOT INFERQUEUE_TURBOJPEG_INCLUDE)
  message(FATAL_ERROR "libturbojpeg was not found. `./dev setup` installs Debian's, libturbojpeg0-dev; to use your own, "
                      "add the folder it was installed in to CMAKE_PREFIX_PATH.")
endif()
add_library(turbojpeg::turbojpeg UNKNOWN IMPORTED)
set_target_properties(turbojpeg::turbojpeg PROPERTIES IMPORTED_LOCATION ${INFERQUEUE_TURBOJPEG}
                                                      INTERFACE_INCLUDE_DIRECTORIES ${INFERQUEUE_TURBOJPEG_INCLUDE})
