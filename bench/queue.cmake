# The rival of bench-queue: a queue as people write it by hand on SQLite.
find_library(SQLITE3 sqlite3)
find_path(SQLITE3_INCLUDE sqlite3.h)
if(SQLITE3 AND SQLITE3_INCLUDE)
    target_compile_definitions(bench-queue PRIVATE BENCH_SQLITE)
    target_include_directories(bench-queue PRIVATE ${SQLITE3_INCLUDE})
    target_link_libraries(bench-queue PRIVATE ${SQLITE3})
endif()
