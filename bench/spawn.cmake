# The rivals: libuv, and Boost.Process v2 (headers alone).
find_package(PkgConfig REQUIRED)
pkg_check_modules(libuv REQUIRED IMPORTED_TARGET libuv)
add_executable(bench-child peers/child_that_exits.cpp)
target_link_options(bench-child PRIVATE -static)
set_target_properties(bench-child PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_RUNTIME_OUTPUT_DIRECTORY})
target_link_libraries(bench-spawn PRIVATE PkgConfig::libuv)
target_compile_definitions(bench-spawn PRIVATE BENCH_CHILD="$<TARGET_FILE:bench-child>")
add_dependencies(bench-spawn bench-child)
