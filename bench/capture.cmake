# The program whose output is captured.
add_executable(bench-writes peers/writes.cpp)
target_compile_options(bench-writes PRIVATE -fno-sanitize=all)
target_link_options(bench-writes PRIVATE -static -fno-sanitize=all)
target_compile_definitions(bench-capture PRIVATE BENCH_WRITES="$<TARGET_FILE:bench-writes>")
add_dependencies(bench-capture bench-writes)
