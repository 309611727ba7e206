# The pure parts are linked; everything else is tried on the command itself.
target_link_libraries(test-cli PRIVATE parlance_command_parts OpenSSL::SSL)
target_compile_definitions(test-cli PRIVATE PARLANCE_COMMAND="$<TARGET_FILE:parlance-command>"
    PARLANCE_MAN_PAGE="${PROJECT_SOURCE_DIR}/docs/man/parlance.1")
add_dependencies(test-cli parlance-command)
