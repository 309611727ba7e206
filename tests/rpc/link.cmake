# A server of ours for clients that are not.
add_executable(peer-rpc-server peers/rpc_server.cpp)
target_link_libraries(peer-rpc-server PRIVATE parlance parlance_flags)
parlance_precompile(peer-rpc-server)
target_compile_definitions(test-rpc PRIVATE PARLANCE_RPC_SERVER="$<TARGET_FILE:peer-rpc-server>")
add_dependencies(test-rpc peer-rpc-server)
if(TARGET example_mcp_server)
    target_compile_definitions(test-rpc PRIVATE PARLANCE_MCP_SERVER="$<TARGET_FILE:example_mcp_server>"
        PARLANCE_LANGUAGE_SERVER_EXAMPLE="$<TARGET_FILE:example_language_server>")
    add_dependencies(test-rpc example_mcp_server example_language_server)
else()
    target_compile_definitions(test-rpc PRIVATE PARLANCE_MCP_SERVER="" PARLANCE_LANGUAGE_SERVER_EXAMPLE="")
endif()
