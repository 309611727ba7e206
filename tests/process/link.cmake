# The self-test of the thread sanitizer (tsan preset).
if(PARLANCE_SANITIZE MATCHES "thread")
    add_executable(race-after-spawn peers/race_after_spawn.cpp)
    target_link_libraries(race-after-spawn PRIVATE parlance parlance_flags)
    target_compile_definitions(test-process PRIVATE PARLANCE_RACE="$<TARGET_FILE:race-after-spawn>")
    add_dependencies(test-process race-after-spawn)
endif()
