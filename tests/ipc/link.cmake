# A C++ child for Node to fork.
add_executable(peer-ipc-child peers/ipc_child.cpp)
target_link_libraries(peer-ipc-child PRIVATE parlance parlance_flags)
parlance_precompile(peer-ipc-child)
target_compile_definitions(test-ipc PRIVATE PARLANCE_IPC_CHILD="$<TARGET_FILE:peer-ipc-child>")
add_dependencies(test-ipc peer-ipc-child)
