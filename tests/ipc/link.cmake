# A C++ child for Node to fork.
add_executable(peer-ipc-child peers/ipc_child.cpp)
target_link_libraries(peer-ipc-child PRIVATE parlance parlance_flags)
parlance_precompile(peer-ipc-child)
target_compile_definitions(test-ipc PRIVATE PARLANCE_IPC_CHILD="$<TARGET_FILE:peer-ipc-child>")
add_dependencies(test-ipc peer-ipc-child)
if(TARGET example_ipc)
    target_compile_definitions(test-ipc PRIVATE PARLANCE_EXAMPLE_IPC="$<TARGET_FILE:example_ipc>"
        PARLANCE_EXAMPLES_FOLDER="${PROJECT_SOURCE_DIR}/examples")
    add_dependencies(test-ipc example_ipc)
else()
    target_compile_definitions(test-ipc PRIVATE PARLANCE_EXAMPLE_IPC="" PARLANCE_EXAMPLES_FOLDER="")
endif()
