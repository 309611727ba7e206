# How our own code is compiled; nothing here reaches those who use the library.
add_library(parlance_flags INTERFACE)
target_compile_options(parlance_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
    -Wno-sign-conversion -Wimplicit-fallthrough -fno-plt -fPIC)
if(PARLANCE_WERROR)
    target_compile_options(parlance_flags INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # false alarms of GCC 12 about inlined strings, variants and coroutine frames
    target_compile_options(parlance_flags INTERFACE -Wno-maybe-uninitialized -Wno-restrict -Wno-stringop-overflow
        -Wno-array-bounds -Wno-mismatched-new-delete -Wno-stringop-overread)
endif()
if(CMAKE_UNITY_BUILD)
    # several sources compiled as one: what is local to each is no longer, which other builds look after
    target_compile_options(parlance_flags INTERFACE -Wno-shadow $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    target_compile_options(parlance_flags INTERFACE -Wno-deprecated-declarations) # inside libstdc++'s stable_sort
endif()
if(PARLANCE_SANITIZE)
    add_compile_options(-fsanitize=${PARLANCE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all -g1 -O1)
    add_link_options(-fsanitize=${PARLANCE_SANITIZE})
    if(PARLANCE_SANITIZE MATCHES "thread")
        add_compile_options(-Wno-tsan) # Asio's fences: it does not rely on them for what we do
    endif()
endif()

# Asio's headers take seconds to read: once for a target is enough. Targets with the same flags share one.
function(parlance_precompile target)
    if(NOT TARGET parlance_pch)
        file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/pch.cpp CONTENT "") # written once, not at each configuration
        add_library(parlance_pch OBJECT ${PROJECT_BINARY_DIR}/pch.cpp)
        target_link_libraries(parlance_pch PRIVATE parlance_flags Boost::json Threads::Threads)
        target_precompile_headers(parlance_pch PRIVATE ${PROJECT_SOURCE_DIR}/cmake/pch.hpp)
    endif()
    target_precompile_headers(${target} REUSE_FROM parlance_pch)
endfunction()
