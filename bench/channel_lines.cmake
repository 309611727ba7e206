# The rivals of bench-channel_lines: libuv for the round trip, nlohmann's JSON for the usual C++.
find_path(uv_INCLUDE_DIR uv.h REQUIRED)
find_library(uv_LIBRARY uv REQUIRED)
find_path(nlohmann_INCLUDE_DIR nlohmann/json.hpp REQUIRED)
target_include_directories(bench-channel_lines SYSTEM PRIVATE ${uv_INCLUDE_DIR} ${nlohmann_INCLUDE_DIR})
target_link_libraries(bench-channel_lines PRIVATE ${uv_LIBRARY})
