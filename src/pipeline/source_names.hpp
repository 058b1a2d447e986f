// What people type for videos, cameras and streams, and how they are called.
#pragma once

#include <filesystem>
#include <string>

namespace inferqueue::pipeline {

/// True for the extensions of videos.
bool has_video_extension(const std::filesystem::path& path);

/// True for a number, which is a camera's.
bool is_camera(const std::string& source);
/// True for scheme://….
bool is_address(const std::string& source);
/// True for the address of a video with an end, which is played from its beginning: http://host/film.mp4.
bool is_address_of_a_file(const std::string& source);

/// "camera 0"; an address without the name and password in it; anything else as it is. Thread rules: a pure function.
std::string shown_name(const std::string& source);

/// What a file of this source's is called, without an extension: "film" for in/film.mp4, "camera-0",
/// "host_8080_door" for rtsp://user:password@host:8080/door. Thread rules: a pure function.
std::string file_stem(const std::string& source);

}  // namespace inferqueue::pipeline
